"""Page /data. For the keepers of the data: they see everything."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.data_quality.counted import portal_counts
from api.data_quality.letters import open_by_reason
from api.data_quality.procedures import lacking_procedures
from api.pages.data.asking import (
    AS_PAGE,
    REWRITES,
    STEPS,
    Month,
    month_now,
    states_and_errors,
    unlisted_texts,
    unmatched,
)
from api.pages.data.coverage_lists import month_in_words
from api.pages.data.listing import csv_address
from api.pages.data.panels import letters_panel, recount_panel, rewritten_panel
from api.pages.data.parts_of_page import failed_panel, part
from api.pages.data.reference_panels import names_panel, procedures_panel, texts_panel
from api.pages.data.source_table import source_table
from api.pages.data.steps_list import steps_panel
from api.pages.data.tiles import (
    coverage_tile,
    letters_tile,
    pipeline_tile,
    recount_tile,
    sources_tile,
)
from api.pages.parts.controls import Choice, Download, FilterForm, PageHead, Select
from api.pages.parts.figure import FigureTile
from api.pages.parts.states import PartError
from api.pages.rendering import Lang, render
from api.pages.words import Words, words_of
from api.viewer import LoadedViewer, Viewer

router = APIRouter(tags=["pages"])


@router.get("/data", **AS_PAGE)
async def data_page(viewer: LoadedViewer, lang: Lang, month: Month = None) -> HTMLResponse:
    """Coverage, sources, dead letters, changed dates, unmatched names and the last recount."""
    words = words_of(lang)
    counts = portal_counts(viewer, month or month_now(viewer))
    states, letters, rewritten, names, procedures = await asyncio.gather(
        part(states_and_errors(viewer), viewer, words),
        part(open_by_reason(viewer), viewer, words),
        part(REWRITES.read(viewer), viewer, words),
        part(unmatched(viewer), viewer, words),
        part(lacking_procedures(viewer), viewer, words),
    )
    texts, steps = await unlisted_texts(viewer), await part(STEPS.read(viewer), viewer, words)
    found = None if isinstance(states, PartError) else states
    tiles = [
        coverage_tile(counts, viewer, words),
        _tile(words("data_tile_sources"), words)
        if found is None
        else sources_tile(found[0], viewer, words),
        recount_tile(viewer, words),
        _tile(words("data_tile_letters"), words)
        if isinstance(letters, PartError)
        else letters_tile(letters, viewer, words),
        pipeline_tile(viewer, words),
    ]
    return render(
        "data.html",
        viewer,
        lang,
        active="data",
        page_head=_head(viewer, words),
        period=_period(counts.month, counts.months, words),
        tiles=tiles,
        sources=None if found is None else source_table(found[0], counts, found[1], viewer, words),
        sources_error=states if isinstance(states, PartError) else None,
        first=[
            failed_panel("letters", words("data_letters"), letters)
            if isinstance(letters, PartError)
            else letters_panel(letters, viewer, words),
            failed_panel("rewritten", words("data_rewritten"), rewritten)
            if isinstance(rewritten, PartError)
            else rewritten_panel(rewritten, viewer, words),
            failed_panel("names", words("data_names"), names)
            if isinstance(names, PartError)
            else names_panel(names, words),
            recount_panel(viewer, words),
        ],
        second=[
            texts_panel(texts, words),
            failed_panel("procedures", words("data_procedures"), procedures)
            if isinstance(procedures, PartError)
            else procedures_panel(procedures, words),
            failed_panel("steps", words("data_steps"), steps)
            if isinstance(steps, PartError)
            else steps_panel(steps, viewer, words),
        ],
    )


def _head(viewer: Viewer, words: Words) -> PageHead:
    return PageHead(
        words("data_title"), downloads=(Download("CSV", csv_address(viewer, "sources")),)
    )


def _period(month: str, months: tuple[str, ...], words: Words) -> FilterForm:
    offered = sorted({month, *months}, reverse=True)
    choices = tuple(Choice(m, month_in_words(m, words), m == month) for m in offered)
    return FilterForm("/data", (Select("month", words("data_month"), choices),))


def _tile(label: str, words: Words) -> FigureTile:
    return FigureTile(label, "–", notes=(words("data_part_failed"),))
