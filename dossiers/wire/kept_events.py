"""Events and what a dossier keeps of them: one table, read both ways."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from dossiers.wire import events, facts
from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import AnyDossierEvent
from dossiers.wire.facts import AnyFact, Fact

# Each kind of event, as what it is kept, and what of the event is not kept but must be given anew.
_KINDS: tuple[tuple[type[DossierEvent], type[Fact], dict[str, Any]], ...] = (
    (events.Submitted, facts.SubmittedFact, {}),
    (events.Received, facts.ReceivedFact, {}),
    (events.Refused, facts.RefusedFact, {}),
    (events.Progressed, facts.ProgressedFact, {}),
    (events.Suspended, facts.SuspendedFact, {}),
    (events.Resumed, facts.ResumedFact, {}),
    (events.Withdrawn, facts.WithdrawnFact, {}),
    (events.Finished, facts.FinishedFact, {}),
    (events.Reopened, facts.ReopenedFact, {}),
    (events.DueSet, facts.DueSetFact, {}),
    (events.Voided, facts.VoidedFact, {}),
    (events.Restored, facts.RestoredFact, {"facts": ()}),
    (events.Reassigned, facts.ReassignedFact, {}),
    (events.Snapshot, facts.SnapshotFact, {}),
)


class _Kept(NamedTuple):
    """``names``: what event and fact have in common, in the order of the fact's fields."""

    event: type[DossierEvent]
    fact: type[Fact]
    names: tuple[str, ...]
    more: dict[str, Any]
    of_event: Callable[[object], tuple[Any, ...]]


def _kept(event: type[DossierEvent], fact: type[Fact], more: dict[str, Any]) -> _Kept:
    names = tuple(name for name in fact.__struct_fields__ if name in event.__struct_fields__)
    return _Kept(event, fact, names, more, attrgetter(*names))


_TABLE = [_kept(*kind) for kind in _KINDS]
_BY_EVENT = {kept.event: (kept.fact, kept.of_event) for kept in _TABLE}
_BY_FACT = {kept.fact: kept for kept in _TABLE}


def fact_of(event: AnyDossierEvent) -> AnyFact:
    """The event as a dossier keeps it. Old events that are sent on purpose were recorded when they
    are dated: when they came says nothing about what was known then."""
    make, values = _BY_EVENT[type(event)]
    fact: AnyFact = make(*values(event))  # type: ignore[assignment]
    if event.backfill:
        return msgspec.structs.replace(fact, received_at=event.occurred_at)
    return fact


def event_of(dossier_id: str, fact: Fact) -> AnyDossierEvent:
    """The event that a dossier keeps as ``fact``."""
    kept = _BY_FACT[type(fact)]
    values = {name: getattr(fact, name) for name in kept.names}
    event: AnyDossierEvent = kept.event(dossier_id=dossier_id, **values, **kept.more)  # type: ignore[assignment]
    return event
