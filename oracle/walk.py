"""Takes what was reported of a dossier from its beginning, with some of its new due times.

Nothing is remembered between two walks: a question about another variant is another walk.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from dossiers.reference.context import Context
from dossiers.time.day_table import instant
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Rules
from oracle.shift import moved
from oracle.statements import ENDS, Statement
from oracle.steps import Stretch


@dataclass
class WalkResult:
    """Where it has come to. Times in ms. ``set_at``: when ``due`` was set last. ``promise``: the
    last due time that the source named. ``holder``: the unit so far. ``used``: places of the new
    due times that counted; ``same``: of those that only repeat the one that stands. ``status``: by
    which the clock stands. ``asked``: when the citizen was asked and the clock stopped for it, with
    when it ran again. ``silently``: when a later due time became known that was no extension."""

    holder: str = ""
    procedure: str = ""
    submitted: int | None = None
    received: int | None = None
    calendar: str = ""
    limit: Limit | None = None
    due: int | None = None
    first_due: int | None = None
    set_at: int = 0
    promise: int | None = None
    stopped: int | None = None
    stood: list[tuple[int, int]] = field(default_factory=list)
    restarts: list[int] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    same: set[int] = field(default_factory=set)
    end: int | None = None
    ended_by: str = ""
    step: str = ""
    stretches: list[Stretch] = field(default_factory=list)
    status: int = 0
    asked: list[tuple[int, int | None]] = field(default_factory=list)
    silently: list[int] = field(default_factory=list)


def walk(
    line: Sequence[Statement],
    context: Context,
    counting: Collection[int],
    *,
    until: int | None = None,
    before: int | None = None,
    end: int | None = None,
    freely: bool = False,
) -> WalkResult:
    """The way along ``line`` (in order). Of its new due times those count whose places are in
    ``counting``; of its ends the one at place ``end``, or the first one if it is None; -1: none.

    What comes with a resumption counts only after a stop that began in time, and nothing after the
    end; ``freely``: all the same, but for what is the due time already. ``until`` (ms): no further
    than what happened by then. ``before``: only up to this place.
    """
    way = WalkResult()
    for number, told in enumerate(line):
        if number == before or (until is not None and told.at > until):
            break
        counts = number in counting
        if told.what == "resumed" and told.due is not None and told.due == way.due:
            way.same.add(number)
        if counts and told.what == "resumed" and (not freely or told.due == way.due):
            counts = way.stopped is not None and stopped_in_time(way, context)
        if counts and way.end is not None and told.due is not None:
            if freely:
                _set_due(way, told.at, told.due)
            counts = False
        if counts:
            way.used.add(number)
        _take(way, told, context, counts, ends=end is None or number == end)
    return way


def last_in_time(due: int | None, received: int | None, context: Context) -> int | None:
    """The due time or, if dates are compared, the last millisecond of its day."""
    if due is None or context.rules_at(received).on_time_by == "timestamp":
        return due
    local = context.calendar.local(due)
    following = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
    return instant(following) - 1


def stopped_in_time(way: WalkResult, context: Context) -> bool:
    """Whether the clock was stopped at or before the due time."""
    last = last_in_time(way.due, way.received, context)
    return way.stopped is not None and (last is None or way.stopped <= last)


def _take(way: WalkResult, told: Statement, context: Context, counts: bool, *, ends: bool) -> None:
    at = told.at
    way.holder = told.unit or way.holder
    rules = context.rules_at(at if way.received is None else way.received)
    restarts = len(way.restarts)
    leaves_step = told.what == "progressed" and told.until
    if told.what == "submitted" and way.submitted is None:
        way.submitted = at
        if way.received is None:
            way.calendar = context.calendar_name(way.holder)
        way.procedure = way.procedure or told.procedure
    elif told.what == "received" and way.received is None:
        _receive(way, told, context)
    elif way.end is not None:
        pass
    elif told.what == "due_set" and counts and told.due is not None:
        if told.reason == "correction" and way.due is not None and told.due > way.due:
            way.silently.append(told.recorded)
        _set_due(way, at, max(told.due, _end_of(way, told.stop)))
    elif told.what == "suspended" and way.stopped is None:
        if told.status != 8 or rules.stops_status_8:
            way.stopped, way.status = at, told.status
            if told.status == 5:
                way.asked.append((at, None))
    elif told.what == "resumed":
        _run_again(way, at, told.due if counts else None, context, rules)
    elif told.what in ENDS and ends:
        _run_again(way, at, None, context, rules)
        way.end, way.ended_by = at, told.what
    way.step = told.step or way.step
    runs = way.received is not None and way.stopped is None and way.end is None
    anew = len(way.restarts) > restarts
    way.stretches.append(Stretch(at, told.step, runs, way.procedure, leaves_step, anew))


def _receive(way: WalkResult, told: Statement, context: Context) -> None:
    """Received: the due time is the one that is named, else it follows from the limit."""
    at = way.received = told.at
    way.procedure = told.procedure or way.procedure
    way.calendar = context.calendar_name(way.holder)
    way.limit = told.limit or context.limit_of(way.procedure, at)
    if way.due is not None:
        return  # set before the reception
    due = told.due
    way.promise = due
    if due is None:
        rules = context.rules_at(at)
        due = context.due_of(at, way.procedure, way.limit, way.calendar, rules)
    way.due, way.set_at = due, at
    way.first_due = due


def _end_of(way: WalkResult, stop: tuple[int, int] | None) -> int:
    """When the clock ran again after ``stop``, which others may have gone on."""
    if stop is None or (way.stopped is not None and way.stopped <= stop[1]):
        return 0  # it still stands, for another one
    return max((end for begin, end in way.stood if begin <= stop[1] <= end), default=0)


def _set_due(way: WalkResult, at: int, due: int) -> None:
    way.due, way.set_at, way.promise = due, at, due
    if way.first_due is None:
        way.first_due = due


def _run_again(way: WalkResult, at: int, due: int | None, context: Context, rules: Rules) -> None:
    """The clock runs again. ``due``: a new due time that counts and replaces a move of our own."""
    in_time, begin = stopped_in_time(way, context), way.stopped
    way.stopped = None
    if begin is not None:
        way.stood.append((begin, at))
        if way.status == 5:
            way.asked[-1] = (begin, at)
        way.status = 0
    if due is not None:
        _set_due(way, at, max(due, at) if begin is not None else due)
        return
    if begin is None or way.due is None or not in_time:
        return
    calendar = context.calendar_named(way.calendar)
    if rules.stop_mode == "restart" and way.received is not None:
        again = context.due_of(at, way.procedure, way.limit, way.calendar, rules)
        if again is None and way.first_due is not None:
            again = calendar.add(at, max(0, calendar.between(way.received, way.first_due)))
        known = [each for each in (again, way.promise, way.due, at) if each is not None]
        way.due = max(known)
        way.restarts.append(at)
        return
    unit = way.limit.unit if way.limit is not None else ""
    since = max(begin, way.set_at)
    if at > begin:
        way.due = max(moved(way.due, since, at, unit, calendar, rules), at)
