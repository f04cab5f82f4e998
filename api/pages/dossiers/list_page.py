"""The list of dossiers: what a figure counts is listed here, and can be narrowed and ordered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse

from api.insight.filters import Filter
from api.insight.listed_counts import listed_counts
from api.insight.listing import By, DossierPage, Sort, list_page
from api.insight.parsing import AskedFilter
from api.insight.windows import WindowError
from api.pages.dossiers.access import unit_link
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.asked_names import asked_unit
from api.pages.dossiers.list_chips import chips_of
from api.pages.dossiers.list_form import form_of
from api.pages.dossiers.list_table import address, order_of, table_of, usual
from api.pages.dossiers.presets import preset_counts, presets
from api.pages.error_page import ERROR_PAGES, HTML, error_page
from api.pages.parts.controls import Download, FilterForm, PageHead, Pagination, Tab
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty
from api.pages.rendering import Lang, calendar_in_use, render
from api.pages.words import Words, hour_minute, words_of
from api.ports import StoreAway
from api.viewer import LoadedViewer, Viewer

router = APIRouter(tags=["pages"])
PAGE = 50
_MOST = 10**9


@router.get(
    "/dossiers",
    summary="Page: list of dossiers",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def dossiers_page(
    viewer: LoadedViewer,
    filter_: AskedFilter,
    *,
    lang: Lang,
    sort: Annotated[By | None, Query(description="ordered by; each list has a usual order")] = None,
    down: Annotated[bool, Query(description="in falling order")] = False,
    cursor: Annotated[str | None, Query(max_length=600, description="next page")] = None,
    first: Annotated[int, Query(ge=1, le=_MOST, description="number of the first row")] = 1,
) -> HTMLResponse:
    """The dossiers of a filter that the reader may see, 50 at a time."""
    order = usual(filter_) if sort is None else Sort(sort, descending=down)
    try:
        page, [number], tabs = await asyncio.gather(
            list_page(filter_, viewer, sort=order, cursor=cursor, limit=PAGE),
            listed_counts([filter_], viewer),
            preset_counts(filter_, viewer),
        )
        counted = ListCounts(number, tabs, await _all_of(filter_, number, viewer))
    except StoreAway:
        return error_page(viewer, lang, 503, "dossiers_away")
    except (HTTPException, WindowError):
        return error_page(viewer, lang, 422, "bad_list")
    return _shown(viewer, lang, filter_, order, page, counted, first if cursor else 1)


@dataclass(frozen=True)
class ListCounts:
    """``number`` of rows; ``tabs``: of the usual lists, by name; ``everything``: what the same unit
    or officer has without other conditions, counted only where the list is empty."""

    number: int
    tabs: Mapping[str, int]
    everything: int


async def _all_of(filter_: Filter, number: int, viewer: Viewer) -> int:
    if number:
        return 0
    [found] = await listed_counts([Filter(unit=filter_.unit, officer=filter_.officer)], viewer)
    return found


def _shown(
    viewer: Viewer,
    lang: Lang,
    filter_: Filter,
    order: Sort,
    page: DossierPage,
    counted: ListCounts,
    first: int,
) -> HTMLResponse:
    words = words_of(lang)
    say = Written(words, calendar_in_use(viewer))
    number = counted.number
    kept = order_of(order, filter_)
    chips = chips_of(filter_, viewer, words, "&".join(f"{n}={v}" for n, v in kept))
    trail = (Link(asked_unit(filter_.unit, viewer, words), unit_link(viewer, filter_.unit)),)
    tabs = tuple(
        Tab(
            words(f"list_{name}"),
            each.url(),
            each == filter_,
            words.number(counted.tabs[name]) if name in counted.tabs else "",
        )
        for name, each in presets(filter_)
    )
    return render(
        "dossiers.html", viewer, lang, active="dossiers", unit_id=filter_.unit,
        head=PageHead(
            words("dossiers"), trail=trail if filter_.unit else (),
            sub=_sub(number, page, viewer, say),
            downloads=tuple(_files(filter_)) if number else (),
        ),
        tabs=tabs, form=form_of(filter_, viewer, words, kept),
        named=FilterForm("/dossiers", chips=chips, clear=address(Filter(), kept)),
        hidden=_hidden(viewer, words),
        table=table_of(page.rows, filter_, order, viewer, say),
        empty=_empty(filter_, chips, counted.everything, viewer, words),
        pages=_pages(filter_, order, page, number, first, words),
    )  # fmt: skip


def _files(filter_: Filter) -> Iterator[Download]:
    for kind in ("csv", "xlsx"):
        yield Download(kind.upper(), filter_.url(f"/dossiers.{kind}"))


def _sub(number: int, page: DossierPage, viewer: Viewer, say: Written) -> str:
    """How many, and how old that is if it is older than the page's own figures."""
    text = say.words("list_count", n=say.words.number(number))
    if page.as_of < (viewer.view.watermark or 0):
        text += say.words("list_as_of", at=hour_minute(page.as_of, say.calendar))
    return text


def _hidden(viewer: Viewer, words: Words) -> str:
    """What a reader does not see in the list, "" if it has everything."""
    if viewer.reach.whole:
        return ""
    return words("list_own" if not viewer.reach.units else "list_below")


def _empty(
    filter_: Filter, chips: tuple[Link, ...], everything: int, viewer: Viewer, words: Words
) -> Empty:
    if not chips:
        return Empty("none", words("list_none"), words("list_none_text"))
    everywhere = words("list_everywhere")
    where = asked_unit(filter_.unit, viewer, words) if filter_.unit else everywhere
    mine = Filter(unit=filter_.unit, officer=filter_.officer)
    link = None
    if mine != filter_:
        link = Link(words("list_all_of", n=words.number(everything)), mine.url())
    text = words("list_empty_text", where=where, n=words.number(everything))
    return Empty("filter", words("list_empty"), text, chips, link)


def _pages(
    filter_: Filter, order: Sort, page: DossierPage, number: int, first: int, words: Words
) -> Pagination:
    kept = order_of(order, filter_)
    last = first + len(page.rows) - 1
    after = ""
    if page.next is not None:
        after = address(filter_, [*kept, ("cursor", page.next), ("first", str(last + 1))])
    text = words(
        "list_range", first=words.number(first), last=words.number(last), n=words.number(number)
    )
    return Pagination(text, after=after, first=address(filter_, kept) if first > 1 else "")
