"""Late lists as those see them who work on them: lists, cases, drafts, effects, files."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from api.late_list.attached import attached_file
from api.late_list.drafts import draft_of
from api.late_list.effects import effect_for
from api.late_list.finding import Show, chosen
from api.late_list.places import acting_as
from api.late_list.publishing import draft
from api.late_list.sight import case_count, edition_of, seen_cases
from api.late_list.telling import names_in, texts_of
from api.paging import Cursor, decode_cursor, encode_cursor
from api.problems import Problem, problem, responses
from api.publications.errors import LateListError, missing
from api.routes.publication_bodies import HASH_PATTERN, EffectBody
from api.routes.publication_models import (
    CasePage,
    Drafted,
    DraftView,
    EffectList,
    GoesOn,
    ListShown,
    ListsShown,
)
from api.routes.publication_views import case_shown, effect_shown, list_shown, list_told
from api.viewer import LoadedViewer
from dossiers.text.ids import MAX_ID
from dossiers.wire.publications import Case

router = APIRouter(prefix="/api/v1/publications", tags=["late lists"])
ListPath = Annotated[str, Path(description="its id: month, or month~UNIT")]
EditionQuery = Annotated[int, Query(ge=0, le=1_000, description="which edition; 0: the newest one")]
PageSize = Annotated[int, Query(ge=1, le=200, description="most cases of one page")]
OneId = Annotated[str, Query(max_length=MAX_ID, description="only of this one")]
CaseDossier = Annotated[str, Query(min_length=1, max_length=MAX_ID, description="id of a dossier")]
CaseUnit = Annotated[str, Query(min_length=1, max_length=MAX_ID, description="where it is charged")]
CaseOfficer = Annotated[str, Query(max_length=MAX_ID, description="to whom; empty: the unit")]
_OFFICE = "application/vnd.openxmlformats-officedocument"
_DRAFTS = {
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_GONE: dict[int | str, dict[str, Any]] = {
    410: {
        "model": Problem,
        "description": "Rows and names have had their time",
    }
}


def _kinds(*media: str) -> dict[int | str, dict[str, Any]]:
    """Of an answer that is a file."""
    schema = {"schema": {"type": "string", "format": "binary"}, "example": "the file"}
    return {200: {"description": "The file", "content": dict.fromkeys(media, schema)}}


@router.get("", summary="List late lists", responses=responses(503))
async def lists(viewer: LoadedViewer) -> ListsShown:
    """Those in which something is yours, the newest month first; what you may do in each."""
    found = []
    for id_ in viewer.live.publications.state.months():
        edition = edition_of(viewer, id_)
        count = await case_count(viewer, edition)
        if count != 0:
            found.append(list_told(viewer, edition, {} if count is None else {"all": count}))
    return ListsShown(lists=found)


@router.get(
    "/files/{sha256}",
    summary="Download an attached file",
    response_class=Response,
    responses={
        **responses(404, 503),
        **_GONE,
        **_kinds("application/pdf", "image/jpeg", "image/png"),
    },
)
async def file(
    viewer: LoadedViewer, sha256: Annotated[str, Path(pattern=HASH_PATTERN)]
) -> Response:
    """A file that somebody attached to a case that you see. To be saved, never shown."""
    found, content = await attached_file(viewer, sha256)
    name = f"{sha256[:12]}.{found.media.rpartition('/')[2]}"
    return Response(
        content,
        media_type=found.media,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


@router.get(
    "/{list:path}/cases",
    summary="List a late list's cases",
    responses={**responses(404, 503), **_GONE},
)
async def cases(
    viewer: LoadedViewer,
    list: ListPath,
    edition: EditionQuery = 0,
    show: Annotated[Show, Query(description="how far they are")] = "all",
    unit: OneId = "",
    officer: OneId = "",
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> CasePage:
    """Dossiers and who is charged with them, with what was said and decided about each. You see
    those charged to you, or to your units; all of them from the office of reform on."""
    first = _first_of(cursor) if cursor else 0
    seen = await seen_cases(viewer, edition_of(viewer, list, edition))
    found = await asyncio.to_thread(chosen, seen, show, unit, officer)
    page = found[first:][:limit]
    end = first + len(page)
    names, texts = await names_in(viewer, seen), await texts_of(viewer, page)
    return CasePage(
        count=len(found),
        cases=[case_shown(viewer, names, texts, *each) for each in page],
        next=encode_cursor(end, "") if end < len(found) else None,
    )


def _first_of(cursor: str) -> int:
    """How many cases stand on the pages before. Raises a 422 for what this list did not make."""
    number, id_ = decode_cursor(cursor)
    if number < 0 or id_:
        raise HTTPException(422, "cursor: not one of this list's; ask for the first page.")
    return number


@router.get(
    "/{list:path}/draft",
    summary="Offer a draft of an explanation",
    responses={**responses(404, 503), **_GONE},
)
async def draft_text(
    viewer: LoadedViewer,
    list: ListPath,
    dossier: CaseDossier,
    unit: CaseUnit,
    officer: CaseOfficer = "",
) -> Drafted:
    """What was last said about the dossier's alerts, for whoever is to explain the case."""
    case = Case(dossier, unit, officer)
    seen = await seen_cases(viewer, edition_of(viewer, list))
    if not seen.sees(case):
        raise missing()
    found = await draft_of(viewer, case)
    if found is None:
        return Drafted(draft=None)
    made = DraftView(reason=found.reason, text=found.text, by=found.by, at=found.at)
    return Drafted(draft=made)


