"""The routes of the late list's desk pages."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.late_list.freezing import freeze
from api.pages.error_page import ERROR_PAGES, HTML, error_page
from api.pages.late_list.asking import (
    LIST,
    MINE,
    AskedCases,
    AskedList,
    ListPath,
    ReviewAsked,
    list_page,
)
from api.pages.late_list.cases_page import show_cases
from api.pages.late_list.index_page import show_months
from api.pages.late_list.list_page import show_list
from api.pages.late_list.mine_page import show_mine
from api.pages.late_list.posts import ON_CASES, ON_LISTS, act_on_cases, act_on_list, preview
from api.pages.late_list.steps_page import show_steps
from api.pages.late_list.telling import ListTold, ToldCode, problem_of, told_of
from api.pages.late_list.together import AskedTogether, MonthsAsked
from api.pages.late_list.typed import form_in_hand, sent_form
from api.pages.rendering import Lang
from api.pages.words import words_of
from api.publications.errors import LateListError
from api.viewer import LoadedViewer

router = APIRouter(tags=["pages"])


@router.get(
    LIST,
    summary="Page: months of the late list",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def months_page(
    viewer: LoadedViewer, asked: AskedTogether, *, lang: Lang, told: ToldCode
) -> HTMLResponse:
    """Where each list stands, and what the reader has to do; several months together."""
    return await show_months(viewer, lang, asked, told_of(told, words_of(lang)))


@router.get(
    MINE,
    summary="Page: what is about to be published of oneself",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def own_lines_page(viewer: LoadedViewer, *, lang: Lang, told: ToldCode) -> HTMLResponse:
    """The reader's own line and dossiers of each list, to be explained or answered."""
    return await show_mine(viewer, lang, told_of(told, words_of(lang)))


@router.get(
    LIST + "/{list:path}/dossiers",
    summary="Page: dossiers of a late list",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def list_dossiers_page(
    viewer: LoadedViewer, list_: ListPath, asked: AskedCases, *, lang: Lang
) -> HTMLResponse:
    """The very dossiers behind a number of the list's page."""
    return await show_cases(viewer, lang, list_, asked)


@router.get(
    LIST + "/{list:path}/steps",
    summary="Page: approve and publish a late list",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def list_steps_page(
    viewer: LoadedViewer, list_: ListPath, *, lang: Lang, told: ToldCode
) -> HTMLResponse:
    """Differences, hashes, documents, the next steps, and what was recorded."""
    return await show_steps(viewer, lang, list_, told_of(told, words_of(lang)))


@router.get(
    LIST + "/{list:path}",
    summary="Page: review of a late list",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def late_list_page(
    viewer: LoadedViewer, list_: ListPath, asked: AskedList, *, lang: Lang, told: ToldCode
) -> Response:
    """Steps, decisions, checks and everybody who is charged; officers find their own elsewhere."""
    if viewer.principal.roles == {"officer"}:
        return RedirectResponse(MINE, 303)
    return await show_list(viewer, lang, list_, asked, told_of(told, words_of(lang)))


@router.post(LIST, include_in_schema=False)
async def freeze_by_hand(request: Request, viewer: LoadedViewer, *, lang: Lang) -> Response:
    """Fields: month, scope, request."""
    month = scope = ""
    try:
        form = await sent_form(request)
        month, scope = form.one("month", 7), form.one("scope", 200)
        done = await freeze(viewer, month, scope, form.one("request", 100))
    except LateListError as error:
        if error.status == 202:
            return RedirectResponse(f"{LIST}?told=working", 303)
        told = ListTold(problem_of(error, words_of(lang)), bad=True)
        return await show_months(viewer, lang, MonthsAsked(), told, (month, scope), error.status)
    return RedirectResponse(f"{list_page(done.record.list)}?told=frozen", 303)


@router.post(LIST + "/{list:path}/preview", include_in_schema=False)
async def preview_decision(
    request: Request, viewer: LoadedViewer, list_: ListPath, *, lang: Lang
) -> Response:
    """What a decision would change; nothing is written."""
    try:
        return await preview(viewer, lang, list_, await sent_form(request))
    except LateListError as error:
        told = ListTold(problem_of(error, words_of(lang)), bad=True)
        return await show_list(viewer, lang, list_, ReviewAsked(), told, status=error.status)


@router.post(LIST + "/{list:path}/{act}", include_in_schema=False)
async def act(
    request: Request, viewer: LoadedViewer, list_: ListPath, act: str, *, lang: Lang
) -> Response:
    """A step of the list."""
    if act not in ON_CASES and act not in ON_LISTS:
        return error_page(viewer, lang, 404, "late_no_list")
    try:
        uploads = viewer.live.publishing.uploads
        async with form_in_hand(request, uploads, viewer.principal.person) as form:
            if act in ON_CASES:
                return await act_on_cases(viewer, lang, list_, act, form)
            return await act_on_list(viewer, lang, list_, act, form)
    except LateListError as error:
        told = ListTold(problem_of(error, words_of(lang)), bad=True)
        return await show_steps(viewer, lang, list_, told, status=error.status)
