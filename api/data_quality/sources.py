"""How old the news of each source is, in working time, and how much came since opening."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from api.live.source_limits import SilenceLimit, SourceLimits
from api.statements import moment
from api.viewer import Viewer
from dossiers.time.calendar import Calendar, calendar_of
from dossiers.time.hours import DAY

SLOT = 600_000  # ms of one bar
MOST_SLOTS = 144
MOST_SOURCES = 2_000
REACH = 35 * DAY  # ms; a source that said nothing for longer is none any more
_DAYS_BACK = 14  # to look for a working day

_LAST = """
SELECT source, max(received_at) AS last, count() AS records
FROM dossier_events
WHERE timeline = {timeline:String} AND received_at > {start:DateTime64(3, 'UTC')}
  AND kind NOT IN ('restored', 'reassigned')
GROUP BY source ORDER BY source LIMIT {most:UInt32}
"""
_BARS = """
SELECT source, intDiv(toUnixTimestamp64Milli(received_at) - {open:Int64}, {slot:Int64}) AS slot,
  count() AS records
FROM dossier_events
WHERE timeline = {timeline:String} AND received_at >= {start:DateTime64(3, 'UTC')}
  AND received_at < {end:DateTime64(3, 'UTC')} AND kind NOT IN ('restored', 'reassigned')
GROUP BY source, slot
"""


@dataclass(frozen=True)
class SourceState:
    """``last``: when its last record was received (ms), None for one of sources.csv that has sent
    none in the last weeks; ``age``: working ms since, or in these weeks; ``limit``: working ms
    after which it counts as silent. ``bars``: records of each slot since opening."""

    id: str
    last: int | None
    age: int
    limit: int
    silent: bool
    bars: tuple[int, ...]


@dataclass(frozen=True)
class SourceStates:
    """All sources of the last weeks, and those of sources.csv. ``opened_at``: when the first slot
    begins; ``as_of``: data time. Both ms."""

    sources: tuple[SourceState, ...]
    opened_at: int
    as_of: int

    @property
    def silent(self) -> list[SourceState]:
        """Those that say nothing, the longest first."""
        return sorted((s for s in self.sources if s.silent), key=lambda s: -s.age)


async def source_states(viewer: Viewer) -> SourceStates:
    """Of now, data time. Raises StoreAway."""
    now = viewer.live.view.watermark or 0
    reference = viewer.live.view.context.reference
    calendar = calendar_of(reference.calendar, reference.timezone)
    query, timeline = viewer.live.query, viewer.live.config.timeline
    opened, end = opening(calendar, now)
    last = await query.rows(
        _LAST, {"timeline": timeline, "start": moment(max(0, now - REACH)), "most": MOST_SOURCES}
    )
    bars = await query.rows(
        _BARS,
        {"timeline": timeline, "open": opened, "slot": SLOT, "start": moment(opened),
         "end": moment(end + 1)},
    )  # fmt: skip
    slots = _slots(bars, min(MOST_SLOTS, (end - opened) // SLOT + 1))
    replay = viewer.live.config.mode == "replay"
    limits = SourceLimits(reference)
    heard = {row["source"]: round(row["last"].timestamp() * 1000) for row in last}
    states = [
        _state(source, heard.get(source), now, limits.of(source), slots, replay=replay)
        for source in sorted({*heard, *limits.listed})
    ]
    return SourceStates(tuple(states), opened, now)


def opening(calendar: Calendar, now: int) -> tuple[int, int]:
    """When the offices opened last, and until when that day is looked at: ``now``, or its closing
    time if it is over. All in ms."""
    today = calendar.day_of(now)
    for day in range(today, today - _DAYS_BACK, -1):
        if calendar.works_on(day) and (at := calendar.opening_of(day)) <= now:
            return at, now if day == today else min(now, calendar.closing_of(day))
    return calendar.at_clock(today, 0), now


def _slots(rows: list[dict[str, Any]], count: int) -> dict[str, tuple[int, ...]]:
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0] * count)
    for row in rows:
        if 0 <= row["slot"] < count:
            found[row["source"]][row["slot"]] = int(row["records"])
    return {source: tuple(values) for source, values in found.items()} | {"": (0,) * count}


def _state(
    source: str,
    last: int | None,
    now: int,
    limit: SilenceLimit,
    slots: dict[str, tuple[int, ...]],
    *,
    replay: bool,
) -> SourceState:
    age = limit.age(max(0, now - REACH) if last is None else last, now)
    return SourceState(
        id=source,
        last=last,
        age=age,
        limit=limit.span,
        silent=not replay and age > limit.span,  # a replay has no present
        bars=slots.get(source, slots[""]),
    )
