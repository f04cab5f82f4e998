"""Whether a filter asks for few dossiers of many: then ClickHouse finds them first by their ids."""

from __future__ import annotations

from api.insight.filters import Filter
from api.insight.vocabulary import OPEN
from api.insight.windows import span_of
from api.months import Months
from api.statements import Where, moment
from dossiers.reference.context import Context
from dossiers.time.end_month import end_month
from dossiers.time.hours import HOUR

_FEW_STANDINGS = frozenset({*OPEN, "pending", "unreceived"})
# Of what has no end yet, or what is rare.
_FEW_MARKS = frozenset({"due_soon", "suspended", "late_reception", "reopened"})
_SHORT_MS = 100 * 24 * HOUR  # a window that holds few of all dossiers
_LATELY = (
    "(d.finished_at IS NULL OR d.finished_at >= {lately:DateTime64(3, 'UTC')} "
    "OR d.received_at >= {lately:DateTime64(3, 'UTC')})"
)


def asks_for_few(
    filter_: Filter, scopes: tuple[str, ...] | None, now: int, context: Context
) -> bool:
    """At ``now`` (ms), of dossiers with one of ``scopes``; None: of all. A unit's are few unless it
    stands above all others. Raises WindowError."""
    units = (filter_.unit, filter_.held_in, filter_.charged_in)
    people = (filter_.officer, filter_.held, filter_.late_before, filter_.charged)
    return (
        any(people)
        or any(unit and not _is_top(unit, context) for unit in units)
        or (scopes is not None and not any(_is_top(_id(scope), context) for scope in scopes))
        or bool(filter_.left or filter_.age or _FEW_MARKS & set(filter_.marks))
        or (bool(filter_.standing) and _FEW_STANDINGS.issuperset(filter_.standing))
        or _is_short(filter_, now, context)
    )


def lately(where: Where, since: int, now: int) -> None:
    """Without what had come in and ended before ``since`` (ms): for questions that count none of
    that."""
    where.add(_LATELY, lately=moment(since))
    where.months = where.months.within(Months(end_month(since)))
    where.few = where.few or now - since <= _SHORT_MS


def _id(scope: str) -> str:
    return scope.partition(":")[2]


def _is_top(unit: str, context: Context) -> bool:
    """Whether no unit is above it and some are below."""
    below = any(each.parent == unit for each in context.reference.units)
    return below and not context.ancestors(unit)


def _is_short(filter_: Filter, now: int, context: Context) -> bool:
    """Whether something happened, or is due, in a short time. What is to come is little."""
    lasting = filter_.what in ("handled", "behind")
    windows = (filter_.due, filter_.turns, filter_.window)
    spans = (span_of(window, now, context.calendar).kept for window in windows if window)
    short = any(min(span.end, now) - span.start <= _SHORT_MS for span in spans)
    return short and (not lasting or now - _start(filter_, now, context) <= _SHORT_MS)


def _start(filter_: Filter, now: int, context: Context) -> int:
    return span_of(filter_.window, now, context.calendar).start if filter_.window else 0
