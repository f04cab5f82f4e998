"""Sources that have fallen silent, of one tallies partition, and the alerts about them.

As with backlogs, a source's state goes out in topic tallies in the same transaction as the alert.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dossiers.reference.context import Context
from dossiers.tallies.backlog import NEVER
from dossiers.tallies.silence import NEVER_SILENT, observe_silence, silent_at
from dossiers.time.calendar import Calendar
from dossiers.wire.alert_policy import SourceLimit
from dossiers.wire.keys import source_scope
from dossiers.wire.reference import Reference
from dossiers.wire.tallies import Backlog
from streams.partition.outputs import Output
from streams.tallies.scope_alerts import Subject, scope_alert

PREFIX = source_scope("")


class Silences:
    """No I/O, no clock: ``now`` is the partition's watermark (ms). ``states``: by scope, of these
    and of others; they are kept there. ``owns``: whether a scope is this partition's."""

    def __init__(
        self, timeline: str, states: dict[str, Backlog], owns: Callable[[str], bool]
    ) -> None:
        self._timeline = timeline
        self._owns = owns
        self._states = states
        self._raised: set[str] = set()
        self._alerts: list[Output] = []
        self._reference: Reference | None = None
        self._limits: dict[str, tuple[SourceLimit, Calendar]] = {}
        self._judged_at = 0  # ms

    def state(self, scope: str) -> Backlog | None:
        """What is to go out with the scope's record."""
        return self._states.get(scope)

    def keep(self, scope: str, state: Backlog) -> None:
        """From now on this is the source's state."""
        self._states[scope] = state
        if state.status == "raised":
            self._raised.add(scope)
        else:
            self._raised.discard(scope)

    def subject(self, scope: str) -> Subject:
        """What the source's alerts are about."""
        return Subject("source_silent", scope.removeprefix(PREFIX))

    def judge(
        self, now: int, heard: Callable[[], Mapping[str, int]], reference: Reference
    ) -> list[str]:
        """Look at every source that must not fall silent. ``heard``: when each was heard of last
        (ms). Returns the scopes whose state is another now."""
        if reference is self._reference and now == self._judged_at:
            return []
        self._renew(reference)
        self._judged_at = now
        scopes = self._limits.keys() | self._raised
        last = heard() if scopes else {}
        return [
            scope
            for scope in sorted(scopes)
            if self._observe(scope, now, last.get(scope.removeprefix(PREFIX)))
        ]

    def drain(self) -> list[Output]:
        """The alerts since the last call."""
        alerts, self._alerts = self._alerts, []
        return alerts

    def _renew(self, reference: Reference) -> None:
        if reference is self._reference:
            return
        known, self._reference = self._reference, reference
        if known is not None and known == reference:
            return
        context = Context(reference)
        wanted = context.alert_settings("", "").raises("source_silent")
        self._limits = {
            scope: (source, context.calendar_named(source.calendar))
            for source in reference.sources
            if wanted and self._owns(scope := source_scope(source.id))
        }

    def _observe(self, scope: str, now: int, heard: int | None) -> bool:
        limit = self._limits.get(scope)
        if limit is None:
            at = NEVER_SILENT  # nobody wants to know any more
        elif heard is None:
            return False  # no partition has begun to listen
        else:
            at = silent_at(limit[0], heard, now, limit[1])
        before = self._states.get(scope, NEVER)
        after = observe_silence(before, now, at)
        if after is before:
            return False
        self.keep(scope, after)
        occurred_at = after.cause if after.status == "raised" else min(now, heard or now)
        subject = self.subject(scope)
        self._alerts.append(scope_alert(self._timeline, subject, after, now, occurred_at))
        return True
