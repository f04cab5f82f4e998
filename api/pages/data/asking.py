"""What page /data and its lists ask, and how they are asked for."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from api.access.rules import OPERATORS
from api.asked import Language
from api.data_quality.letters import letters_page
from api.data_quality.names import NameReader
from api.data_quality.rewritten import RewriteReader
from api.data_quality.sources import SourceStates, source_states
from api.data_quality.steps import StepReader
from api.data_quality.sync_errors import SyncErrors, sync_errors
from api.pages.data.letters_list import letters_list
from api.pages.data.listing import ListedPage
from api.pages.data.wording import reason_name
from api.pages.parts.marks import Link
from api.pages.parts.states import Notice
from api.pages.rendering import calendar_in_use
from api.pages.words import Words, words_of
from api.ports import UnlistedName
from api.viewer import Viewer

REWRITES, NAMES, STEPS = RewriteReader(), NameReader(), StepReader()
AS_PAGE: dict[str, Any] = {"response_class": HTMLResponse, "include_in_schema": False}

Month = Annotated[
    str | None, Query(pattern=r"^(\d{4}-\d{2})?$", max_length=7, description="month of the counts")
]
PageNumber = Annotated[int, Query(ge=1, le=10_000, alias="page", description="page of the list")]
Kind = Annotated[str, Query(max_length=20, description="only changes of this kind")]
Source = Annotated[str, Query(max_length=200, description="only of this source")]
LetterSource = Annotated[str | None, Query(max_length=200, description="only of this source")]
UnitCode = Annotated[str, Query(max_length=200, description="the unit's id")]
Reason = Annotated[str, Query(max_length=100, description="only with this reason")]
LetterState = Annotated[
    str, Query(pattern="^(open|replayed|dropped|day)$", description="what was decided")
]
Before = Annotated[int | None, Query(ge=0, le=2**53, alias="after", description="next page")]
Done = Annotated[str, Query(pattern="^(|replayed|dropped)$", description="what was just decided")]


async def states_and_errors(viewer: Viewer) -> tuple[SourceStates, SyncErrors]:
    states = await source_states(viewer)
    return states, await sync_errors(viewer, [state.id for state in states.sources])


async def unmatched(viewer: Viewer) -> Any:
    return await NAMES.read(viewer, await unlisted_texts(viewer) or ())


async def unlisted_texts(viewer: Viewer) -> list[UnlistedName] | None:
    """What senders name and the reference data lacks; None where nobody posts."""
    if viewer.live.ingest is None:
        return None
    try:
        return await run_in_threadpool(viewer.live.ingest.missing)
    except OSError:
        return None


def month_now(viewer: Viewer) -> str:
    local = calendar_in_use(viewer).local_date(viewer.view.watermark or 0)
    return local.strftime("%Y-%m")


async def letters_of(
    viewer: Viewer,
    lang: Language,
    state: str,
    reason: str,
    source: str | None,
    before: int | None,
    done: str,
    limit: int,
) -> ListedPage:
    words = words_of(lang)
    found = await letters_page(
        viewer,
        state=None if state == "day" else state,
        reason=reason or None,
        source=source,
        before=before,
        limit=limit,
        last_day=state == "day",
    )
    decides = may_decide(viewer)
    notices = [Notice(words(f"data_letter_{done}"), "done")] if done else []
    if decides and reason and state == "open" and found.total > 1:
        notices.append(_all_at_once(found.total, reason, source, words))
    return letters_list(found, viewer, words, state=state, decides=decides, notices=tuple(notices))


def _all_at_once(total: int, reason: str, source: str | None, words: Words) -> Notice:
    """A way to replay all that is listed."""
    asked = urlencode({"reason": reason, **({} if source is None else {"source": source})})
    link = Link(words("data_replay_link", n=words.number(total)), f"/data/replay?{asked}")
    return Notice(f"{reason_name(reason, words)}: {words.number(total)}", link=link)


def may_decide(viewer: Viewer) -> bool:
    """Whether the reader may replay and drop dead letters."""
    return viewer.live.desk is not None and bool(viewer.principal.roles & OPERATORS)
