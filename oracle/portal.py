"""Snapshots as the events that they stand for, for code that knows events only.

The comparison of snapshots with each other is that of the fold (dossiers.comparing): a recount
of such dossiers is independent of the fold only from there on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dossiers.context import UNKNOWN, Context
from dossiers.events import AnyDossierEvent, Progressed, Snapshot
from dossiers.facts import Fact
from dossiers.fold import elementary
from dossiers.kept_events import event_of
from dossiers.order import fact_of
from dossiers.snapshots import place


def needs_retelling(events: Iterable[AnyDossierEvent]) -> bool:
    """Whether some of a dossier's events say something only in the light of others."""
    return any(
        isinstance(e, Snapshot) or (isinstance(e, Progressed) and e.officer_name) for e in events
    )


def retell(
    events: Sequence[AnyDossierEvent], context: Context
) -> tuple[list[AnyDossierEvent], bool, bool]:
    """Of one dossier: its events in order, without snapshots; whether they flag it; and
    whether they rewrite its end.

    What remains of a snapshot is an event without content where it handed the dossier over.
    """
    facts: list[Fact] = []
    for event in events:
        facts, _ = place(facts, fact_of(event))
    told = elementary(facts, context)
    rewritten = any(f.kind == "rewritten" for f in told)
    unmatched = any(f.kind == "progressed" and f.text and f.officer == UNKNOWN for f in told)
    dossier_id = events[0].dossier_id
    return [event_of(dossier_id, f) for f in told if f.kind != "rewritten"], unmatched, rewritten
