"""Units and their live figures."""

from __future__ import annotations

from bisect import bisect_right
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from api.links import page_of
from api.live.tiles import known_units
from api.paging import Cursor, Limit, decode_cursor, page_of_list
from api.problems import responses
from api.routes.figures import Figures, figures_of
from api.viewer import LoadedViewer, Viewer
from dossiers.wire.keys import unit_scope
from dossiers.wire.reference import Unit as ReferenceUnit

router = APIRouter(prefix="/api/v1/units", tags=["units"])


class Unit(BaseModel):
    """A unit with its figures, those of the units below it included."""

    id: str = Field(examples=["H29.168"])
    name: str = Field(examples=["Phường Cầu Ông Lãnh"])
    short: str = Field(examples=["Cầu Ông Lãnh"])
    kind: str = Field(description="province, department, commune, division or empty")
    parent: str = Field(description="id of the unit above, or empty", examples=["H29"])
    ended: str = Field(description="first day on which it is no more, or empty", examples=[""])
    successor: str = Field(
        description="id of the unit for which its open dossiers count since then", examples=[""]
    )
    figures: Figures
    page: str = Field(description="its overdue dossiers, for people", examples=["/overdue/H29.168"])


class Units(BaseModel):
    """One page of units, ordered by id. ``watermark``: the time (epoch ms) the figures are of."""

    watermark: int | None = Field(examples=[1795408000000])
    units: list[Unit]
    next: str | None = Field(description="cursor of the next page, null on the last")


class UnitDetail(Unit):
    """``units``: ids of the units right below it. Times in ms."""

    watermark: int | None = Field(examples=[1795408000000])
    units: list[str] = Field(examples=[["H29.168.1"]])


def _shown(unit: ReferenceUnit, viewer: Viewer) -> dict[str, object]:
    return {
        "id": unit.id,
        "name": unit.name,
        "short": unit.short or unit.name,
        "kind": unit.kind,
        "parent": unit.parent,
        "ended": unit.ended,
        "successor": unit.successor,
        "figures": figures_of(viewer.view, unit_scope(unit.id)),
        "page": page_of(unit.id),
    }


@router.get("", summary="List units", responses=responses(422, 503))
async def units(
    viewer: LoadedViewer,
    parent: Annotated[str | None, Query(description="id of the unit above")] = None,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Units:
    """All units with their live figures, by id; with `parent` only those right below it."""
    found = known_units(viewer.view)
    ids = sorted(id_ for id_, unit in found.items() if parent is None or unit.parent == parent)
    start = 0 if cursor is None else bisect_right(ids, decode_cursor(cursor)[1])
    page, after = page_of_list(ids[start : start + limit + 1], limit, lambda id_: (0, id_))
    return Units(
        watermark=viewer.view.watermark,
        units=[Unit.model_validate(_shown(found[id_], viewer)) for id_ in page],
        next=after,
    )


@router.get("/{unit:path}", summary="Show one unit", responses=responses(404, 503))
async def unit(viewer: LoadedViewer, unit: str) -> UnitDetail:
    """One unit with its live figures, and the ids of the units right below it."""
    found = known_units(viewer.view)
    if unit not in found:
        raise HTTPException(404, f"There is no unit {unit}; GET /api/v1/units lists them.")
    below = sorted(id_ for id_, other in found.items() if other.parent == unit)
    shown = _shown(found[unit], viewer)
    return UnitDetail.model_validate({**shown, "watermark": viewer.view.watermark, "units": below})
