"""The backlogs of the units and officers of one tallies partition, and the alerts about them.

A scope's state goes out with its merged tally, in the same transaction as the alert. So the
next owner of the partition reads it back with the tallies that it reads anyway: an active alert is
not raised again, a waiting time goes on, and topic alerts, which is kept for ever, is not searched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from dossiers.reference.context import UNKNOWN
from dossiers.tallies.backlog import NEVER, is_due, observe
from dossiers.wire.keys import officer_scope
from dossiers.wire.reference import Reference
from dossiers.wire.tallies import Backlog
from streams.partition.outputs import Output
from streams.tallies.limits import OFFICER, UNIT, Limits
from streams.tallies.scope_alerts import Subject, scope_alert

_PREFIXES = (UNIT, OFFICER)
_NOBODY = officer_scope(UNKNOWN)

Counts = Callable[[str], tuple[int, int]]  # of a scope: overdue, open


class Backlogs:
    """No I/O, no clock: ``now`` is the partition's watermark (ms). ``states``: by scope, of these
    and of others; they are kept there."""

    def __init__(self, timeline: str, states: dict[str, Backlog]) -> None:
        self._timeline = timeline
        self._states = states
        self._waiting: set[str] = set()
        self._alerts: list[Output] = []
        self._limits = Limits(Reference())
        self._judged = False

    def state(self, scope: str) -> Backlog | None:
        """What is to go out with the scope's tally."""
        return self._states.get(scope)

    def judge(
        self,
        now: int,
        changed: Iterable[str],
        known: Collection[str],
        counts: Counts,
        reference: Reference,
    ) -> list[str]:
        """Look at the units and officers among the ``changed`` scopes, at those whose time has
        come, and under new thresholds at all ``known`` ones. Returns the scopes whose state is
        another now."""
        if self._renewed(reference):
            changed = known
        scopes = dict.fromkeys(scope for scope in changed if scope.startswith(_PREFIXES))
        scopes.pop(_NOBODY, None)
        scopes.update(
            dict.fromkeys(
                s
                for s in self._waiting
                if s in known and is_due(self._states[s], now, self._limits.of(s))
            )
        )
        return [scope for scope in scopes if self._observe(scope, now, counts(scope))]

    def drain(self) -> list[Output]:
        """The alerts since the last call."""
        alerts, self._alerts = self._alerts, []
        return alerts

    def _renewed(self, reference: Reference) -> bool:
        if reference is self._limits.reference:
            return False
        limits, known = Limits(reference), self._limits
        self._limits = limits
        if self._judged and limits.same_as(known):
            return False
        self._judged = True
        return True

    def _observe(self, scope: str, now: int, counts: tuple[int, int]) -> bool:
        before = self._states.get(scope)
        if before is None:
            if not counts[0]:
                return False  # most of them, and nothing overdue is over no threshold
            before = NEVER
        after, announced = observe(before, now, *counts, self._limits.of(scope))
        if after is before:
            return False
        self.keep(scope, after)
        if announced:
            occurred_at = now if before.since is None else before.since
            subject = self.subject(scope)
            self._alerts.append(
                scope_alert(self._timeline, subject, after, now, occurred_at, counts)
            )
        return True

    def subject(self, scope: str) -> Subject:
        """What the scope's alerts are about."""
        if scope.startswith(UNIT):
            unit = scope.removeprefix(UNIT)
            return Subject("unit_backlog", unit, unit)
        officer = scope.removeprefix(OFFICER)
        return Subject("officer_backlog", officer, self._limits.unit_of(officer))

    def keep(self, scope: str, state: Backlog) -> None:
        """From now on this is the scope's state."""
        if state == NEVER:
            self._states.pop(scope, None)
        else:
            self._states[scope] = state
        if state.since is None:
            self._waiting.discard(scope)
        else:
            self._waiting.add(scope)
