"""Officers and their live figures. Names follow the privacy setting ``officer_names``."""

from __future__ import annotations

from bisect import bisect_right
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from api.paging import Cursor, Limit, decode_cursor, page_of_list
from api.problems import responses
from api.routes.figures import Figures, figures_of
from api.viewer import LoadedViewer, Viewer
from dossiers.wire.keys import officer_scope
from dossiers.wire.reference import Officer as ReferenceOfficer

router = APIRouter(prefix="/api/v1/officers", tags=["officers"])


class Officer(BaseModel):
    """``label``: initials, full name or empty, as the setting ``officer_names`` says."""

    id: str = Field(examples=["cb-0412"])
    label: str = Field(examples=["N.T.H."])
    unit: str = Field(description="id of the unit, empty if unknown", examples=["H29.168"])
    position: str = Field(examples=["Chuyên viên"])
    figures: Figures


class Officers(BaseModel):
    """One page of officers, ordered by id. ``watermark``: the time (epoch ms) of the figures."""

    watermark: int | None = Field(examples=[1795408000000])
    officers: list[Officer]
    next: str | None = Field(description="cursor of the next page, null on the last")


class OfficerDetail(Officer):
    watermark: int | None = Field(examples=[1795408000000])


def _known(viewer: Viewer) -> dict[str, ReferenceOfficer]:
    prefix = officer_scope("")
    officers = {officer.id: officer for officer in viewer.view.reference.officers}
    for scope in viewer.view.tallies:
        if scope.startswith(prefix):
            id_ = scope.removeprefix(prefix)
            officers.setdefault(id_, ReferenceOfficer(id=id_, name=id_))
    return officers


def _shown(officer: ReferenceOfficer, viewer: Viewer) -> dict[str, object]:
    return {
        "id": officer.id,
        "label": viewer.labels.officer(officer.id),
        "unit": officer.unit,
        "position": officer.position,
        "figures": figures_of(viewer.view, officer_scope(officer.id)),
    }


@router.get("", summary="List officers", responses=responses(422, 503))
async def officers(
    viewer: LoadedViewer,
    unit: Annotated[str | None, Query(description="id of the unit")] = None,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Officers:
    """All officers with their live figures, by id; with `unit` only those of that unit."""
    found = _known(viewer)
    ids = sorted(id_ for id_, officer in found.items() if unit is None or officer.unit == unit)
    start = 0 if cursor is None else bisect_right(ids, decode_cursor(cursor)[1])
    page, after = page_of_list(ids[start : start + limit + 1], limit, lambda id_: (0, id_))
    return Officers(
        watermark=viewer.view.watermark,
        officers=[Officer.model_validate(_shown(found[id_], viewer)) for id_ in page],
        next=after,
    )


@router.get("/{officer:path}", summary="Show one officer", responses=responses(404, 503))
async def officer(viewer: LoadedViewer, officer: str) -> OfficerDetail:
    """One officer with the live figures of the dossiers that count for her or him."""
    found = _known(viewer)
    if officer not in found:
        raise HTTPException(404, f"There is no officer {officer}; GET /api/v1/officers lists them.")
    shown = _shown(found[officer], viewer)
    return OfficerDetail.model_validate({**shown, "watermark": viewer.view.watermark})
