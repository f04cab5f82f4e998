"""The lists behind the numbers of page /data."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse

from api.asked import Language
from api.data_quality.counted import last_list, portal_counts
from api.data_quality.names import dossiers_of_name
from api.data_quality.procedures import lacking_procedures
from api.data_quality.reported import reported_list
from api.pages.data.asking import (
    AS_PAGE,
    REWRITES,
    Before,
    Done,
    Kind,
    LetterSource,
    LetterState,
    Month,
    PageNumber,
    Reason,
    Source,
    UnitCode,
    letters_of,
    month_now,
    states_and_errors,
    unlisted_texts,
    unmatched,
)
from api.pages.data.coverage_lists import coverage_list, missing_list
from api.pages.data.errors_lists import errors_list, reported_page
from api.pages.data.listing import PAGE, csv_address, shown
from api.pages.data.names_list import named_dossiers, names_list, texts_list
from api.pages.data.nights import night_details, nights_list, nights_of
from api.pages.data.procedures_list import procedures_list
from api.pages.data.rewritten_list import rewritten_list
from api.pages.data.source_table import source_table
from api.pages.error_page import error_page
from api.pages.parts.controls import Download, PageHead
from api.pages.parts.marks import Link
from api.pages.rendering import Lang, render
from api.pages.words import Words, words_of
from api.viewer import LoadedViewer, Viewer

router = APIRouter(tags=["pages"])
MOST_REPORTED = 2_000


@router.get("/data/sources", **AS_PAGE)
async def sources_page(viewer: LoadedViewer, lang: Lang, month: Month = None) -> HTMLResponse:
    """Each source with its age, its coverage and its errors."""
    words = words_of(lang)
    counts = portal_counts(viewer, month or month_now(viewer))
    states, errors = await states_and_errors(viewer)
    head = PageHead(
        words("data_sources"),
        trail=(_up(words),),
        downloads=(Download("CSV", csv_address(viewer, "sources")),),
    )
    table = source_table(states, counts, errors, viewer, words, None)
    return render("data_sources.html", viewer, lang, active="data", page_head=head, sources=table)


@router.get("/data/coverage", **AS_PAGE)
async def coverage_page(
    viewer: LoadedViewer, lang: Lang, month: Month = None, number: PageNumber = 1
) -> HTMLResponse:
    """What the portal counts by unit, beside what was seen here."""
    counts = portal_counts(viewer, month or month_now(viewer))
    return _shown(viewer, lang, lambda words: coverage_list(counts, viewer, words, number=number))


@router.get("/data/missing", **AS_PAGE)
async def missing_page(
    viewer: LoadedViewer, lang: Lang, unit: UnitCode = "", number: PageNumber = 1
) -> HTMLResponse:
    """Ids of the last list of a unit that never came."""
    found = last_list(viewer, unit)
    return _shown(
        viewer, lang, lambda words: missing_list(found, unit, viewer, words, number=number)
    )


@router.get("/data/errors", **AS_PAGE)
async def errors_page(viewer: LoadedViewer, lang: Lang, source: Source = "") -> HTMLResponse:
    """By source and reason."""
    _, errors = await states_and_errors(viewer)
    chosen = [source] if source else []
    return _shown(viewer, lang, lambda words: errors_list(errors, chosen, viewer, words))


@router.get("/data/reported", **AS_PAGE)
async def reported_errors_page(
    viewer: LoadedViewer,
    lang: Lang,
    sender: Source = "",
    madonvi: Source = "",
    system: Source = "",
    code: Source = "",
) -> HTMLResponse:
    """The dossiers behind a count of reported errors."""
    rows = await reported_list(viewer, sender, madonvi, system, code, MOST_REPORTED)
    return _shown(viewer, lang, lambda words: reported_page(rows, system, code, viewer, words))


@router.get("/data/rewritten", **AS_PAGE)
async def rewritten_page(
    viewer: LoadedViewer, lang: Lang, kind: Kind = "", number: PageNumber = 1
) -> HTMLResponse:
    """Dates that sources changed afterwards, or dated back."""
    found = await REWRITES.read(viewer)
    return _shown(
        viewer, lang, lambda words: rewritten_list(found, viewer, words, kind=kind, number=number)
    )


@router.get("/data/names", **AS_PAGE)
async def names_page(viewer: LoadedViewer, lang: Lang, number: PageNumber = 1) -> HTMLResponse:
    """Why, and who may be meant."""
    found = await unmatched(viewer)
    texts = await unlisted_texts(viewer)
    how_many = None if texts is None else len(texts)
    return _shown(
        viewer,
        lang,
        lambda words: names_list(found, viewer, words, number=number, texts=how_many),
    )


@router.get("/data/names/dossiers", **AS_PAGE)
async def named_page(
    viewer: LoadedViewer,
    lang: Lang,
    name: Annotated[str, Query(max_length=1_000, description="as it was sent")] = "",
    unit: UnitCode = "",
) -> HTMLResponse:
    """The dossiers behind an unmatched name."""
    rows = await dossiers_of_name(viewer, name, unit, 1_000)
    return _shown(viewer, lang, lambda words: named_dossiers(rows, name, viewer, words))


@router.get("/data/texts", **AS_PAGE)
async def texts_page(viewer: LoadedViewer, lang: Lang, number: PageNumber = 1) -> HTMLResponse:
    """Names and codes of units, officers, steps and procedures that no entry has."""
    texts = await unlisted_texts(viewer)
    names = len((await unmatched(viewer)).names)
    return _shown(
        viewer, lang, lambda words: texts_list(texts, viewer, words, number=number, names=names)
    )


@router.get("/data/procedures", **AS_PAGE)
async def procedures_page(viewer: LoadedViewer, lang: Lang, number: PageNumber = 1) -> HTMLResponse:
    """Those with most open dossiers first."""
    found = await lacking_procedures(viewer)
    return _shown(viewer, lang, lambda words: procedures_list(found, viewer, words, number=number))


@router.get("/data/nights", **AS_PAGE)
async def nights_page(viewer: LoadedViewer, lang: Lang) -> HTMLResponse:
    """Each with its outcome."""
    nights = nights_of(viewer)
    return _shown(viewer, lang, lambda words: nights_list(nights, viewer, words))


@router.get("/data/nights/{night}/{occasion}", **AS_PAGE)
async def night_page(
    viewer: LoadedViewer,
    lang: Lang,
    night: Annotated[str, Path(pattern=r"^\d{4}-\d\d-\d\d$", max_length=10)],
    occasion: Annotated[str, Path(pattern="^(night|hand)$", max_length=5)],
) -> HTMLResponse:
    """What it compared, what differed and what it left out."""
    records = viewer.live.view.verifications.newest_first()
    found = next((r for r in records if (r.night, r.occasion) == (night, occasion)), None)
    if found is None:
        return error_page(viewer, lang, 404, "data_no_night", night=night)
    return _shown(viewer, lang, lambda words: night_details(found, viewer, words))


@router.get("/data/letters", **AS_PAGE)
async def letters_list_page(
    viewer: LoadedViewer,
    lang: Lang,
    state: LetterState = "open",
    reason: Reason = "",
    source: LetterSource = None,
    before: Before = None,
    done: Done = "",
) -> HTMLResponse:
    """Records that could not be taken, the newest first."""
    page = await letters_of(viewer, lang, state, reason, source, before, done, PAGE)
    return _shown(viewer, lang, lambda _: page)


def _shown(viewer: Viewer, lang: Language, make: Any) -> HTMLResponse:
    words = words_of(lang)
    return shown(make(words), viewer, lang, words)


def _up(words: Words) -> Link:
    return Link(words("data_title"), "/data")
