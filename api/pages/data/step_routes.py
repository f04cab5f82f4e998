"""Steps and how long they take, and the dossiers behind a median."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.data.asking import (
    AS_PAGE,
    STEPS,
    PageNumber,
    Source,
)
from api.pages.data.listing import shown
from api.pages.data.steps_list import step_dossiers, steps_list
from api.pages.rendering import Lang
from api.pages.words import words_of
from api.viewer import LoadedViewer

router = APIRouter(tags=["pages"])


@router.get("/data/steps", **AS_PAGE)
async def steps_page(viewer: LoadedViewer, lang: Lang, number: PageNumber = 1) -> HTMLResponse:
    """Steps with the median of how long they take."""
    found = await STEPS.read(viewer)
    return shown(
        steps_list(found, viewer, words_of(lang), number=number), viewer, lang, words_of(lang)
    )


@router.get("/data/steps/dossiers", **AS_PAGE)
async def step_dossiers_page(
    viewer: LoadedViewer, lang: Lang, procedure: Source = "", step: Source = ""
) -> HTMLResponse:
    """The dossiers behind the median of a step."""
    found = (await STEPS.read(viewer)).of(procedure, step)
    return shown(step_dossiers(found, viewer, words_of(lang)), viewer, lang, words_of(lang))
