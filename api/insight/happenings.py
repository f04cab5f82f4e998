"""What a filter asks to have happened, or to have lasted, in a window: as conditions of SQL."""

from __future__ import annotations

from api.insight.filters import Filter
from api.insight.vocabulary import FINISHED, TOTAL
from api.insight.windows import Span, span_of
from api.statements import Where, moment
from dossiers.time.calendar import Calendar
from dossiers.time.day_table import EARLIEST, LATEST

# What happened, by which column, and to which standings; () is any.
_HAPPENED: dict[str, tuple[str, tuple[str, ...]]] = {
    "received": ("received_at", ()),
    "submitted": ("submitted_at", ()),
    "resumed": ("resumed_at", ()),
    "extended": ("extended_at", ()),
    "rewritten": ("rewritten_at", ()),
    "changed": ("as_of", ()),
    "finished": ("finished_at", FINISHED),
    "judged": ("finished_at", ("early", "late", "on_time")),
    **{name: ("finished_at", (name,)) for name in FINISHED},
    "newly_overdue": ("breached_at", ()),
    "late_receptions": ("late_reception_at", ()),
}
# The same of what lasts: by when it begins. Late is late from the due time on.
_OVER_TIME: dict[str, tuple[str, str]] = {
    "handled": ("received_at", f"d.standing IN {TOTAL}"),
    "behind": ("breached_at", "d.standing IN ('late', 'overdue')"),
}
_EVER = Span(EARLIEST, LATEST)
_BOUND = "DateTime64(3, 'UTC')"


def happened(where: Where, filter_: Filter, now: int, calendar: Calendar) -> None:
    """What ``filter_`` asks to have happened or lasted, and in which window; at ``now`` (ms).
    Raises WindowError."""
    if filter_.what in _OVER_TIME:
        _over_time(where, filter_, now, calendar)
        return
    column, standings = _HAPPENED[filter_.what or "received"]
    if standings:
        where.add(f"d.standing IN ({', '.join(map(repr, standings))})")
    if filter_.window:
        span = span_of(filter_.window, now, calendar)
        within(where, f"d.{column}", "window", span)
    else:
        where.add(f"d.{column} IS NOT NULL")


def _over_time(where: Where, filter_: Filter, now: int, calendar: Calendar) -> None:
    """Begun before the window's end, and not ended before its start: of all time without one."""
    column, condition = _OVER_TIME[filter_.what]
    span = span_of(filter_.window, now, calendar) if filter_.window else _EVER
    start, end = span.kept
    where.add(condition)
    for begins in {column, "received_at"}:
        where.add(f"d.{begins} < {{window_end:{_BOUND}}}", window_end=moment(end))
    where.add(
        f"(d.finished_at IS NULL OR d.finished_at >= {{window_start:{_BOUND}}})",
        window_start=moment(start),
    )


def within(where: Where, column: str, name: str, span: Span) -> None:
    """``column`` lies in ``span``."""
    start, end = span.kept
    where.add(f"{column} >= {{{name}_start:{_BOUND}}}", **{f"{name}_start": moment(start)})
    where.add(f"{column} < {{{name}_end:{_BOUND}}}", **{f"{name}_end": moment(end)})
