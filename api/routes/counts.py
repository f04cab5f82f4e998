"""Dossiers by verdict, counted twice: by the stream, and by ClickHouse over the dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from api.problems import responses
from api.statements import moment
from api.viewer import LoadedViewer, Viewer
from dossiers.tallies.vector import ALL_TIME
from dossiers.time.day_table import EARLIEST, LATEST
from dossiers.wire.keys import ALL, officer_scope, unit_scope

router = APIRouter(prefix="/api/v1/counts", tags=["tallies"])

KEYS = ("total", "open", "waiting", "overdue", "early", "on_time", "late", "no_due")


class Count(BaseModel):
    """total = open + early + on_time + late + no_due; waiting and overdue are part of open.

    Where closed dossiers leave the stream, it knows neither total nor the finished: null.
    """

    total: int | None = Field(examples=[1434])
    open: int = Field(examples=[105])
    waiting: int = Field(examples=[0])
    overdue: int = Field(examples=[39])
    early: int | None = Field(examples=[951])
    on_time: int | None = Field(examples=[1])
    late: int | None = Field(examples=[377])
    no_due: int | None = Field(examples=[0])


class ScopeCounts(BaseModel):
    """Only units and officers that have dossiers appear, of ClickHouse's the 20,000 with most.
    ``as_of``: epoch ms."""

    __qualname__ = "Counts"  # its name in the API
    model_config = ConfigDict(title="Counts")

    source: Literal["clickhouse", "stream"] = Field(examples=["clickhouse"])
    as_of: int = Field(examples=[1327329774644])
    dossiers: Count
    units: dict[str, Count]
    officers: dict[str, Count]


# A dossier that was within at its last change has become overdue if its due time has passed.
_COUNT = """
SELECT scope, count() AS total,
  countIf(verdict IN ('within', 'waiting', 'overdue')) AS open,
  countIf(verdict = 'waiting') AS waiting,
  countIf(verdict = 'overdue') AS overdue, countIf(verdict = 'early') AS early,
  countIf(verdict = 'on_time') AS on_time, countIf(verdict = 'late') AS late,
  countIf(verdict = 'no_due') AS no_due
FROM (
  SELECT arrayJoin(scopes) AS scope,
    if(standing = 'within' AND ifNull(due_at < {at:DateTime64(3, 'UTC')}, false),
       'overdue', standing) AS verdict
  FROM dossiers FINAL WHERE timeline = {timeline:String}
)
WHERE verdict NOT IN ('pending', 'refused', 'withdrawn', 'unreceived')
GROUP BY scope ORDER BY total DESC, scope LIMIT 20000
"""


@router.get("", summary="Count dossiers by verdict", responses=responses(422, 503))
async def counts(
    viewer: LoadedViewer,
    source: Annotated[
        Literal["clickhouse", "stream"], Query(description="who counts")
    ] = "clickhouse",
    as_of: Annotated[
        int | None,
        Query(
            ge=EARLIEST,
            le=LATEST,
            description="epoch ms, default the watermark; `stream` counts as of the watermark only",
        ),
    ] = None,
) -> ScopeCounts:
    """Counts of all dossiers, by unit (ancestors included) and by officer. The stream's are the
    live tallies; ClickHouse's are counted now, over every dossier."""
    at = as_of if as_of is not None else viewer.view.watermark
    if at is None:
        raise HTTPException(422, "as_of: there is no data time yet; say as of when.")
    rows = _of_stream(viewer, at) if source == "stream" else await _of_clickhouse(viewer, at)
    return ScopeCounts(
        source=source,
        as_of=at,
        dossiers=_count(rows.get(ALL, {})),
        units=_below(rows, unit_scope("")),
        officers=_below(rows, officer_scope("")),
    )


async def _of_clickhouse(viewer: Viewer, at: int) -> Mapping[str, Mapping[str, Any]]:
    parameters = {"timeline": viewer.live.config.timeline, "at": moment(at)}
    found = await viewer.live.query.rows(_COUNT, parameters)
    return _seen(viewer, {row["scope"]: row for row in found})


def _seen(viewer: Viewer, rows: dict[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """What may be seen; the whole is then the sum of its scopes, which share no dossier."""
    scopes = viewer.scopes()
    if scopes is None:
        return rows
    parts = [rows[scope] for scope in scopes if scope in rows]
    seen = {scope: row for scope, row in rows.items() if viewer.sees_scope(scope)}
    seen[ALL] = {key: sum(int(part[key]) for part in parts) for key in KEYS}
    return seen


def _of_stream(viewer: Viewer, at: int) -> Mapping[str, Mapping[str, Any]]:
    """Raises a 422 for any other time than the stream's own."""
    view = viewer.view
    if at != view.watermark:
        raise HTTPException(422, f"as_of: the stream counts as of its watermark, {view.watermark}.")
    known = [key for key in KEYS if view.all_time or key not in ALL_TIME]
    return {
        scope: dict.fromkeys(KEYS) | {key: view.value(scope, key) for key in known}
        for scope in view.tallies
        if view.value(scope, "total")
    }


def _below(rows: Mapping[str, Mapping[str, Any]], prefix: str) -> dict[str, Count]:
    return {
        scope.removeprefix(prefix): _count(row)
        for scope, row in sorted(rows.items())
        if scope.startswith(prefix)
    }


def _count(row: Mapping[str, Any]) -> Count:
    return Count.model_validate({key: row.get(key, 0) for key in KEYS})
