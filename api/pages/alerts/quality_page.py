"""``/alerts/quality``: whether alerting is any good, in working time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from fastapi import Query as Asked
from fastapi.responses import HTMLResponse

from api.inbox.quality import AlertQuality, Answered
from api.inbox.quality_reading import read_quality
from api.insight.windows import span_of
from api.pages.alerts.quality_parts import QualityWriter
from api.pages.dossiers.amounts import Written
from api.pages.error_page import ERROR_PAGES, HTML, error_page
from api.pages.file_answers import csv_answer
from api.pages.navigation import ALERTS
from api.pages.parts.controls import Download, PageHead, Tab
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty
from api.pages.rendering import Lang, calendar_in_use, render
from api.pages.words import Words, words_of
from api.ports import StoreAway
from api.problems import responses
from api.viewer import LoadedViewer, Viewer
from documents.cells import csv_lines
from dossiers.time.hours import MINUTE

router = APIRouter(tags=["pages"])
QualityWindow = Literal["7d", "30d", "month"]
WINDOWS: tuple[QualityWindow, ...] = ("7d", "month", "30d")
QUALITY = "/alerts/quality"
_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The page's tables; no cell is a formula",
        "content": {"text/csv": {"example": "Quy tắc,Đã báo\r\nQuá hạn,12\r\n"}},
    },
    **responses(422, 503),
}


def window_of(
    window: Annotated[QualityWindow, Asked(description="raised in this window")] = "month",
) -> QualityWindow:
    """From the parameter of an address."""
    return window


AskedWindow = Annotated[QualityWindow, Depends(window_of)]


@router.get(
    QUALITY,
    summary="Page: quality of alerting",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def quality_page(viewer: LoadedViewer, window: AskedWindow, lang: Lang) -> HTMLResponse:
    """How many messages a receiver gets, what is answered in time, what was not true."""
    try:
        found = await _found(viewer, window)
    except StoreAway:
        return error_page(viewer, lang, 503, "quality_away")
    words = words_of(lang)
    writer = QualityWriter(viewer, Written(words, calendar_in_use(viewer)))
    files = (Download("CSV", f"{QUALITY}.csv?window={window}"),) if found.rules else ()
    return render(
        "alerts/quality.html", viewer, lang, active=ALERTS,
        page_head=PageHead(
            words("inbox_quality"), trail=(Link(words("nav_alerts"), "/alerts"),), downloads=files
        ),
        tabs=tuple(_tabs(window, words)), tiles=writer.tiles(found), rules=writer.rules(found),
        loads=writer.loads(found), hidden=_hidden(viewer, words),
        empty=None if found.rules else _none("empty", words), no_loads=_none("no_loads", words),
    )  # fmt: skip


@router.get(
    f"{QUALITY}.csv", summary="CSV: quality of alerting", response_class=Response, responses=_CSV
)
async def quality_csv(viewer: LoadedViewer, window: AskedWindow, lang: Lang) -> Response:
    """All rules, and below them all receivers; working time in minutes."""
    found = await _found(viewer, window)
    writer = QualityWriter(viewer, Written(words_of(lang), calendar_in_use(viewer)))
    return csv_answer(csv_lines(_lines(found, writer)), "alerts-quality", lang)


async def _found(viewer: Viewer, window: str) -> AlertQuality:
    live = viewer.live
    now, calendar = live.view.watermark or 0, calendar_in_use(viewer)
    span = span_of(window, now, calendar).kept
    whole = viewer.within is None or viewer.reach.whole
    units = None if whole or viewer.within is None else sorted(viewer.within.units)
    return await read_quality(
        live.query, live.config.timeline, live.view.context, (span.start, span.end), now, units
    )


def _tabs(window: QualityWindow, words: Words) -> Iterator[Tab]:
    for each in WINDOWS:
        yield Tab(words(f"quality_window_{each}"), f"{QUALITY}?window={each}", each == window)


def _none(what: str, words: Words) -> Empty:
    return Empty("none", words(f"quality_{what}"), words(f"quality_{what}_text"))


def _hidden(viewer: Viewer, words: Words) -> str:
    return "" if viewer.reach.whole else words("quality_below")


def _lines(found: AlertQuality, writer: QualityWriter) -> Iterator[list[object]]:
    """Two tables, one below the other; working time in minutes."""
    words = writer.say.words
    heads = ("raised", "in_time_share", "to_take_minutes", "to_end_minutes", "retracted_share")
    yield [words("quality_rule"), *(words(f"quality_head_{each}") for each in heads)]
    yield [words("quality_whole"), *_cells(found.whole)]
    for rule, of in found.rules:
        yield [writer.rule_name(rule), *_cells(of)]
    yield []
    heads = ("days", "groups", "median", "most", "over")
    titles = (words("quality_receiver"), words("unit"))
    yield [*titles, *(words(f"quality_head_{each}") for each in heads)]
    for load in found.loads:
        counts = (load.days, load.groups, load.median, load.most, load.over)
        yield [writer.receiver(load), writer.unit(load), *counts]


def _cells(of: Answered) -> list[object]:
    shares = [
        "" if each is None else round(each, 2) for each in (of.in_time_share, of.retracted_share)
    ]
    amounts = ["" if each is None else round(each / MINUTE) for each in (of.to_take, of.to_end)]
    return [of.raised, shares[0], *amounts, shares[1]]
