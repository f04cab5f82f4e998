"""Alerts of a dossier: a function of its standing and of what was announced before.

An alert is named by what caused it (kind, level and the instant), so the same cause never makes a
second one; a cause that comes back after a retraction is the same alert with the next sequence
number. raised -> resolved (it was true and has ended) | retracted (it turns out not to be true).
"""

from __future__ import annotations

from uuid import UUID, uuid5

from dossiers.wire.alerts import AlertKind, AlertState, AlertStatus
from dossiers.wire.course import Course
from dossiers.wire.standing import Standing

Cause = tuple[AlertKind, int, int]  # kind, level and the instant (ms) that caused it


def alert_id(timeline: UUID, dossier_id: str, state: AlertState) -> str:
    """Deterministic: the same cause on the same timeline has the same id."""
    return str(uuid5(timeline, f"{dossier_id}|{state.kind}|{state.level}|{state.cause}"))


def wanted(
    course: Course, standing: Standing, backdated_too: bool = False
) -> dict[Cause, AlertStatus]:
    """Which alerts (kind, level, cause) are true now ("raised") or were and ended ("resolved")."""
    found: dict[Cause, AlertStatus] = {}
    due = course.due_at
    verdict = standing.verdict
    if due is not None and verdict != "unreceived":
        if verdict == "overdue":
            found["overdue", 0, due] = "raised"
        elif verdict == "late":
            found["overdue", 0, due] = "resolved"
        for level in standing.levels:
            found["due_soon", level, due] = "raised"
    if standing.late_reception_at is not None:
        at = standing.late_reception_at
        found["late_reception", 0, at] = "raised" if verdict == "pending" else "resolved"
    if course.step_due_at is not None or course.step_breaches:
        _of_steps(found, course, standing)
    for at in course.rewrites:
        # For as long as the dossier is open; for ever if it was closed by then.
        ended = course.finished_at is not None and at < course.finished_at
        found["date_rewritten", 0, at] = "resolved" if ended else "raised"
    if standing.backdated and backdated_too and course.shown_at is not None:
        at = course.shown_at
        ended = course.finished_at is not None and at < course.finished_at
        found["backdated", 0, at] = "resolved" if ended else "raised"
    for at in standing.reopenings.ended:
        found["reopened", 0, at] = "resolved"
    if standing.reopenings.open_at is not None:
        found["reopened", 0, standing.reopenings.open_at] = "raised"
    return found


def _of_steps(found: dict[Cause, AlertStatus], course: Course, standing: Standing) -> None:
    for due in course.step_breaches:
        found["step_overdue", 0, due] = "resolved"
    due_at, end = course.step_due_at, course.finished_at
    if due_at is not None and (standing.step_overdue or (end is not None and end > due_at)):
        found["step_overdue", 0, due_at] = "raised" if standing.step_overdue else "resolved"


def transitions(
    before: tuple[AlertState, ...],
    course: Course,
    standing: Standing,
    backdated_too: bool = False,
) -> tuple[tuple[AlertState, ...], list[AlertState]]:
    """The alerts after, and those that changed (each with its new sequence number and status).
    ``backdated_too``: rules.backdated_alerts."""
    want = wanted(course, standing, backdated_too)
    if not before and not want:
        return before, []
    after: list[AlertState] = []
    changed: list[AlertState] = []
    for old in before:
        target = want.pop((old.kind, old.level, old.cause), None)
        status = _next_status(old, target, course)
        if status == old.status:
            after.append(old)
            continue
        new = AlertState(old.kind, old.level, old.cause, old.sequence + 1, status)
        after.append(new)
        changed.append(new)
    for (kind, level, cause), target in want.items():
        if target == "raised":  # what had ended before it was ever announced stays unannounced
            new = AlertState(kind, level, cause, 1, "raised")
            after.append(new)
            changed.append(new)
    return (tuple(after), changed) if changed else (before, changed)


def _next_status(old: AlertState, target: AlertStatus | None, course: Course) -> AlertStatus:
    if target == "raised":
        return "raised"
    if target == "resolved":
        return "resolved"
    if old.status != "raised":
        return old.status
    if old.kind == "due_soon" and old.cause == course.due_at:
        return "resolved"  # finished, stopped or now overdue: the reminder has done its work
    return "retracted"
