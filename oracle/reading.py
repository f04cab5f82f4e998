"""Everything that the raw events of one dossier say, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Iterable

from dossiers.reference.context import Context
from dossiers.wire.events import AnyDossierEvent, Snapshot
from oracle.names import named
from oracle.portal import retell
from oracle.statements import Statement, kept, plain


def read(events: Iterable[AnyDossierEvent], context: Context) -> list[Statement]:
    """What ``events`` (any order, no two of one identity) say, but for what was taken back. A
    snapshot only says how things stand; every other event says itself what has happened."""
    return read_both(events, context)[0]


def read_both(
    events: Iterable[AnyDossierEvent], context: Context
) -> tuple[list[Statement], list[Statement] | None]:
    """As ``read``; and the same as the portal's own snapshots had shown it, None if they never
    contradicted what they say now."""
    valid = named(kept(events), context.reference.hashed)
    said = [plain(event) for event in valid if not isinstance(event, Snapshot)]
    told: list[Statement] = []
    shown: list[Statement] | None = None
    if any(isinstance(event, Snapshot) for event in valid):
        told, shown = retell(valid, context)
    return _in_order([*said, *told]), None if shown is None else _in_order([*said, *shown])


def _in_order(said: list[Statement]) -> list[Statement]:
    return sorted(said, key=lambda told: told.order)
