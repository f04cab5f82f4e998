"""What the wall compares with: values a working day ago, sparklines, the trend of 24 hours.

Read from ClickHouse in the background (api.live.history_keeper). Tallies are stored
per minute in which they changed, so a value at an instant is the last one before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.live.rates import RateWindow, rate_in
from api.ports import Query
from api.statements import moment
from dossiers.time.calendar import Calendar
from dossiers.time.hours import DAY
from dossiers.wire.keys import ALL

STEPS = 48
STEP = DAY // STEPS
REACH = 7 * DAY  # how far back a value is carried forward from

_NAMES = ("open", "due_soon", "overdue", "late_receptions")
_WINDOWS: tuple[RateWindow, ...] = ("month", "30d")  # of which a screen may show the rate
_VERDICTS = tuple(f"{name}_{w}" for w in _WINDOWS for name in ("early", "on_time", "late"))
_COLUMNS = ", ".join(
    f"argMax({name}, tuple(minute, version)) AS {name}" for name in (*_NAMES, *_VERDICTS)
)
# What the wall shows: officers are many, and so may be units that only dossiers name.
_BEFORE = f"""
SELECT scope, {_COLUMNS} FROM tallies
WHERE timeline = {{timeline:String}} AND scope IN {{tiles:Array(String)}}
  AND now <= {{at:DateTime64(3, 'UTC')}} AND minute > {{since:DateTime('UTC')}}
GROUP BY scope
"""  # noqa: S608
_SPARK = f"""
SELECT intDiv(toUnixTimestamp64Milli(now) - {{from:Int64}}, {{step:Int64}}) AS step, {_COLUMNS}
FROM tallies
WHERE timeline = {{timeline:String}} AND scope = {{scope:String}}
  AND minute >= {{since:DateTime('UTC')}}
  AND toUnixTimestamp64Milli(now) >= {{from:Int64}}
GROUP BY step ORDER BY step
"""  # noqa: S608
_FLOW = """
SELECT intDiv(toUnixTimestamp64Milli(assumeNotNull({column:Identifier})) - {from:Int64},
              {step:Int64}) AS step, count() AS dossiers
FROM dossiers FINAL
WHERE timeline = {timeline:String} AND {column:Identifier} > {start:DateTime64(3, 'UTC')}
  AND ({whole:Bool} OR hasAny(scopes, {scopes:Array(String)}))
GROUP BY step
"""
_SOURCES = """
SELECT source, max(occurred_at) AS last FROM dossier_events
WHERE timeline = {timeline:String} AND occurred_at > {start:DateTime64(3, 'UTC')}
  AND kind NOT IN ('restored', 'reassigned')
GROUP BY source ORDER BY source LIMIT 200
"""

_FLAGGED = """
SELECT count() AS dossiers FROM dossiers FINAL
WHERE timeline = {timeline:String} AND notEmpty(flags)
  AND ({whole:Bool} OR hasAny(scopes, {scopes:Array(String)}))
"""


@dataclass(frozen=True)
class History:
    """``before``: by scope, the figures at the same moment one working day earlier. ``sparks``: 48
    values of the last 24 h, oldest first. All of data time."""

    before: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sparks: Mapping[str, list[Any]] = field(default_factory=dict)
    trend: Mapping[str, Any] | None = None
    sources: Mapping[str, int] = field(default_factory=dict)  # last event by source, ms
    flagged: int | None = None  # of all time, if the tallies do not know it


async def read_history(
    query: Query,
    timeline: str,
    at: int,
    calendar: Calendar,
    *,
    tiles: Sequence[str] = (),
    flagged: bool = False,
    scopes: Sequence[str] | None = None,
) -> History:
    """The history as of data time ``at`` (ms). Raises StoreAway.

    ``tiles``: scopes of the units shown. ``flagged``: count dossiers with a data flag as well.
    ``scopes``: of dossiers that have one of these; None: of all. The sparklines of several scopes
    stay empty.
    """
    start = at - at % STEP - (STEPS - 1) * STEP
    of = {"whole": scopes is None, "scopes": list(scopes or ())}
    spark = ALL if scopes is None else scopes[0] if len(scopes) == 1 else ""
    before = await _read_before(
        query, timeline, calendar.previous_working_moment(at), [ALL, *tiles, *(scopes or ())]
    )
    sparks = await _read_sparks(query, timeline, start, spark)
    flow = {"timeline": timeline, "from": start, "step": STEP, "start": moment(start), **of}
    return History(
        before=_before(before, scopes),
        sparks=sparks,
        trend={
            "from": start,
            "step_ms": STEP,
            "received": _steps(await query.rows(_FLOW, {**flow, "column": "received_at"})),
            "finished": _steps(await query.rows(_FLOW, {**flow, "column": "finished_at"})),
            "overdue": sparks["overdue"],
        },
        sources=await _read_sources(query, timeline, at - 4 * DAY),
        flagged=await _read_flagged(query, {"timeline": timeline, **of}) if flagged else None,
    )


async def _read_before(
    query: Query, timeline: str, at: int, tiles: list[str]
) -> list[dict[str, Any]]:
    parameters = {
        "timeline": timeline, "at": moment(at), "since": moment(at - REACH), "tiles": tiles,
    }  # fmt: skip
    return await query.rows(_BEFORE, parameters)


async def _read_sparks(query: Query, timeline: str, start: int, scope: str) -> dict[str, list[Any]]:
    parameters = {
        "timeline": timeline, "scope": scope, "from": start, "step": STEP,
        "since": moment(start - 60_000),
    }  # fmt: skip
    return _sparks(await query.rows(_SPARK, parameters))


async def _read_sources(query: Query, timeline: str, start: int) -> dict[str, int]:
    rows = await query.rows(_SOURCES, {"timeline": timeline, "start": moment(start)})
    return {row["source"]: round(row["last"].timestamp() * 1000) for row in rows}


async def _read_flagged(query: Query, parameters: dict[str, Any]) -> int | None:
    rows = await query.rows(_FLAGGED, parameters)
    return int(rows[0]["dossiers"]) if rows else None


def _before(
    rows: list[dict[str, Any]], scopes: Sequence[str] | None
) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {row["scope"]: row for row in rows}
    if scopes is not None:
        found.pop(ALL, None)
        parts = [found[scope] for scope in scopes if scope in found]
        if parts:
            found[ALL] = {k: sum(int(part[k]) for part in parts) for k in parts[0] if k != "scope"}
    return found


def _steps(rows: list[dict[str, Any]]) -> list[int]:
    found = {int(row["step"]): int(row["dossiers"]) for row in rows}
    return [found.get(step, 0) for step in range(STEPS)]


def _sparks(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Carry the last value forward; None before the first one that is known."""
    found = {int(row["step"]): row for row in rows}
    rates = {window: f"on_time_rate_{window}" for window in _WINDOWS}
    sparks: dict[str, list[Any]] = {name: [] for name in (*_NAMES, *rates.values())}
    last: Mapping[str, Any] | None = None
    for step in range(STEPS):
        last = found.get(step, last)
        for name in _NAMES:
            sparks[name].append(None if last is None else int(last[name]))
        for window, name in rates.items():
            sparks[name].append(rate_in(last, window))
    return sparks
