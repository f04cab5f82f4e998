"""Everything that the raw events of one dossier say, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Iterable

from dossiers.context import Context
from dossiers.events import AnyDossierEvent
from oracle.names import named
from oracle.portal import retell
from oracle.told import Told, kept, kind_of, plain


def read(events: Iterable[AnyDossierEvent], context: Context) -> list[Told]:
    """What ``events`` (any order, no two of one identity) say, but for what was taken back. A
    snapshot only says how things stand; every other event says itself what has happened."""
    valid = named(kept(events), context.reference.hashed)
    said = [plain(event) for event in valid if kind_of(event) != "snapshot"]
    said += retell([event for event in valid if kind_of(event) == "snapshot"], context)
    return sorted(said, key=lambda told: told.order)
