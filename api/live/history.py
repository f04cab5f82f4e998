"""What the wall compares with: values a working day ago, sparklines, the trend of 24 hours.

Read from ClickHouse in the background, every few seconds; the feed never waits for it. Tallies are
stored per minute in which they changed, so a value at an instant is the last one before it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from api.live.tiles import shown_units
from api.live.view import Picture
from api.ports import Query, StoreAway
from dossiers.tallies.vector import on_time_rate
from dossiers.time.calendar import DAY, HOUR, Calendar, calendar_of
from dossiers.wire.records import ALL, unit_scope

_log = logging.getLogger(__name__)

REFRESH = 5.0  # s of real time
STEPS = 48
STEP = DAY // STEPS
REACH = 7 * DAY  # how far back a value is carried forward from
SOURCE_LIMIT = HOUR  # of working time without an event: a source has fallen silent

_NAMES = ("open", "due_soon", "overdue", "late_receptions")
_COLUMNS = ", ".join(
    f"argMax({name}, tuple(minute, version)) AS {name}"
    for name in (*_NAMES, "early_month", "on_time_month", "late_month")
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


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC).replace(microsecond=at % 1000 * 1000)


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
    previous = calendar.previous_working_moment(at)
    start = at - at % STEP - (STEPS - 1) * STEP
    common = {"timeline": timeline}
    of = {"whole": scopes is None, "scopes": list(scopes or ())}
    spark = ALL if scopes is None else scopes[0] if len(scopes) == 1 else ""
    before = await query.rows(
        _BEFORE,
        {
            **common,
            "at": moment(previous),
            "since": moment(previous - REACH),
            "tiles": [ALL, *tiles, *(scopes or ())],
        },
    )
    spark_rows = await query.rows(
        _SPARK,
        {**common, "scope": spark, "from": start, "step": STEP, "since": moment(start - 60_000)},
    )
    flow = {"from": start, "step": STEP, "start": moment(start), **common, **of}
    received = await query.rows(_FLOW, {**flow, "column": "received_at"})
    finished = await query.rows(_FLOW, {**flow, "column": "finished_at"})
    sources = await query.rows(_SOURCES, {**common, "start": moment(at - 4 * DAY)})
    marked = await query.rows(_FLAGGED, {**common, **of}) if flagged else []
    sparks = _sparks(spark_rows)
    return History(
        before=_before(before, scopes),
        sparks=sparks,
        trend={
            "from": start,
            "step_ms": STEP,
            "received": _steps(received),
            "finished": _steps(finished),
            "overdue": sparks["overdue"],
        },
        sources={row["source"]: round(row["last"].timestamp() * 1000) for row in sources},
        flagged=int(marked[0]["dossiers"]) if marked else None,
    )


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
    sparks: dict[str, list[Any]] = {name: [] for name in (*_NAMES, "on_time_rate")}
    last: Mapping[str, Any] | None = None
    for step in range(STEPS):
        last = found.get(step, last)
        for name in _NAMES:
            sparks[name].append(None if last is None else int(last[name]))
        sparks["on_time_rate"].append(rate_of(last))
    return sparks


def rate_of(row: Mapping[str, Any] | None) -> float | None:
    """On-time rate (%) of the month so far in a row of tallies."""
    if row is None:
        return None
    return on_time_rate(int(row["early_month"]), int(row["on_time_month"]), int(row["late_month"]))


class HistoryKeeper:
    """Keeps ``history`` up to date; ``on_change`` is called after each successful read.

    ``scopes``: see ``read_history``. ``refresh``: s of real time between two reads.
    """

    def __init__(
        self,
        query: Query,
        view: Picture,
        on_change: Callable[[], None],
        scopes: Callable[[], Sequence[str] | None] = lambda: None,
        refresh: float = REFRESH,
    ) -> None:
        self.history = History()
        self.error = ""
        self._query = query
        self._view = view
        self._on_change = on_change
        self._scopes = scopes
        self._refresh = refresh

    def calendar(self) -> Calendar:
        reference = self._view.reference
        return calendar_of(reference.calendar, reference.timezone)

    def _tiles(self) -> list[str]:
        ids = {unit.id for unit in self._view.reference.units}
        ids.update(unit.id for unit in shown_units(self._view).units)
        return [unit_scope(id_) for id_ in sorted(ids)]

    async def run(self) -> None:
        """Until cancelled. While ClickHouse is away the last history stays."""
        shown: int | None = None
        while True:
            pause = self._refresh
            watermark = self._view.watermark
            if watermark is not None and watermark != shown and self._view.loaded:
                started = time.monotonic()
                try:
                    self.history = await read_history(
                        self._query,
                        self._view.timeline,
                        watermark,
                        self.calendar(),
                        tiles=self._tiles(),
                        flagged=not self._view.all_time,
                        scopes=self._scopes(),
                    )
                    shown, self.error = watermark, ""
                    self._on_change()
                except StoreAway as error:
                    if not self.error:
                        _log.warning("no history for the wall: %s", error)
                    self.error = str(error)
                except Exception:
                    if not self.error:
                        _log.exception("no history for the wall")
                    self.error = "the history of the walls cannot be read; see the log"
                # A large store is asked less often: a tenth of the time at most.
                pause = max(pause, 10 * (time.monotonic() - started))
            await asyncio.sleep(pause)