@router.get(
    "/{list:path}/drafts/{kind}",
    summary="Download a draft",
    response_class=Response,
    responses={**responses(404, 409, 503), **_GONE, **_kinds(*_DRAFTS.values())},
)
async def draft_document(
    viewer: LoadedViewer,
    list: ListPath,
    kind: Annotated[Literal["docx", "pdf", "xlsx"], Path(description="which document")],
) -> Response:
    """What would be published by now, with DRAFT on every page: for whoever sees the whole list.
    Nothing of it is kept."""
    content = await draft(viewer, list, f".{kind}")
    name = f"danh-sach-tre-han-nhap.{kind}"
    return Response(
        content,
        media_type=_DRAFTS[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.post(
    "/{list:path}/effect",
    summary="Show what a decision would change",
    responses={**responses(404, 422, 503), **_GONE},
)
async def effect(viewer: LoadedViewer, list: ListPath, body: EffectBody) -> EffectList:
    """For each officer and unit: late dossiers before and after accepting these cases by this
    reason, with what has been decided so far. Writes nothing."""
    acting_as(viewer, ("reform_office",))
    seen = await seen_cases(viewer, edition_of(viewer, list))
    names = await names_in(viewer, seen)
    accepted = [Case(each.dossier, each.unit, each.officer) for each in body.accepted]
    found = await asyncio.to_thread(effect_for, seen, accepted, body.reason)
    touched = (*found.officers, *found.units, found.whole)
    return EffectList(effects=[effect_shown(each, names, seen.core.thresholds) for each in touched])


@router.get("/{list:path}", summary="Show a late list", responses={**responses(404, 503), **_GONE})
async def one_list(viewer: LoadedViewer, list: ListPath, edition: EditionQuery = 0) -> ListShown:
    """How far it is, until when each step is due, how many cases wait for what, and what you may
    do."""
    return await list_shown(viewer, edition_of(viewer, list, edition))


async def list_not_changed(request: Request, error: LateListError) -> JSONResponse:
    """A step that was not taken, as a problem; or (202) one that is still being taken."""
    more: dict[str, Any] = {"code": error.key}
    if error.status == 202:
        goes_on = GoesOn(code=error.key, detail=str(error)).model_dump()
        return JSONResponse(goes_on, 202, {"Retry-After": str(error.retry_after)})
    if error.number:
        more["number"] = error.number
    answer = problem(request, error.status, str(error), more=more)
    if error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer
