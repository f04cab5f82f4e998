"""``/alerts``: the inbox, and one alert of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access.origins import local_goal
from api.asked import Language
from api.desk.rights import concerns
from api.inbox.items import InboxItem, Moment, lone_item
from api.pages.alerts.asking import LIST, AlertFilter, AskedAlerts
from api.pages.alerts.detail import AlertDetail, detail_of
from api.pages.alerts.offers import Offers
from api.pages.alerts.past import past_item
from api.pages.alerts.quality_page import QUALITY
from api.pages.alerts.rows import AlertRowMaker
from api.pages.alerts.sections import AlertList, list_of
from api.pages.alerts.selection import Selection, select
from api.pages.alerts.sidebar import Sidebar, sidebar_of
from api.pages.alerts.sources import silent_sources
from api.pages.alerts.wording import AlertWords
from api.pages.dossiers.alert_wording import reason_choices
from api.pages.error_page import ERROR_PAGES, HTML, error_page
from api.pages.late_list.reading import plain_words
from api.pages.late_list.todo import todo_of
from api.pages.navigation import ALERTS, opens
from api.pages.parts.states import Empty, Notice
from api.pages.rendering import Lang, render
from api.pages.words import words_of
from api.ports import StoreAway
from api.viewer import LoadedViewer, Viewer

router = APIRouter(tags=["pages"])
_DIGITS = 15


@dataclass(frozen=True)
class Told:
    """What has become of an action, as its form led back here. ``done``, ``left``: how many of
    several; 0 of one."""

    code: str = ""
    done: int = 0
    left: int = 0


def told_by(
    told: Annotated[str, Query(max_length=40, description="what has become of an action")] = "",
    done: Annotated[int, Query(ge=0, le=1000, description="how many of several")] = 0,
    left: Annotated[int, Query(ge=0, le=1000, description="how many not")] = 0,
) -> Told:
    """From the parameters of an address."""
    return Told(told, done, left)


AskedTold = Annotated[Told, Depends(told_by)]


@router.get(
    "/alerts",
    summary="Page: inbox of alerts",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def alerts_page(
    viewer: LoadedViewer, asked: AskedAlerts, lang: Lang, told: AskedTold
) -> HTMLResponse:
    """What waits for the reader, by urgency; one row a dossier."""
    return await _shown(viewer, lang, asked, told)


@router.get(
    "/alerts/{alert}",
    summary="Page: one alert, beside the inbox",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def alert_page(
    viewer: LoadedViewer,
    alert: Annotated[str, Path(max_length=100)],
    asked: AskedAlerts,
    lang: Lang,
    told: AskedTold,
) -> HTMLResponse:
    """Why, what has happened, and what can be done; it counts as read from now on."""
    say = _words(viewer, lang)
    try:
        item = await _item(viewer, alert, say)
    except StoreAway:
        return error_page(viewer, lang, 503, "alert_away")
    if item is None:
        return error_page(viewer, lang, 404, "no_alert")
    detail = await detail_of(item, Offers(viewer), say)
    viewer.live.marks.read(viewer.sight.who.person, item.key, item.newest)
    return await _shown(viewer, lang, asked, told, item.key, detail)


@router.post("/alerts/read", include_in_schema=False)
async def read_all(viewer: LoadedViewer, request: Request) -> Response:
    """Everything that was in the inbox when the page was made counts as read."""
    try:
        form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    except ValueError:  # more fields than the form has
        form = {}
    until = min(_until(form), _newest(viewer, viewer.live.moment()))
    viewer.live.marks.read_all(viewer.sight.who.person, until)
    back = local_goal(form.get("back", [""])[0])
    return RedirectResponse(back if back.startswith(LIST) else LIST, 303)


def _until(form: dict[str, list[str]]) -> int:
    """Of what age the page was (data time, ms); 0 for what is none."""
    text = form.get("until", [""])[0]
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else 0


def _newest(viewer: Viewer, at: Moment) -> int:
    """Now, or when the newest alert was decided, which the watermark may be a little behind."""
    return max(at.now, viewer.live.inboxes.count(viewer.sight, at).newest)


def _words(viewer: Viewer, lang: Language) -> AlertWords:
    return AlertWords(viewer, words_of(lang), viewer.live.moment())


async def _item(viewer: Viewer, alert_id: str, say: AlertWords) -> InboxItem | None:
    """From the live view, else from ClickHouse. Raises StoreAway."""
    found = viewer.live.book.alert(alert_id)
    thread = None if found is None else viewer.live.book.thread_with(found)
    if found is None or thread is None:
        return await past_item(viewer, alert_id)
    if not viewer.sight.sees(found):
        return lone_item(thread, found) if concerns(viewer, found) else None
    item = viewer.live.inboxes.item(viewer.sight, thread, say.at)
    return item or await past_item(viewer, alert_id)


def _chosen(
    items: Sequence[InboxItem], asked: AlertFilter, maker: AlertRowMaker, say: AlertWords
) -> tuple[Selection, AlertList]:
    found = select(items, asked, say)
    return found, list_of(found.items, asked, maker, say)


async def _shown(
    viewer: Viewer,
    lang: Language,
    asked: AlertFilter,
    told: Told,
    chosen: str = "",
    detail: AlertDetail | None = None,
) -> HTMLResponse:
    say = _words(viewer, lang)
    items = list(viewer.live.inboxes.items(viewer.sight, say.at))
    maker = AlertRowMaker(asked, say, Offers(viewer), chosen)
    # To search and to sort 50,000 takes seconds, for which no wall may stand still.
    found, listed = await asyncio.to_thread(_chosen, items, asked, maker, say)
    side = sidebar_of(found, asked, say)
    all_waiting = asked.state == "waiting" and not asked.narrowed
    return render(
        "alerts.html", viewer, lang, active=ALERTS,
        list=listed,
        lists=await todo_of(viewer, plain_words(viewer, say.words)) if all_waiting else (),
        view=_view(found, asked, side, say), side=side, detail=detail,
        silent=silent_sources(found.held, say), hidden=_left_out(viewer, say), asked=asked,
        told=_told(told, say), here=viewer.asked.address(told=None, done=None, left=None),
        reasons=reason_choices(say.words), acting=viewer.live.acting is not None,
        quality=QUALITY if opens(viewer.principal, QUALITY) else "",
        shown_at=_newest(viewer, say.at),
        newest=viewer.live.inboxes.count(viewer.sight, say.at).newest,
    )  # fmt: skip


@dataclass(frozen=True)
class InboxView:
    """``title``: of the state; ``sub``: how many, and how many are new. ``back``: the list without
    the alert beside it; ``unread``: whether anything is new."""

    title: str
    sub: str
    unread: bool
    back: str
    empty: Empty | None


def _view(found: Selection, asked: AlertFilter, side: Sidebar, say: AlertWords) -> InboxView:
    words, count, unread = say.words, len(found.items), found.unread
    key = "inbox_count_unread" if unread else "inbox_count"
    return InboxView(
        title=words(f"inbox_state_{asked.state}"),
        sub=words(key, n=words.number(count), unread=words.number(unread)),
        unread=unread > 0,
        back=asked.url(first=asked.first),
        empty=None if found.items else _empty(asked, side, say),
    )


def _empty(asked: AlertFilter, side: Sidebar, say: AlertWords) -> Empty:
    words = say.words
    if asked.narrowed:
        return Empty(
            "filter", words("inbox_empty_filter"), words("inbox_empty_filter_text"), side.chips
        )
    kind = "good" if asked.state == "waiting" else "none"
    return Empty(
        "good" if kind == "good" else "none",
        words(f"inbox_empty_{asked.state}"),
        words(f"inbox_empty_{asked.state}_text"),
    )


def _left_out(viewer: Viewer, say: AlertWords) -> Notice | None:
    """More alerts than this process holds."""
    left_out = viewer.live.book.left_out
    if not left_out:
        return None
    return Notice(say.words("inbox_left_out", n=say.words.number(left_out)), "owed")


def _told(told: Told, say: AlertWords) -> tuple[str, bool]:
    """In words, "" for anything unknown; and whether all of it was done."""
    if told.code not in ("done", "stored", "already"):
        return "", True
    if not told.done and not told.left:
        return say.words(f"desk_told_{told.code}"), True
    parts = [say.words("desk_told_several", done=told.done)] if told.done else []
    if told.code == "stored":
        parts.append(say.words("desk_told_stored"))
    if told.left:
        parts.append(say.words("desk_told_left", left=told.left))
    return " ".join(parts), not told.left
