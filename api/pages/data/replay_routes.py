"""All open dead letters of one reason replayed at once, asked for twice. For administrators."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from api.asked import Language
from api.data_quality.letters import letters_page
from api.pages.data.asking import AS_PAGE, LetterSource, Reason
from api.pages.data.letter_routes import form_of
from api.pages.data.wording import reason_name, source_name
from api.pages.error_page import error_page
from api.pages.parts.controls import PageHead
from api.pages.parts.marks import Link
from api.pages.parts.states import Notice
from api.pages.rendering import Lang, render
from api.pages.words import Words, words_of
from api.ports import DeadLetterDesk, DeadLetterError, StoreAway
from api.viewer import LoadedViewer, Viewer

router = APIRouter(tags=["pages"])
MOST = 50  # records of one press: each is looked at before it is sent


@dataclass(frozen=True)
class ReplayedMany:
    """How many were sent again, how many were not, and why the first of these was not."""

    done: int
    refused: int
    why: str


@router.get("/data/replay", **AS_PAGE)
async def replay_page(
    viewer: LoadedViewer, lang: Lang, reason: Reason = "", source: LetterSource = None
) -> HTMLResponse:
    """How many would be replayed."""
    return await _page(viewer, lang, reason, source)


@router.post("/data/replay", include_in_schema=False)
async def replay_all(request: Request, viewer: LoadedViewer, lang: Lang) -> Response:
    """Send the newest MOST of them again, from a form."""
    form = await form_of(request)
    reason, source = form.get("reason", "")[:100], form.get("source")
    if source is not None:
        source = source[:200]
    desk = viewer.live.desk
    try:
        numbers = await _numbers(viewer, reason, source)
        if desk is None or not reason:
            return await _page(viewer, lang, reason, source)
        done = await run_in_threadpool(_replayed, desk, numbers)
    except StoreAway:
        return error_page(viewer, lang, 503, "away")
    return await _page(viewer, lang, reason, source, done)


def _replayed(desk: DeadLetterDesk, numbers: list[int]) -> ReplayedMany:
    done, whys = 0, []
    for number in numbers:
        try:
            desk.replay(number)
            done += 1
        except DeadLetterError as error:
            whys.append(str(error))
    return ReplayedMany(done, len(whys), whys[0] if whys else "")


async def _numbers(viewer: Viewer, reason: str, source: str | None) -> list[int]:
    found = await letters_page(
        viewer, state="open", reason=reason, source=source, before=None, limit=MOST
    )
    return [int(row["number"]) for row in found.rows]


async def _page(
    viewer: Viewer,
    lang: Language,
    reason: str,
    source: str | None,
    done: ReplayedMany | None = None,
) -> HTMLResponse:
    words = words_of(lang)
    try:
        numbers = await _numbers(viewer, reason, source) if done is None else []
    except StoreAway:
        return error_page(viewer, lang, 503, "away")
    asked = {"reason": reason, **({} if source is None else {"source": source})}
    back = f"/data/letters?{urlencode(asked)}"
    trail = (Link(words("data_title"), "/data"), Link(words("data_letters"), back))
    what = reason_name(reason, words)
    if source is not None:
        what = f"{what}, {source_name(source, viewer, words)}"
    return render(
        "data_replay.html", viewer, lang, active="data",
        page_head=PageHead(words("data_replay"), trail=trail, sub=what),
        reason=reason, source=source, count=len(numbers), back=back,
        told=None if done is None else _told(done, words),
    )  # fmt: skip


def _told(done: ReplayedMany, words: Words) -> Notice:
    if not done.refused:
        return Notice(words("data_replay_done", n=words.number(done.done)), "done")
    refused = words.number(done.refused)
    text = words("data_replay_some", n=words.number(done.done), refused=refused, why=done.why)
    return Notice(text, "owed")
