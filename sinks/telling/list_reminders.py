"""Reminders about late lists, beside the planner of alerts: its own part of the memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from dossiers.alerting.people import Duties
from dossiers.publication.reminders import CasesOf, Reminder, Reminding
from dossiers.publication.state import Publications
from dossiers.reference.context import Context
from dossiers.wire.publications import Case

PART = "late-lists"  # of the memory: keys of what was said
_LOOK_MS = 15 * 60_000  # data time between two looks at the clock alone
_MOST_LISTS = 20  # whose cases stay at hand


class ListReminders:
    """``parts``: what is remembered, by its name. For one thread. ``due`` blocks while it reads a
    list's rows."""

    def __init__(self, parts: Mapping[str, bytes], cases_of: CasesOf) -> None:
        kept = parts.get(PART)
        told = msgspec.msgpack.decode(kept, type=list[str]) if kept is not None else []
        self._lists = Publications()
        self._cases_of = cases_of
        self._cases: dict[str, tuple[Case, ...]] = {}
        self._reminding = Reminding(self._cases_in, told)
        self._kept = frozenset(told)
        self._look_at = 0  # ms
        self._context: Context | None = None

    def take(self, values: Sequence[bytes]) -> None:
        """Records of topic publications, in their order."""
        for value in values:
            self._lists.take(value)
        if values:
            self._look_at = 0

    def due(self, context: Context, duties: Duties, now: int) -> tuple[Reminder, ...]:
        """What is to be said at ``now`` (ms)."""
        if now < self._look_at and context is self._context:
            return ()
        self._context, self._look_at = context, now + _LOOK_MS
        return self._reminding.due(self._lists, duties, context, now)

    def is_open(self, reminder: Reminder) -> bool:
        """Whether it is still to be done."""
        return self._reminding.is_open(reminder)

    def changes(self) -> list[tuple[str, bytes | None]]:
        """The part of the memory, if it has changed since this was last asked."""
        told = frozenset(self._reminding.told)
        if told == self._kept:
            return []
        self._kept = told
        return [(PART, msgspec.msgpack.encode(sorted(told)) if told else None)]

    def _cases_in(self, rows: str) -> tuple[Case, ...]:
        """Those of the newest few lists stay at hand."""
        found = self._cases.get(rows)
        if found is None:
            found = self._cases_of(rows)
            if found:
                self._cases[rows] = found
            while len(self._cases) > _MOST_LISTS:
                self._cases.pop(next(iter(self._cases)))
        return found
