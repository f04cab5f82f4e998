"""Lifecycle transitions: which rows tell of an activity that is complete.

XES (IEEE 1849) lets an activity leave several rows: scheduled, started, complete. All of them say
who holds the dossier; only a complete activity, or one of which nothing is said, can be its
reception or its end.
"""

from __future__ import annotations

from dossiers.text.identity import folded

_STANDARD = frozenset(
    [
        "schedule", "assign", "withdraw", "reassign", "start", "suspend", "resume", "pi_abort",
        "ate_abort", "complete", "autoskip", "manualskip", "unknown",
    ]
)  # fmt: skip
_LONGEST = 100  # characters; no transition has more than twelve
_MOST = 1_000  # distinct values that are remembered
_SHOWN = 3


class Transitions:
    """Reads the column's values, and remembers some. ``missing``: those that say nothing."""

    def __init__(self, missing: frozenset[str]) -> None:
        self._missing = {folded(value) for value in missing}
        self._known: dict[str, bool] = {}
        self._standard = False
        self._others: list[str] = []

    def complete(self, value: str) -> bool:
        """Whether a row with this value, which is not empty, tells of a complete activity."""
        known = self._known.get(value)
        if known is not None:
            return known
        name = folded(value) if len(value) <= _LONGEST else value[:_LONGEST]
        nothing = name in self._missing
        if name in _STANDARD:
            self._standard = True
        elif not nothing and len(self._others) < _SHOWN:
            self._others.append(value[:_LONGEST])
        found = nothing or name == "complete"
        if len(value) <= _LONGEST and len(self._known) < _MOST:
            self._known[value] = found
        return found

    @property
    def strange(self) -> list[str]:
        """A few of the values, if there were some and none of XES's."""
        return [] if self._standard else self._others
