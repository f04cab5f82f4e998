"""When time alone raises an alert of a dossier that is overdue, or waits for its citizen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dossiers.fold.acknowledging import handlings
from dossiers.fold.taking import ASKED
from dossiers.reference.context import Context
from dossiers.reference.policies import AlertSettings
from dossiers.time.limits import due_after
from dossiers.wire.acted import KeptAction
from dossiers.wire.alerts import AlertKind
from dossiers.wire.course import Course
from dossiers.wire.facts import Limit
from dossiers.wire.standing import Verdict

Cause = tuple[AlertKind, int, int]  # kind, level and the instant (ms) that caused it
Deeds = Mapping[Cause, Sequence[KeptAction]]  # by alert, in order
LEVELS = 3  # of escalation; the last one is never delayed
_BREACHED = frozenset({"overdue", "late"})


class AlertTimes(NamedTuple):
    """Instants in ms. ``levels``: of escalations 1 to 3. ``waiting``: when the citizen has kept the
    dossier waiting for too long, of the present request. ``waited``: the same of earlier ones
    that took too long."""

    levels: tuple[int, ...] = ()
    waiting: int | None = None
    waited: tuple[int, ...] = ()

    def after(self, now: int) -> Iterator[int]:
        """Those still to come at ``now`` (ms)."""
        yield from (at for at in self.levels if at > now)
        if self.waiting is not None and self.waiting > now:
            yield self.waiting


NO_TIMES = AlertTimes()


def alert_times(
    course: Course, verdict: Verdict, deeds: Deeds, settings: AlertSettings, context: Context
) -> AlertTimes:
    """Of a dossier with this verdict, whatever the time is."""
    levels: tuple[int, ...] = ()
    if verdict in _BREACHED and course.due_at is not None:
        levels = _levels(course, course.due_at, deeds, settings, context)
    waiting = None
    if course.stop_status == ASKED and course.stopped_at is not None:
        waiting = _patience(course, course.stopped_at, settings, context)
    return AlertTimes(levels, waiting)


def waited(course: Course, settings: AlertSettings, context: Context) -> tuple[int, ...]:
    """When (ms) earlier requests had taken too long, of those that did."""
    ends = ((_patience(course, begin, settings, context), end)
            for begin, end in zip(course.asked, course.answered, strict=False))  # fmt: skip
    return tuple(at for at, end in ends if at is not None and end >= at)


def _patience(course: Course, since: int, settings: AlertSettings, context: Context) -> int | None:
    """When nothing has come for ``waiting_days``; None if that is switched off or never."""
    if settings.waiting_days < 1:
        return None
    limit = Limit(settings.waiting_days, "working_days")
    calendar = context.calendar_named(course.calendar)
    return due_after(since, limit, calendar, context.rules_at(course.received_at))


def _levels(
    course: Course, due: int, deeds: Deeds, settings: AlertSettings, context: Context
) -> tuple[int, ...]:
    """The acknowledgement of a level by one of its receivers delays the next one to its own end,
    once a level: the first that would be in force when the next level's time comes."""
    plain = context.hours_after(due, course.calendar, settings.escalation_hours[:LEVELS])
    if not deeds:
        return plain
    found: list[int] = []
    since = due
    for level, at in enumerate(plain, 1):
        below: Cause = ("overdue", 0, due) if level == 1 else ("escalation", level - 1, due)
        if level < LEVELS and below in deeds:
            at = _delayed(deeds[below], since, at, course, settings, context)  # noqa: PLW2901
        found.append(at)
        since = at
    return tuple(found)


def _delayed(
    actions: Sequence[KeptAction], since: int, at: int, course: Course, settings: AlertSettings,
    context: Context,
) -> int:  # fmt: skip
    def end_of(begin: int) -> int:
        return acknowledged_until(begin, course, settings, context)

    for each in handlings(actions, since, end_of):
        acknowledges = each.by.action == "acknowledge" and each.by.capacity == "receiver"
        if acknowledges and each.since < at < each.until:
            return each.until
    return at


def acknowledged_until(at: int, course: Course, settings: AlertSettings, context: Context) -> int:
    """When an acknowledgement of ``at`` (ms) ends."""
    return context.hours_after(at, course.calendar, (settings.acknowledge_hours,))[0]
