"""Alerts of a dossier: a function of what is true of it and of what was announced before.

An alert is named by what caused it (kind, level and the instant), so the same cause never makes a
second one; a cause that comes back after a retraction is the same alert with the next sequence
number. raised -> acknowledged, until that ends -> resolved (it was true and has ended) | retracted
(it turns out not to be true).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID, uuid5

import msgspec

from dossiers.fold.acknowledging import Handling
from dossiers.fold.alert_causes import Wanted
from dossiers.fold.alert_times import AlertTimes, Cause
from dossiers.wire.alerts import OPEN_STATUSES, AlertState, AlertStatus
from dossiers.wire.course import Course


class Change(NamedTuple):
    """An alert has come to ``state``; ``at`` (ms): when, if time has brought that about. ``moved``:
    its dossier has another unit or officer, and nothing else has changed."""

    state: AlertState
    at: int
    moved: bool = False


def alert_id(timeline: UUID, dossier_id: str, state: AlertState) -> str:
    """Deterministic: the same cause on the same timeline has the same id."""
    return str(uuid5(timeline, f"{dossier_id}|{state.kind}|{state.level}|{state.cause}"))


def cause_of(state: AlertState) -> Cause:
    """What names the alert within its dossier."""
    return (state.kind, state.level, state.cause)


def transitions(
    before: tuple[AlertState, ...],
    want: Wanted,
    course: Course,
    taken: Mapping[Cause, Handling],
    times: AlertTimes,
) -> tuple[tuple[AlertState, ...], list[Change]]:
    """The alerts after, and those that changed (each with its new sequence number and status).

    ``taken``: who deals with which of those that are raised. Takes what it knows out of ``want``.
    """
    if not before and not want:
        return before, []
    after: list[AlertState] = []
    changed: list[Change] = []
    for old in before:
        cause = cause_of(old)
        status = _next_status(old, want.pop(cause, None), course)
        new = _after(old, status, taken.get(cause) if status == "raised" else None)
        after.append(new)
        if new is not old:
            expired = old.status == "acknowledged" and new.status == "raised"
            changed.append(Change(new, old.taken_until if expired else old.cause))
    for (kind, level, at), target in want.items():
        if target == "raised":  # what had ended before it was ever announced stays unannounced
            new = _first(AlertState(kind, level, at, 1, "raised"), taken)
            after.append(new)
            by_level = kind == "escalation" and level <= len(times.levels)
            changed.append(Change(new, times.levels[level - 1] if by_level else at))
    return (tuple(after), changed) if changed else (before, changed)


def moved(
    states: tuple[AlertState, ...], changed: list[Change], at: int
) -> tuple[tuple[AlertState, ...], list[Change]]:
    """The same alerts of a dossier that has another unit or officer since ``at`` (ms): each that is
    open has a record of it, so that it is no longer in the inbox of who had the dossier before."""
    said = {cause_of(each.state) for each in changed}
    after: list[AlertState] = []
    for old in states:
        state = old
        if old.status in OPEN_STATUSES and cause_of(old) not in said:
            state = msgspec.structs.replace(old, sequence=old.sequence + 1)
            changed = [*changed, Change(state, at, moved=True)]
        after.append(state)
    return tuple(after), changed


def _first(raised: AlertState, taken: Mapping[Cause, Handling]) -> AlertState:
    """Somebody may deal with it already, if news of it came late."""
    found = taken.get(cause_of(raised))
    if found is None:
        return raised
    holder = (found.taken_by, found.until, found.offered_to)
    return AlertState(*cause_of(raised), 1, "acknowledged", *holder)


def _after(old: AlertState, status: AlertStatus, taken: Handling | None) -> AlertState:
    """``old`` itself if nothing changes."""
    if taken is None:
        if status == old.status:
            return old
        return AlertState(*cause_of(old), old.sequence + 1, status)
    holder = (taken.taken_by, taken.until, taken.offered_to)
    if old.status == "acknowledged" and holder == (old.taken_by, old.taken_until, old.offered_to):
        return old
    return AlertState(*cause_of(old), old.sequence + 1, "acknowledged", *holder)


def _next_status(old: AlertState, target: AlertStatus | None, course: Course) -> AlertStatus:
    if target is not None:
        return target
    if old.status not in OPEN_STATUSES:
        return old.status
    if old.kind == "due_soon" and old.cause == course.due_at:
        return "resolved"  # finished, stopped or now overdue: the reminder has done its work
    return "retracted"
