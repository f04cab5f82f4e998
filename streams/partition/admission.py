"""Admission of an event, before it is folded: the right to act on its dossier, and room in it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from dossiers.admission.bounds import TOO_MANY_FACTS, Bound
from dossiers.admission.ownership import NOT_YOURS, owners_of, right_of
from dossiers.admission.reduced import named
from dossiers.fold.retention import unknown_facts
from dossiers.portal.snapshots import repeats
from dossiers.reference.context import Context
from dossiers.wire.events import AnyDossierEvent, Restored, Snapshot
from dossiers.wire.facts import Fact, SnapshotFact
from dossiers.wire.reading import read_facts
from dossiers.wire.records import DossierRecord, Owned
from streams.partition.intake import Refusal
from streams.partition.outputs import encode

_log = logging.getLogger(__name__)


class Arrival(NamedTuple):
    """An event that may become the newest fact of its dossier; ``raw``: the fact as JSON."""

    event: AnyDossierEvent
    fact: Fact
    raw: bytes


def decode_facts(raw: msgspec.Raw) -> list[Fact]:
    """A dossier's facts; none if no worker wrote them."""
    try:
        return read_facts(raw)
    except msgspec.DecodeError:
        _log.error("the facts of a dossier cannot be read")
        return []


def with_counts(record: DossierRecord, facts: list[Fact]) -> DossierRecord:
    """``record``, of a version that did not count, with number and size (bytes) of its facts."""
    size = memoryview(record.facts.raw).nbytes
    known = msgspec.structs.replace(record.facts, count=len(facts), size=size)
    return msgspec.structs.replace(record, facts=known)


def authorized(
    record: DossierRecord, facts: list[Fact] | None, event: AnyDossierEvent, context: Context
) -> Owned | None:
    """Whose the dossier is if it takes ``event``.

    Raises Refusal if the event's madonvi has no right to act on the dossier.

    ``facts``: the record's own if they were decoded. ``context``: the reference data in force.
    """
    madonvi, owned = event.madonvi, record.owned
    if not madonvi or (owned is not None and madonvi in owned.owners):
        return owned  # nearly always

    def known() -> list[Fact]:
        nonlocal facts
        facts = _decoded(record, facts)
        return facts

    owners = owners_of(owned, known, context)
    right = right_of(madonvi, owners, record.unit, known, context)
    if not right:
        raise Refusal(NOT_YOURS, _not_yours(record, event, owners))
    before = owned or Owned()
    handed = before.handed or right == "handed"
    # Before its reception every sender with a record of it owns it, beside the unit that holds it.
    claimed = before.owners if before.settled or record.course.received_at is not None else owners
    after = Owned(claimed, before.settled, handed)
    return owned if after == before else after


def _not_yours(record: DossierRecord, event: AnyDossierEvent, owners: Sequence[str]) -> str:
    held = f", held by {named(record.unit)}" if record.unit else ""
    madonvi = named(event.madonvi)
    return (
        f"dossier {named(record.dossier_id)} belongs to {' and '.join(map(named, owners))}{held}: "
        f"{madonvi} may not act on it until the owner hands it over by naming the unit in "
        "DonViXuLy; then send this again. If the owner's claim was wrong, run `dunghen "
        "dead-letters replay NUMBER "
        f"--owner {madonvi}`"
    )


def admit(bound: Bound, record: DossierRecord, facts: list[Fact] | None, arrival: Arrival) -> bool:
    """Whether a new event is to be folded. False: it is a snapshot that repeats one, and not even
    its place can be kept.

    ``record`` knows its count; ``facts`` are its own if they were decoded. Raises Refusal
    for what a full dossier must not keep; nearly always without a look at its facts.
    """
    event, fact, raw = arrival
    refused = bound.exceeded(record, event, len(raw) + 1)
    if refused and not isinstance(event, Snapshot):
        raise Refusal(TOO_MANY_FACTS, refused)
    if not refused and not (isinstance(event, Restored) and event.facts):
        return True
    if isinstance(event, Restored):
        lacking = unknown_facts(_decoded(record, facts), event)
        refused = bound.exceeded(record, event, len(raw) + len(encode(lacking)), len(lacking) + 1)
    elif (
        isinstance(fact, SnapshotFact)
        and encode(fact.content) in bytes(record.facts.raw)
        and repeats(_decoded(record, facts), fact)
    ):
        return not bound.exceeded(record, event, len(raw) + 1, 0)
    if refused:
        raise Refusal(TOO_MANY_FACTS, refused)
    return True


def _decoded(record: DossierRecord, facts: list[Fact] | None) -> list[Fact]:
    return decode_facts(record.facts.raw) if facts is None else facts
