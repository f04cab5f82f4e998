"""The backlogs of the units of one tallies partition, and the alerts about them.

A unit's state goes out with its merged tally, in the same transaction as the alert. So the
next owner of the partition reads it back with the tallies that it reads anyway: an active alert is
not raised again, a waiting time goes on, and topic alerts, which is kept for ever, is not searched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from dossiers.fold.alerts import alert_id
from dossiers.tallies.backlog import NEVER, Thresholds, is_due, observe, thresholds
from dossiers.wire.alerts import Alert, AlertState
from dossiers.wire.keys import unit_scope
from dossiers.wire.reference import Reference
from dossiers.wire.tallies import Backlog
from dossiers.wire.topics import ALERTS
from streams.partition.outputs import Output, encode

_PREFIX = unit_scope("")

Counts = Callable[[str], tuple[int, int]]  # of a scope: overdue, open


class Backlogs:
    """States by scope. No I/O, no clock: ``now`` is the partition's watermark (ms)."""

    def __init__(self, timeline: str) -> None:
        self._timeline = timeline
        self._states: dict[str, Backlog] = {}
        self._waiting: set[str] = set()
        self._alerts: list[Output] = []
        self._reference: Reference | None = None
        self._limits: tuple[Thresholds, Thresholds] | None = None  # without, with units below
        self._parents: frozenset[str] = frozenset()

    def restore(self, scope: str, state: Backlog) -> None:
        """Go on from a state in topic tallies."""
        self._keep(scope, state)

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
        """Look at the units among the ``changed`` scopes, at those whose time has come, and under
        new thresholds at all ``known`` ones. Returns the scopes whose state is another now."""
        if self._renewed(reference):
            changed = known
        scopes = dict.fromkeys(scope for scope in changed if scope.startswith(_PREFIX))
        scopes.update(
            dict.fromkeys(
                s for s in self._waiting if s in known and is_due(self._states[s], now, self._of(s))
            )
        )
        return [scope for scope in scopes if self._observe(scope, now, counts(scope))]

    def drain(self) -> list[Output]:
        """The alerts since the last call."""
        alerts, self._alerts = self._alerts, []
        return alerts

    def _renewed(self, reference: Reference) -> bool:
        if reference is self._reference:
            return False
        self._reference = reference
        rules = reference.rules
        limits = (
            thresholds(rules, has_units_below=False),
            thresholds(rules, has_units_below=True),
        )
        parents = frozenset(unit_scope(unit.parent) for unit in reference.units if unit.parent)
        if (limits, parents) == (self._limits, self._parents):
            return False
        self._limits, self._parents = limits, parents
        return True

    def _of(self, scope: str) -> Thresholds:
        assert self._limits is not None  # noqa: S101 - ``judge`` sets it first
        return self._limits[scope in self._parents]

    def _observe(self, scope: str, now: int, counts: tuple[int, int]) -> bool:
        before = self._states.get(scope, NEVER)
        overdue, open_ = counts
        after, announced = observe(before, now, overdue, open_, self._of(scope))
        if after is before:
            return False
        self._keep(scope, after)
        if announced:
            self._alerts.append(self._alert(scope, before, after, now, overdue, open_))
        return True

    def _keep(self, scope: str, state: Backlog) -> None:
        if state == NEVER:
            self._states.pop(scope, None)
        else:
            self._states[scope] = state
        if state.since is None:
            self._waiting.discard(scope)
        else:
            self._waiting.add(scope)

    def _alert(
        self, scope: str, before: Backlog, after: Backlog, now: int, overdue: int, open_: int
    ) -> Output:
        unit = scope.removeprefix(_PREFIX)
        state = AlertState("unit_backlog", 0, after.cause, after.sequence, after.status)
        return Output(
            ALERTS,
            None,
            # One key, and so one partition and one order, for all alerts about a unit.
            scope.encode(),
            encode(
                Alert(
                    timeline=self._timeline,
                    alert_id=alert_id(UUID(self._timeline), unit, state),
                    sequence=state.sequence,
                    kind="unit_backlog",
                    level=0,
                    transition=state.status,
                    dossier_id="",
                    unit=unit,
                    officer="",
                    step="",
                    procedure="",
                    due_at=after.cause,
                    detected_at=now,
                    occurred_at=now if before.since is None else before.since,
                    received_at=now,
                    overdue=overdue,
                    open=open_,
                )
            ),
        )
