"""Events rebuilt from what a dossier keeps of them."""

from __future__ import annotations

from dossiers.wire.events import (
    DOSSIER_EVENTS,
    AnyDossierEvent,
    Content,
    DueSet,
    Finished,
    Progressed,
    Reassigned,
    Received,
    Restored,
    Resumed,
    Snapshot,
    Submitted,
    Suspended,
    Voided,
)
from dossiers.wire.facts import Fact

_KINDS = {str(kind.__struct_config__.tag): kind for kind in DOSSIER_EVENTS}


def event_of(dossier_id: str, fact: Fact) -> AnyDossierEvent:
    """The event that a dossier keeps as ``fact``."""
    common = {name: getattr(fact, name) for name in _COMMON}
    kind = _KINDS[fact.kind]
    own: dict[str, object] = {}
    if kind is Received:
        own = {"procedure": fact.text, "due_at": fact.due_at, "limit": fact.limit}
    elif kind is Progressed:
        own = {
            "carried": fact.carried,
            "officer_name": fact.text,
            "until": bool(fact.status),
            "began_at": fact.begin,
            "step_due_at": fact.step_due,
        }
    elif kind is Submitted:
        own = {"procedure": fact.text}
    elif kind is Resumed:
        own = {"due_at": fact.due_at}
    elif kind is DueSet:
        own = {"due_at": fact.due_at, "reason": fact.text}
    elif kind is Voided:
        own = {"target": fact.text}
    elif kind in (Suspended, Finished):
        own = {"status": fact.status}
    elif kind is Snapshot:
        own = {"content": fact.shown.content if fact.shown is not None else Content()}
    elif kind is Reassigned:
        own = {"owner": fact.text}
    elif kind is Restored:
        own = {"facts": ()}
    event: AnyDossierEvent = kind(dossier_id=dossier_id, **common, **own)  # type: ignore[arg-type]
    return event


_COMMON = (
    "event_id", "occurred_at", "received_at", "source", "source_seq", "unit", "officer",
    "responsible", "step", "madonvi",
)  # fmt: skip
