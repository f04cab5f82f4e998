"""What the rows of one dossier say of its traits, as events at those that say something new."""

from __future__ import annotations

import msgspec

from dossiers.wire.events import Described
from dossiers.wire.traits import Traits
from sources.importer.letters import SOURCE


class ToldTraits:
    """Of dossier ``name``. What a row leaves out stays as the rows before it said."""

    def __init__(self, name: str) -> None:
        self._dossier = name
        self._known: dict[str, object] = {}

    def add(self, said: bytes) -> bool:
        """Whether ``said`` (JSON) is something new."""
        known = {**self._known, **msgspec.json.decode(said)}
        is_new = known != self._known
        self._known = known
        return is_new

    def event(self, at: int, number: int, name: str) -> Described:
        """All that is known by now, at ``at`` (ms) and the place ``number``. ``name``: of the row,
        or whatever else it comes with."""
        return Described(
            event_id=f"{name}-traits",
            dossier_id=self._dossier,
            occurred_at=at,
            received_at=at,
            source=SOURCE,
            source_seq=number,
            traits=msgspec.convert(self._known, Traits),
        )
