"""Events as a dossier keeps them, and the order in which they are folded."""

from __future__ import annotations

from operator import attrgetter

from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Progressed,
    Reassigned,
    Received,
    Resumed,
    Snapshot,
    Submitted,
    Suspended,
    Voided,
)
from dossiers.wire.facts import Fact, Shown

fact_order = attrgetter("occurred_at", "source", "source_seq", "event_id", "madonvi")
# What a state remembers of its last fact's place. Two of one place are told apart by madonvi, and
# only by looking at the facts.
tail_of = attrgetter("occurred_at", "source", "source_seq", "event_id")
identity_of = attrgetter("madonvi", "event_id")  # no two facts of a dossier have the same


def fact_of(event: AnyDossierEvent) -> Fact:
    """The event as a dossier keeps it. Old events that are sent on purpose were recorded when they
    are dated: when they came says nothing about what was known then."""
    due_at: int | None = None
    text = ""
    limit = None
    status = 0
    carried = begin = step_due = None
    shown: Shown | None = None
    # By type: isinstance of a Struct takes as long as all the rest here.
    if type(event) is Progressed:
        carried, text, status = event.carried, event.officer_name, int(event.until)
        begin, step_due = event.began_at, event.step_due_at
    elif type(event) is Received:
        due_at, text, limit = event.due_at, event.procedure, event.limit
    elif type(event) is Resumed:
        due_at = event.due_at
    elif type(event) is DueSet:
        due_at, text = event.due_at, event.reason
    elif type(event) is Submitted:
        text = event.procedure
    elif type(event) is Voided:
        text = event.target
    elif type(event) is Reassigned:
        text = event.owner
    elif type(event) is Suspended or type(event) is Finished:
        status = event.status
    elif type(event) is Snapshot:
        shown = Shown(event.content)
    return Fact(
        event.occurred_at,
        event.source,
        event.source_seq,
        event.event_id,
        event.__struct_config__.tag,  # type: ignore[arg-type]
        event.occurred_at if event.backfill else event.received_at,
        event.unit,
        event.officer,
        event.responsible,
        event.step,
        due_at,
        text,
        limit,
        status,
        carried,
        shown,
        event.madonvi,
        begin,
        step_due,
    )
