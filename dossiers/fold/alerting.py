"""What a dossier's alerts are at an instant, and which of them there is something to tell of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from dossiers.fold.acknowledging import Handling, handlings, is_told
from dossiers.fold.alert_causes import Wanted, wanted
from dossiers.fold.alert_times import (
    NO_TIMES,
    AlertTimes,
    Cause,
    Deeds,
    acknowledged_until,
    alert_times,
    waited,
)
from dossiers.fold.alerts import Change, cause_of, transitions
from dossiers.fold.policy import settings_of
from dossiers.reference.context import Context
from dossiers.reference.policies import AlertSettings
from dossiers.wire.acted import KeptAction
from dossiers.wire.alerts import AlertState
from dossiers.wire.course import Course
from dossiers.wire.standing import Standing

# Nothing but facts and reminders raises an alert of what stands so.
_TIMELESS = frozenset({"within", "pending", "unreceived", "early", "on_time", "no_due"})


def alerts_after(
    before: tuple[AlertState, ...],
    course: Course,
    standing: Standing,
    now: int,
    actions: tuple[KeptAction, ...],
    new: KeptAction | None,
    context: Context,
) -> tuple[tuple[AlertState, ...], list[Change], int | None]:
    """The alerts of a dossier at ``now`` (ms), those that changed, and the next instant (ms) at
    which time alone changes one of them.

    ``new``: the action that has just come, if one has: what it did is told, also if no alert
    changes its status.
    """
    # Of most dossiers nobody has to ask what the policy says.
    quiet = not actions and not before and standing.verdict in _TIMELESS
    if quiet and not wanted(course, standing, NO_TIMES, now):
        return before, [], None
    settings = settings_of(course, context)
    deeds = _by_alert(actions) if actions else {}
    times = _times(before, course, standing, deeds, settings, context)
    want = wanted(course, standing, times, now)
    for cause in [cause for cause in want if cause[0] in settings.off]:
        del want[cause]
    if not deeds:
        states, changed = transitions(before, want, course, {}, times)
        return states, changed, _next(times, course, now)
    done = _done(want, deeds, times, course, settings, context)
    taken = {cause: last for cause, (*_, last) in done.items() if last.until > now}
    states, changed = transitions(before, want, course, taken, times)
    if new is not None:
        effective = any(each.by is new for found in done.values() for each in found)
        states, changed = _with_told(states, changed, new, effective=effective)
    return states, changed, _next(times, course, now, taken.values())


def _times(
    before: Iterable[AlertState], course: Course, standing: Standing, deeds: Deeds,
    settings: AlertSettings, context: Context,
) -> AlertTimes:  # fmt: skip
    times = NO_TIMES
    if standing.verdict not in _TIMELESS:
        times = alert_times(course, standing.verdict, deeds, settings, context)
    if course.answered and any(old.kind == "waiting_too_long" for old in before):
        times = times._replace(waited=waited(course, settings, context))
    return times


def _next(
    times: AlertTimes, course: Course, now: int, taken: Iterable[Handling] = ()
) -> int | None:
    """A closed dossier is raised no further, but what somebody deals with comes to its end."""
    if times is NO_TIMES and not taken:
        return None
    ends = [each.until for each in taken]
    return min(ends if course.outcome else (*ends, *times.after(now)), default=None)


def _by_alert(actions: Iterable[KeptAction]) -> Deeds:
    found: dict[Cause, list[KeptAction]] = {}
    for action in actions:
        found.setdefault((action.kind, action.level, action.cause), []).append(action)
    return found


def _done(
    want: Wanted, deeds: Deeds, times: AlertTimes, course: Course, settings: AlertSettings,
    context: Context,
) -> Mapping[Cause, list[Handling]]:  # fmt: skip
    """Whatever had an effect on an alert that is raised."""
    found: dict[Cause, list[Handling]] = {}
    for cause, actions in deeds.items():
        if want.get(cause) != "raised":
            continue
        each = list(
            handlings(
                actions,
                _since(cause, times),
                lambda at: acknowledged_until(at, course, settings, context),
            )
        )
        if each:
            found[cause] = each
    return found


def _since(cause: Cause, times: AlertTimes) -> int:
    """From when on (ms) it may be acknowledged. What is not overdue may be raised before the
    instant that names it, and nobody acts on what was never shown."""
    kind, level, at = cause
    if kind == "escalation":
        return times.levels[level - 1]
    return at if kind == "overdue" else 0


def _with_told(
    states: tuple[AlertState, ...], changed: list[Change], new: KeptAction, *, effective: bool
) -> tuple[tuple[AlertState, ...], list[Change]]:
    """An action that leaves its alert as it is has a record of it all the same."""
    cause = (new.kind, new.level, new.cause)
    if any(cause_of(each.state) == cause for each in changed):
        return states, changed
    old = next((state for state in states if cause_of(state) == cause), None)
    if old is None or not (effective or is_told(new)):
        return states, changed
    told = msgspec.structs.replace(old, sequence=old.sequence + 1)
    after = tuple(told if state is old else state for state in states)
    return after, [*changed, Change(told, new.occurred_at)]
