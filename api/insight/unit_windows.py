"""What happened in rolling windows, the month and the year: one row a window."""

from __future__ import annotations

from dataclasses import dataclass

from api.insight.filters import Filter
from api.insight.linked import LinkedCount, figures, is_live, linked, live_count
from api.viewer import Viewer
from dossiers.tallies.vector import MEASURES, WINDOWS, on_time_rate

ROWS = ("1h", "24h", "7d", "30d", "month", "year")
_SHOWN = ("received", "finished", "late", "newly_overdue", "late_receptions")
_ENDS = ("early", "on_time", "late", "no_due")


@dataclass(frozen=True)
class WindowRow:
    """``finished``: every end with a result. ``rate``: of those with a due time (``judged``) the
    share that was not late, in percent; None if there are none."""

    window: str
    received: LinkedCount
    finished: LinkedCount
    late: LinkedCount
    newly_overdue: LinkedCount
    late_receptions: LinkedCount
    judged: int
    rate: float | None


async def windows(of: Filter, viewer: Viewer, names: tuple[str, ...] = ROWS) -> list[WindowRow]:
    """The rows of ``names`` (windows of api.insight.windows) for the dossiers of ``of``. From the
    feed up to the month if nothing else is asked, else from ClickHouse: raises StoreAway then."""
    live = [name for name in names if name in WINDOWS and is_live(of, f"late_{name}", viewer)]
    stored = [name for name in names if name not in live]
    rows = {name: _live_row(name, of, viewer) for name in live}
    if stored:
        rows |= await _stored_rows(stored, of, viewer)
    return [rows[name] for name in names]


def _live_row(window: str, of: Filter, viewer: Viewer) -> WindowRow:
    found = {measure: live_count(f"{measure}_{window}", of, viewer) for measure in MEASURES}
    ends = [found[name].number for name in _ENDS]
    all_ends = LinkedCount(
        sum(ends), of.with_(what="finished", window=window), found["late"].as_of, live=True
    )
    return _row(window, {**found, "finished": all_ends}, *ends[:3])


async def _stored_rows(names: list[str], of: Filter, viewer: Viewer) -> dict[str, WindowRow]:
    wanted = {
        f"{what} {name}": of.with_(what=what, window=name)
        for name in names
        for what in (*_SHOWN, "early", "on_time")
    }
    found = await linked(wanted, viewer)
    rows = {}
    for name in names:
        own = {what: found[f"{what} {name}"] for what in (*_SHOWN, "early", "on_time")}
        ends = [own[what].number for what in ("early", "on_time", "late")]
        rows[name] = _row(name, own, *ends)
    return rows


def _row(
    window: str, own: dict[str, LinkedCount], early: int, on_time: int, late: int
) -> WindowRow:
    shown = {what: own[what] for what in _SHOWN}
    rate = on_time_rate(early, on_time, late)
    return WindowRow(window=window, **shown, judged=early + on_time + late, rate=rate)


async def headline(of: Filter, viewer: Viewer) -> dict[str, LinkedCount]:
    """The figures on top of a page of ``of``: open, due_soon, overdue, late_receptions, suspended,
    step_overdue. The on-time rate is that of ``windows``, or api.live.rates."""
    fields = ("open", "due_soon", "overdue", "late_receptions", "suspended", "step_overdue")
    return await figures(fields, of, viewer)
