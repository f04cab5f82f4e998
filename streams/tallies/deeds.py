"""What people do about alerts of units, officers and sources, of one tallies partition.

An action comes from the source partition of the same number, whose transaction is the merger's as
well; taken, it is removed from topic partial-tallies, and stays in the scope's record of topic
tallies until the next alert of the scope.
"""

from __future__ import annotations

import logging
from bisect import insort
from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec

from dossiers.admission.action_bound import actions_exceeded
from dossiers.fold.acknowledging import handlings, is_told
from dossiers.reference.context import Context
from dossiers.wire.acted import KeptAction, action_order
from dossiers.wire.reference import Reference
from dossiers.wire.tallies import Backlog, ScopeDeed, ScopeDeeds
from streams.partition.outputs import Output
from streams.tallies.scope_alerts import Subject, scope_alert

_log = logging.getLogger(__name__)

Counts = Callable[[str], tuple[int, int]]  # of a scope: overdue, open


class Keeper(Protocol):
    """Who raises and resolves the alerts of some scopes."""

    def state(self, scope: str) -> Backlog | None:
        """Of its last alert."""

    def keep(self, scope: str, state: Backlog) -> None:
        """The alert has another sequence number."""

    def subject(self, scope: str) -> Subject:
        """What its alerts are about."""


class DeedKeeper:
    """By scope. No I/O, no clock: ``now`` is the partition's watermark (ms). ``keeper_of``: by
    scope. ``counts``: what stands in its alerts."""

    def __init__(self, timeline: str, keeper_of: Callable[[str], Keeper], counts: Counts) -> None:
        self._timeline = timeline
        self._keeper_of = keeper_of
        self._counts = counts
        self._kept: dict[str, ScopeDeeds] = {}
        self._ends: dict[str, int] = {}  # of what somebody deals with (ms)
        self._arrived: list[ScopeDeed] = []
        self._alerts: list[Output] = []
        self._context: Context | None = None

    def restore(self, scope: str, kept: ScopeDeeds) -> None:
        """Go on from a record of topic tallies."""
        self._keep(scope, kept)

    def state(self, scope: str) -> ScopeDeeds | None:
        """What is to go out with the scope's record."""
        return self._kept.get(scope)

    def arrive(self, deed: ScopeDeed) -> None:
        """It waits for ``settle``."""
        self._arrived.append(deed)

    def drain(self) -> list[Output]:
        """The alerts since the last call."""
        alerts, self._alerts = self._alerts, []
        return alerts

    def settle(self, now: int, moved: Iterable[str], reference: Reference) -> list[str]:
        """Take what has arrived, and let what was acknowledged come to its end. ``moved``: scopes
        whose alert has just been raised or resolved, which beats an acknowledgement. Returns the
        scopes of which something is another now."""
        changed = [scope for scope in moved if self._end(scope)]
        arrived, self._arrived = self._arrived, []
        changed += [deed.scope for deed in arrived if self._take(deed, now, reference)]
        for scope in [scope for scope, until in self._ends.items() if until <= now]:
            self._expire(scope, now)
            changed.append(scope)
        return changed

    def _end(self, scope: str) -> bool:
        kept = self._kept.get(scope)
        if kept is None:
            return False
        standing = self._keeper_of(scope).state(scope)
        if standing is None or standing.cause != kept.cause:
            del self._kept[scope]
            self._ends.pop(scope, None)
        elif standing.status == "resolved":
            self._keep(scope, ScopeDeeds(kept.cause, kept.actions))
        return True

    def _take(self, deed: ScopeDeed, now: int, reference: Reference) -> bool:
        """False if there is no such alert any more, or the action is known."""
        scope, action = deed.scope, deed.action
        keeper = self._keeper_of(scope)
        standing, subject = keeper.state(scope), keeper.subject(scope)
        named = (action.kind, action.level, action.cause)
        if standing is None or named != (subject.kind, 0, standing.cause):
            return False
        before = self._kept.get(scope) or ScopeDeeds(standing.cause)
        if any(known.event_id == action.event_id for known in before.actions):
            return False
        if refused := actions_exceeded(before.actions, action):
            _log.warning("an action on an alert of %s is left out: %s", subject.kind, refused)
            return False
        actions = list(before.actions)
        insort(actions, action, key=action_order)
        after, effective = self._handled(actions, action, standing, subject, now, reference)
        self._keep(scope, after)
        if effective or is_told(action):
            self._tell(scope, now, action.occurred_at, action)
        return True

    def _handled(
        self,
        actions: list[KeptAction],
        new: KeptAction,
        standing: Backlog,
        subject: Subject,
        now: int,
        reference: Reference,
    ) -> tuple[ScopeDeeds, bool]:
        """Who deals with the alert after ``actions``, and whether ``new`` has had an effect."""
        end_of = self._end_of(subject, reference)
        raised = standing.status == "raised"
        done = list(handlings(actions, standing.cause, end_of)) if raised else []
        effective = any(each.by is new for each in done)
        if not done or done[-1].until <= now:
            return ScopeDeeds(standing.cause, tuple(actions)), effective
        last = done[-1]
        holder = (last.taken_by, last.until, last.offered_to)
        return ScopeDeeds(standing.cause, tuple(actions), *holder), effective

    def _end_of(self, subject: Subject, reference: Reference) -> Callable[[int], int]:
        """When an acknowledgement of an instant (ms) ends, by the policy and the calendar of the
        unit."""
        if self._context is None or self._context.reference is not reference:
            self._context = Context(reference)
        hours = self._context.alert_settings(subject.unit, "").acknowledge_hours
        calendar = self._context.calendar_for(subject.unit)
        return lambda at: calendar.add_hours(at, hours)

    def _expire(self, scope: str, now: int) -> None:
        kept = self._kept[scope]
        self._keep(scope, ScopeDeeds(kept.cause, kept.actions))
        self._tell(scope, now, kept.taken_until)

    def _tell(
        self, scope: str, now: int, occurred_at: int, action: KeptAction | None = None
    ) -> None:
        """The next record of the scope's alert."""
        keeper = self._keeper_of(scope)
        standing = keeper.state(scope)
        assert standing is not None  # noqa: S101 - there are deeds of what was raised alone
        after = Backlog(standing.since, standing.cause, standing.sequence + 1, standing.status)
        keeper.keep(scope, after)
        told = scope_alert(
            self._timeline, keeper.subject(scope), after, now, occurred_at, self._counts(scope),
            self._kept[scope], action,
        )  # fmt: skip
        self._alerts.append(told)

    def _keep(self, scope: str, kept: ScopeDeeds) -> None:
        self._kept[scope] = kept
        if kept.taken_by:
            self._ends[scope] = kept.taken_until
        else:
            self._ends.pop(scope, None)


_decode = msgspec.json.Decoder(ScopeDeed).decode


def read_deed(value: bytes, timeline: str) -> ScopeDeed | None:
    """An action on a scope; None for what is none, or of another timeline."""
    try:
        deed = _decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return deed if deed.timeline == timeline else None
