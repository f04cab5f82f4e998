"""Which texts name a step of some internal procedure: no other text about what was done travels on.

What an office writes there is free text, and may be anything about anybody.
"""

from __future__ import annotations

from collections.abc import Iterable

from dossiers.text.identity import folded
from dossiers.wire.reference import Reference

STEP_FIELD = "NoiDungXuLy"
MAX_STEP = 200  # characters of a text that is looked for


class KnownSteps:
    """The steps of all procedures, by id, alias and name. ``field``: of a progress record, where
    the step stands. Until ``refer`` is called none is known. May be used by several threads."""

    def __init__(self, field: str = STEP_FIELD) -> None:
        self.field = field
        self._names: dict[str, str] = {}

    def refer(self, references: Iterable[Reference]) -> None:
        """These count now or will: a step that any of them knows is known."""
        names: dict[str, str] = {}
        for reference in references:
            for procedure in reference.procedures:
                for step in procedure.steps:
                    for text in (step.id, *step.aliases, step.name):
                        names.setdefault(folded(text), text)
        names.pop("", None)
        self._names = names  # at once: a reader has all of the old ones or all of the new

    def named(self, text: str) -> str:
        """The step that ``text`` names, as the reference data writes it; "" if it names none."""
        return self._names.get(folded(text), "") if len(text) <= MAX_STEP else ""
