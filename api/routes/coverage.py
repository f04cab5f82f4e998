"""How complete the data is: what was seen, what was refused, and how old each source's news is."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Mapping, Set
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from api import coverage as sql
from api.problems import responses
from api.viewer import LoadedViewer
from dossiers.reference.context import Context
from dossiers.reports.late_lines import Month
from dossiers.reports.late_list import month_of
from dossiers.time.day_table import EARLIEST, LATEST

router = APIRouter(prefix="/api/v1/coverage", tags=["coverage"])
MOST_UNNAMED = 1_000  # senders may invent units; those of the reference data are all listed


class Completeness(BaseModel):
    """Shares are percent of ``dossiers``, null if there are none."""

    dossiers: int = Field(description="dossiers with a reception", examples=[1434])
    unreceived: int = Field(description="events came, but no reception", examples=[2])
    with_step: int = Field(description="dossiers whose step is known", examples=[1301])
    step_share: float | None = Field(examples=[90.73])
    with_officer: int = Field(description="dossiers with a named officer", examples=[1420])
    officer_share: float | None = Field(examples=[99.02])
    rewritten: int = Field(description="dossiers with a date changed afterwards", examples=[5])


class UnitCoverage(Completeness):
    """A unit's own dossiers, without those of units below it. ``received`` and ``finished``: within
    the month, ``received`` by the unit that received them."""

    unit: str = Field(examples=["H29.168"])
    received: int = Field(examples=[412])
    finished: int = Field(examples=[377])


class Source(BaseModel):
    """``age_ms``: how far the last event lies behind data time."""

    source: str = Field(examples=["portal"])
    last_event_at: int = Field(description="epoch ms", examples=[1795406400000])
    age_ms: int | None = Field(examples=[3600000])


class Coverage(Completeness):
    """``as_of``: data time, epoch ms. ``month``: which one ``received`` and ``finished`` are of.
    ``dead_letters``: open ones, by reason: records that could not be taken."""

    as_of: int | None = Field(examples=[1795408000000])
    month: str = Field(examples=["2026-11"])
    received: int = Field(examples=[412])
    finished: int = Field(examples=[377])
    dead_letters: dict[str, int] = Field(examples=[{"from_the_future": 3}])
    sources: list[Source]
    units: list[UnitCoverage]
    units_left_out: int = Field(
        description=f"units that the reference data does not name, beyond the {MOST_UNNAMED} with "
        "most dossiers: they count in the sums above and are not listed",
        examples=[0],
    )


@router.get("", summary="Tell how complete the data is", responses=responses(422, 503))
async def coverage(
    viewer: LoadedViewer,
    month: Annotated[
        str | None,
        Query(
            pattern=r"^\d{4}-\d{2}$",
            description="count receptions and finishes of this month; default: that of data time",
        ),
    ] = None,
) -> Coverage:
    """Dossiers seen, by unit; records refused, by reason; the age of every source; how many
    dossiers name a step and an officer. To be compared with the portal's count. From ClickHouse."""
    watermark = viewer.view.watermark
    span = _span(viewer.view.context, month, watermark)
    timeline = {"timeline": viewer.live.config.timeline}
    zone = viewer.view.reference.timezone
    in_month = {**timeline, "start": span.start, "end": span.end, "timezone": zone}
    units, seen, letters, sources = await asyncio.gather(
        viewer.live.query.rows(sql.BY_UNIT, timeline),
        viewer.live.query.rows(sql.SEEN, in_month),
        viewer.live.query.rows(sql.DEAD_LETTERS, timeline),
        viewer.live.query.rows(sql.SOURCES, timeline),
    )
    rows = _by_unit(units, seen, viewer.view.context)
    listed = _listed(rows, {unit.id for unit in viewer.view.reference.units})
    return Coverage(
        **_with_shares({key: sum(row[key] for row in rows.values()) for key in _SUMMED}),
        as_of=watermark,
        month=span.name,
        dead_letters={row["reason"]: row["letters"] for row in letters},
        sources=[Source(**row, age_ms=_age(row["last_event_at"], watermark)) for row in sources],
        units=[UnitCoverage(unit=name, **_with_shares(rows[name])) for name in listed],
        units_left_out=len(rows) - len(listed),
    )


def _by_unit(
    units: list[dict[str, Any]], seen: list[dict[str, Any]], context: Context
) -> dict[str, dict[str, Any]]:
    """What is known of each unit's dossiers, and how many it received and finished."""
    rows: dict[str, dict[str, Any]] = {row["name"]: {**row, **_NONE_SEEN} for row in units}
    for (name, _), own in sql.seen_by_unit(seen, context).items():
        rows.setdefault(name, {**_EMPTY, **_NONE_SEEN}).update(own._asdict())
    return rows


def _age(at: int, watermark: int | None) -> int | None:
    return None if watermark is None else max(0, watermark - at)


def _listed(rows: Mapping[str, Mapping[str, int]], named: Set[str]) -> list[str]:
    """The units that are told one by one, in order."""
    unnamed = heapq.nsmallest(
        MOST_UNNAMED, rows.keys() - named, key=lambda name: (-rows[name]["dossiers"], name)
    )
    return sorted([*(rows.keys() & named), *unnamed])


_EMPTY = dict.fromkeys(("dossiers", "unreceived", "with_step", "with_officer", "rewritten"), 0)
_NONE_SEEN = {"received": 0, "finished": 0}
_SUMMED = (*_EMPTY, *_NONE_SEEN)


def _with_shares(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{key: row[key] for key in _SUMMED},
        "step_share": sql.share(row["with_step"], row["dossiers"]),
        "officer_share": sql.share(row["with_officer"], row["dossiers"]),
    }


def _span(context: Context, month: str | None, watermark: int | None) -> Month:
    if month is None:
        if watermark is None:
            raise HTTPException(422, "month: there is no data time yet; say which month.")
        month = context.calendar.local_date(watermark).strftime("%Y-%m")
    try:
        span = month_of(month, context)
    except ValueError:
        span = None
    if span is None or span.start < EARLIEST or span.end > LATEST:
        raise HTTPException(422, f"month: {month!r} is no month; write it as 2026-10.")
    return span
