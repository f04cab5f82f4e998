"""Tallies over time, from ClickHouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from api.live.view import Picture
from api.problems import responses
from api.statements import moment
from api.viewer import LoadedViewer
from dossiers.tallies.vector import ALL_TIME, FIELD
from dossiers.time.day_table import EARLIEST, LATEST
from dossiers.time.hours import DAY, MINUTE

router = APIRouter(prefix="/api/v1/tallies", tags=["tallies"])

MOST_POINTS = 2_000
MOST_FIELDS = 20


class Series(BaseModel):
    """``series[name][i]`` is the value at ``from`` + i * ``step_ms``; null before the first one
    that is known. A count that did not change is carried forward."""

    scope: str = Field(examples=["unit:H29.168"])
    from_: int = Field(alias="from", description="epoch ms", examples=[1795320000000])
    step_ms: int = Field(examples=[3600000])
    series: dict[str, list[int | None]] = Field(examples=[{"overdue": [31, 33, 35]}])


def _sql(names: Sequence[str]) -> str:
    """The last values at or before each point; all that is before the first one belongs to it."""
    values = ", ".join(f"argMax({name}, (minute, version)) AS {name}" for name in names)
    return f"""
SELECT greatest(0, intDiv(toUnixTimestamp64Milli(now) - {{from:Int64}} + {{step:Int64}} - 1,
                          {{step:Int64}})) AS point, {values}
FROM tallies
WHERE timeline = {{timeline:String}} AND scope = {{scope:String}} AND now <= {{to:DateTime64(3)}}
GROUP BY point ORDER BY point
"""  # noqa: S608 (names are those of dossiers.tallies.vector; values are bound)


@router.get("", summary="Show tallies over time", responses=responses(404, 422, 503))
async def tallies(
    viewer: LoadedViewer,
    *,
    scope: Annotated[
        str, Query(description="`all`, `unit:<id>` or `officer:<id>`", examples=["all"])
    ] = "all",
    from_: Annotated[
        int | None, Query(alias="from", ge=EARLIEST, le=LATEST, description="epoch ms")
    ] = None,
    to: Annotated[int | None, Query(ge=EARLIEST, le=LATEST, description="epoch ms")] = None,
    step: Annotated[int, Query(ge=MINUTE, description="ms between two points")] = 30 * MINUTE,
    fields: Annotated[
        list[str] | None,
        Query(description="names of counts, as in `dossiers.tallies.vector.FIELDS`"),
    ] = None,
) -> Series:
    """Counts of one scope at equal steps of data time. Without `to`: up to now; without `from`:
    the 24 hours before `to`. At most 2,000 points."""
    names = _known(fields or ["open", "due_soon", "overdue", "late_receptions"], viewer.view)
    if not viewer.sees_scope(scope):
        raise HTTPException(404, f"scope: there is no {scope} among what you may see.")
    end = to if to is not None else viewer.view.watermark
    if end is None:
        raise HTTPException(422, "to: there is no data time yet; say until when.")
    start = from_ if from_ is not None else end - DAY
    points = _points(start, end, step)
    rows = await viewer.live.query.rows(
        _sql(names),
        {
            "timeline": viewer.live.config.timeline,
            "scope": scope,
            "from": start,
            "to": moment(end),
            "step": step,
        },
    )
    series = _carry_forward(rows, names, points)
    return Series.model_validate({"scope": scope, "from": start, "step_ms": step, "series": series})


def _known(fields: Sequence[str], view: Picture) -> list[str]:
    """Each of ``fields`` once. Raises a 422 for what is not counted here."""
    names = list(dict.fromkeys(fields))
    unknown = [name for name in names if name not in FIELD]
    if unknown or len(names) > MOST_FIELDS:
        raise HTTPException(
            422, f"fields: at most {MOST_FIELDS} known names; unknown: {', '.join(unknown) or '-'}."
        )
    gone = [name for name in names if name in ALL_TIME and not view.all_time]
    if gone:
        raise HTTPException(
            422,
            f"fields: closed dossiers leave the stream here, so its tallies do not count all time "
            f"({', '.join(gone)}); use windows (early_30d), or /api/v1/counts for all time.",
        )
    return names


def _points(start: int, end: int, step: int) -> int:
    """How many points ``step`` ms apart there are from ``start`` to ``end`` (ms). Raises a 422 for
    none and for too many."""
    points = (end - start) // step + 1
    if not 1 <= points <= MOST_POINTS:
        raise HTTPException(
            422,
            f"from, to, step: they make {points} points, and 1 to {MOST_POINTS} are possible; "
            "`from` comes before `to`, and a larger `step` makes fewer points.",
        )
    return points


def _carry_forward(
    rows: Sequence[dict[str, Any]], names: Sequence[str], points: int
) -> dict[str, list[int | None]]:
    found = {int(row["point"]): row for row in rows}
    series: dict[str, list[int | None]] = {name: [] for name in names}
    last: dict[str, Any] | None = None
    for point in range(points):
        last = found.get(point, last)
        for name in names:
            series[name].append(None if last is None else int(last[name]))
    return series
