"""Which alerts of a dossier are true, or were and have ended."""

from __future__ import annotations

from dossiers.fold.alert_times import AlertTimes, Cause
from dossiers.fold.standing import OPEN
from dossiers.wire.alerts import AlertKind, AlertStatus
from dossiers.wire.course import Course
from dossiers.wire.standing import Standing

Wanted = dict[Cause, AlertStatus]


def wanted(course: Course, standing: Standing, times: AlertTimes, now: int) -> Wanted:
    """Which alerts (kind, level, cause) are true at ``now`` (ms; "raised") or were and ended
    ("resolved")."""
    found: Wanted = {}
    due = course.due_at
    verdict = standing.verdict
    if due is not None and verdict != "unreceived":
        if verdict == "overdue":
            found["overdue", 0, due] = "raised"
        elif verdict == "late":
            found["overdue", 0, due] = "resolved"
        for level in standing.levels:
            found["due_soon", level, due] = "raised"
        if times.levels:
            _escalated(found, course, due, times, now)
    if standing.late_reception_at is not None:
        at = standing.late_reception_at
        found["late_reception", 0, at] = "raised" if verdict == "pending" else "resolved"
    if course.step_due_at is not None or course.step_breaches:
        _of_steps(found, course, standing)
    if course.asked:
        _of_requests(found, course, standing, times, now)
    for at in course.rewrites:
        _while_open(found, "date_rewritten", at, course)
    for at in course.unexplained:
        _while_open(found, "extension_without_reason", at, course)
    if standing.backdated and course.shown_at is not None:
        _while_open(found, "backdated", course.shown_at, course)
    for at in standing.reopenings.ended:
        found["reopened", 0, at] = "resolved"
    if standing.reopenings.open_at is not None:
        found["reopened", 0, standing.reopenings.open_at] = "raised"
    return found


def _while_open(found: Wanted, kind: AlertKind, at: int, course: Course) -> None:
    """For as long as the dossier is open; for ever if it was closed by then."""
    ended = course.finished_at is not None and at < course.finished_at
    found[kind, 0, at] = "resolved" if ended else "raised"


def _escalated(found: Wanted, course: Course, due: int, times: AlertTimes, now: int) -> None:
    end = course.finished_at
    for level, at in enumerate(times.levels, 1):
        if at <= (now if end is None else end):
            found["escalation", level, due] = "raised" if end is None else "resolved"


def _of_requests(
    found: Wanted, course: Course, standing: Standing, times: AlertTimes, now: int
) -> None:
    for at in course.asked[1:]:
        found["repeat_supplement", 0, at] = "resolved" if course.outcome else "raised"
    for at in times.waited:
        found["waiting_too_long", 0, at] = "resolved"
    at_last = times.waiting
    if at_last is not None and now >= at_last and standing.verdict in OPEN:
        found["waiting_too_long", 0, at_last] = "raised"


def _of_steps(found: Wanted, course: Course, standing: Standing) -> None:
    for due in course.step_breaches:
        found["step_overdue", 0, due] = "resolved"
    due_at, end = course.step_due_at, course.finished_at
    if due_at is not None and (standing.step_overdue or (end is not None and end > due_at)):
        found["step_overdue", 0, due_at] = "raised" if standing.step_overdue else "resolved"
