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
    """States by source. No I/O, no clock: ``now`` is the partition's watermark (ms). ``owns``:
    whether a scope is this partition's."""

    def __init__(self, timeline: str, owns: Callable[[str], bool]) -> None:
        self._timeline = timeline
        self._owns = owns
        self._states: dict[str, Backlog] = {}
        self._alerts: list[Output] = []
        self._reference: Reference | None = None
        self._limits: dict[str, tuple[SourceLimit, Calendar]] = {}
        self._judged_at = 0  # ms

    def state(self, scope: str) -> Backlog | None:
        """What is to go out with the scope's record."""
        return self._states.get(scope.removeprefix(PREFIX))

    def keep(self, scope: str, state: Backlog) -> None:
        """From now on this is the source's state."""
        self._states[scope.removeprefix(PREFIX)] = state

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
        sources = {*self._limits, *(s for s, e in self._states.items() if e.status == "raised")}
        last = heard() if sources else {}
        return [
            source_scope(source)
            for source in sorted(sources)
            if self._observe(source, now, last.get(source))
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
            source.id: (source, context.calendar_named(source.calendar))
            for source in reference.sources
            if wanted and self._owns(source_scope(source.id))
        }

    def _observe(self, source: str, now: int, heard: int | None) -> bool:
        limit = self._limits.get(source)
        if limit is None:
            at = NEVER_SILENT  # nobody wants to know any more
        elif heard is None:
            return False  # no partition has begun to listen
        else:
            at = silent_at(limit[0], heard, now, limit[1])
        before = self._states.get(source, NEVER)
        after = observe_silence(before, now, at)
        if after is before:
            return False
        self._states[source] = after
        occurred_at = after.cause if after.status == "raised" else min(now, heard or now)
        subject = self.subject(source)
        self._alerts.append(scope_alert(self._timeline, subject, after, now, occurred_at))
        return True
