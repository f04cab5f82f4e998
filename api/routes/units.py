"""Units and their live figures."""

from __future__ import annotations

from bisect import bisect_right
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from api.live.tiles import unlisted_unit
from api.paging import Cursor, Limit, decode_cursor, encode_cursor
from api.problems import responses
from api.routes.figures import Figures, figures_of
from api.services import Loaded, Services
from dossiers.wire.records import unit_scope
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
    """``units``: ids of the units right below it."""

    watermark: int | None = Field(examples=[1795408000000])
    units: list[str] = Field(examples=[["H29.168.1"]])


def page_of(unit: str) -> str:
    """Path of the plain page with a unit's overdue dossiers."""
    return f"/overdue/{quote(unit or 'unknown', safe='')}"


def known_units(services: Services) -> dict[str, ReferenceUnit]:
    """Units of the reference data, and those that only dossiers name."""
    view = services.view
    prefix = unit_scope("")
    units = {unit.id: unit for unit in view.reference.units}
    for scope in view.tallies:
        if scope.startswith(prefix):
            id_ = scope.removeprefix(prefix)
            units.setdefault(id_, unlisted_unit(id_))
    return units


def _shown(unit: ReferenceUnit, services: Services) -> dict[str, object]:
    return {
        "id": unit.id,
        "name": unit.name,
        "short": unit.short or unit.name,
        "kind": unit.kind,
        "parent": unit.parent,
        "ended": unit.ended,
        "successor": unit.successor,
        "figures": figures_of(services.view, unit_scope(unit.id)),
        "page": page_of(unit.id),
    }


@router.get("", summary="List units", responses=responses(422, 503))
async def units(
    services: Loaded,
    parent: Annotated[str | None, Query(description="id of the unit above")] = None,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Units:
    """All units with their live figures, by id; with `parent` only those right below it."""
    found = known_units(services)
    ids = sorted(id_ for id_, unit in found.items() if parent is None or unit.parent == parent)
    start = 0 if cursor is None else bisect_right(ids, decode_cursor(cursor)[1])
    page = ids[start : start + limit]
    return Units(
        watermark=services.view.watermark,
        units=[Unit.model_validate(_shown(found[id_], services)) for id_ in page],
        next=encode_cursor(0, page[-1]) if start + limit < len(ids) else None,
    )


@router.get("/{unit:path}", summary="Show one unit", responses=responses(404, 503))
async def unit(services: Loaded, unit: str) -> UnitDetail:
    """One unit with its live figures, and the ids of the units right below it."""
    found = known_units(services)
    if unit not in found:
        raise HTTPException(404, f"There is no unit {unit}; GET /api/v1/units lists them.")
    below = sorted(id_ for id_, other in found.items() if other.parent == unit)
    shown = _shown(found[unit], services)
    return UnitDetail.model_validate(
        {**shown, "watermark": services.view.watermark, "units": below}
    )
