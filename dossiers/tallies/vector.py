"""The layout of a tally: one fixed vector of counts for each scope.

A tally is the sum over dossier states, so vectors of partitions add up. Gauges say how things
stand now; window measures count instants in rolling windows, at minute granularity: window W at
``now`` holds the minutes m with minute(now) - W < m <= minute(now); ``month`` holds those since
the local month began.
"""

from __future__ import annotations

GAUGES = (
    "total",  # open + early + on_time + late + no_due
    "open",  # within + overdue + waiting
    "within",  # clock runs, not past due (due_soon included)
    "waiting",  # clock stopped before the due time
    "due_soon",  # within, and at most 8 working hours left
    "overdue",  # open and now > due_at
    "early",  # finished on an earlier local date than due
    "on_time",  # finished by the due time, not early
    "late",  # finished after the due time, or withdrawn after it
    "no_due",  # finished without any due time
    "refused",  # outside total
    "withdrawn",  # in time; outside total
    "pending",  # submitted, neither accepted nor refused
    "late_receptions",  # pending for more than 8 working hours
    "flagged",  # dossiers with at least one data flag besides after_end
    "suspended",  # open, and the clock is stopped: waiting, and those stopped after the breach
    "extended",  # part of total: with at least one extension
    "rewritten",  # dossiers with the flag rewritten
    "step_overdue",  # open, and the present step has used up its limit
    "reopened",  # ended, and open again
    "backdated",  # dossiers with the flag backdated
)
# With tombstones on, these count open dossiers only: the stream forgets closed ones, and all-time
# totals are ClickHouse's.
ALL_TIME = (
    "total",
    "early",
    "on_time",
    "late",
    "no_due",
    "refused",
    "withdrawn",
    "flagged",
    "extended",
    "rewritten",
    "backdated",
)
WINDOWS = ("1h", "24h", "7d", "30d", "month")
WINDOW_MINUTES = {"1h": 60, "24h": 1_440, "7d": 10_080, "30d": 43_200}
MEASURES = (
    "received",
    "early",
    "on_time",
    "late",
    "no_due",
    "newly_overdue",
    "late_receptions",
)

WIDTH = len(GAUGES) + len(WINDOWS) * len(MEASURES)
GAUGE = {name: i for i, name in enumerate(GAUGES)}
MEASURE = {name: i for i, name in enumerate(MEASURES)}
FIELDS: tuple[str, ...] = GAUGES + tuple(f"{m}_{w}" for w in WINDOWS for m in MEASURES)
FIELD = {name: i for i, name in enumerate(FIELDS)}


def window_offset(window: int) -> int:
    """Index of the first measure of window number ``window`` in a vector."""
    return len(GAUGES) + window * len(MEASURES)


def on_time_rate(early: int, on_time: int, late: int) -> float | None:
    """Share of finished dossiers that were not late, in percent; None if nothing finished."""
    done = early + on_time + late
    return None if done == 0 else 100.0 * (early + on_time) / done
