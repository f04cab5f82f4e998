"""What topic ``reference`` says of a timeline: the timeline itself, and which reference data counts
when."""

from __future__ import annotations

from broker.kafka import Kafka
from broker.settings import UserSettings
from dossiers.errors import UserError
from dossiers.reference.context import Context as Compiled
from dossiers.reference.in_force import InForce, in_force_of
from dossiers.wire.reference import Reference, decode_reference
from dossiers.wire.timeline import Activated, Timeline
from dossiers.wire.topics import REFERENCE
from dunghen.timeline.reference_topic import stored_line
from sources.ticks import last_ticks


def read_timeline(
    bootstrap: str, *, client: UserSettings = None, folding: bool = False
) -> Timeline | None:
    """The timeline of this Kafka, None before ``ensure_topics``. ``folding``: also one that is
    just being folded anew. Raises UserError for one that this version does not read."""
    return stored_line(bootstrap, client, folding=folding).timeline


def read_reference(
    bootstrap: str, hash: str | None = None, *, client: UserSettings = None
) -> Reference:
    """Reference data by content hash, or the one written last; raises UserError if none."""
    stored = stored_line(bootstrap, client)
    value = stored.references.get(stored.newest if hash is None else hash)
    if value is None:
        raise UserError(
            f"Topic {REFERENCE} at {bootstrap} holds no reference data {hash or ''}".rstrip() + ".",
            "Start the stack once with `dunghen up`, `demo` or `replay`, which writes it.",
        )
    return decode_reference(value)


def read_in_force(
    bootstrap: str, now: int, *, client: UserSettings = None
) -> tuple[Reference, InForce]:
    """What counts at ``now`` (ms), and all that counts when; raises UserError if there is none."""
    stored = stored_line(bootstrap, client)
    if stored.timeline is None or not stored.newest:
        read_reference(bootstrap, client=client)  # says so
        raise UserError(f"Kafka at {bootstrap} has no timeline yet.", "Start the stack first.")
    known = [
        (a.since, a.hash)
        for a in activations_of(stored.timeline, stored.newest)
        if a.hash in stored.references
    ]
    compiled = {
        hash_: Compiled(decode_reference(stored.references[hash_]), hash_) for _, hash_ in known
    }
    found = in_force_of(known, compiled.__getitem__)
    return found.at(now).reference, found


def read_from_now_on(
    bootstrap: str, now: int, *, client: UserSettings = None
) -> tuple[Reference, ...]:
    """What counts at ``now`` (ms), and after it what is to come. Raises UserError."""
    reference, in_force = read_in_force(bootstrap, now, client=client)
    coming = [since for since, _ in in_force.activations() if since > now]
    return reference, *(in_force.at(since).reference for since in coming)


def activations_of(timeline: Timeline, newest: str) -> tuple[Activated, ...]:
    """A timeline that names none has only what was written first."""
    return timeline.activations or ((Activated(0, newest),) if newest else ())


def data_now(bootstrap: str, partitions: int, client: UserSettings = None) -> int:
    """The newest tick (ms) of any partition, 0 if there is none."""
    ticks = last_ticks(Kafka(bootstrap, client), partitions)
    return max((tick.now for tick in ticks if tick is not None), default=0)
