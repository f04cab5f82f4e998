"""In which months of ends the dossiers of a filter are: the others are not read.

What has ended in a month that is certain has nothing later in its row (sinks.by_end), but when it
was written, and when it was due.
"""

from __future__ import annotations

from api.insight.filters import Filter
from api.insight.vocabulary import FINISHED
from api.insight.windows import span_of
from api.months import EVER, OPEN_ONLY, Months
from dossiers.time.calendar import Calendar
from dossiers.time.end_month import end_month

_WITHOUT_END = frozenset({"overdue", "waiting", "within", "pending"})
_MARKS_WITHOUT_END = frozenset(
    {"due_soon", "suspended", "late_reception", "step_overdue", "unended"}
)
_ENDS = frozenset({"finished", "judged", *FINISHED})


def months_of(filter_: Filter, now: int, calendar: Calendar) -> Months:
    """At ``now`` (ms). Raises WindowError."""
    if filter_.left or filter_.age or _MARKS_WITHOUT_END & set(filter_.marks):
        return OPEN_ONLY
    if filter_.standing and _WITHOUT_END.issuperset(filter_.standing):
        return OPEN_ONLY
    if not filter_.window or filter_.what == "changed":
        return EVER
    start, end = span_of(filter_.window, now, calendar).kept
    return Months(end_month(start), end_month(end) if filter_.what in _ENDS else EVER.last)
