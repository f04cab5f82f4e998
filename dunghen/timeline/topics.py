"""The timeline: its topics, its identity record, its reference data and their activation.

``ensure_topics`` may be interrupted anywhere and run again. Its writes stand in this order in topic
``reference``: timeline, reference data, timeline again. Between the last two, every partition of
``dossier-events`` gets its ``activate`` record; so reference data that comes after the newest
timeline record has not been activated everywhere yet, and the next run repeats it (twice is
harmless).

No transaction is used: its markers would take offsets in ``dossier-events``, where readers expect
every offset to be a record.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from broker.kafka import Kafka
from broker.producing import Writer
from broker.settings import UserSettings
from broker.topics import TopicAdmin, TopicSpec
from dossiers.errors import UserError
from dossiers.reference.context import Context as Compiled
from dossiers.reference.in_force import InForce, hash_at, in_force_of
from dossiers.wire.events import Activate, encode_event
from dossiers.wire.records import EVENTS, FORMAT, REFERENCE, TIMELINE_KEY, Activated, Timeline
from dossiers.wire.reference import (
    Reference,
    content_hash,
    decode_reference,
    encode_reference,
)
from dunghen.timeline.reference_topic import Stored, stored_line, write_timeline
from dunghen.timeline.topic_specs import topic_specs
from sources.ticks import last_ticks

Kind = Literal["live", "simulation", "replay"]


def ensure_topics(
    bootstrap: str,
    *,
    partitions: int,
    kind: Kind,
    source: str = "",
    label: str = "",
    reference: Reference,
    replication: int = 1,
    client: UserSettings = None,
    key_check: str = "",
) -> Timeline:
    """Create what is missing and return the timeline, an existing one or a new one.

    ``source`` names what the timeline may hold (a replay: the hash of its mapping), ``label`` is
    for people. Other reference data than the last time is written and activated: at first from the
    beginning of time, later from the data's now. What was loaded since then (``load_reference``)
    stays until it changes. ``key_check``: of the key of its hashes, which a timeline is given
    once. Raises UserError for a timeline of another kind, source, key or number of partitions.
    """
    admin = TopicAdmin(Kafka(bootstrap, client))
    specs = topic_specs(partitions, replication)
    existing = admin.existing()
    stored = (
        stored_line(bootstrap, client) if REFERENCE in existing else Stored(None, {}, "", False)
    )
    if stored.timeline is not None:
        _refuse_other(stored.timeline, kind, source, label, partitions)
        _refuse_other_key(stored.timeline, key_check)
    _refuse_foreign(specs, existing, stored.timeline)
    admin.create([spec for spec in specs if spec.name not in existing], replication)
    admin.correct_settings([spec for spec in specs if spec.name in existing])
    timeline = stored.timeline or Timeline(
        id=uuid.uuid4().hex,
        kind=kind,
        partitions=partitions,
        created_at=time.time_ns() // 1_000_000,
        source=source,
        label=label,
        format=FORMAT,
    )
    unkeyed = bool(key_check) and not timeline.key_check  # new, or of an older version
    if unkeyed:
        timeline = msgspec.structs.replace(timeline, key_check=key_check)
    digest = content_hash(reference)
    own = [each.hash for each in timeline.activations if not each.loaded]
    last = own[-1] if own else stored.newest
    if stored.timeline is None or not stored.activated or _is_other(last, reference, stored):
        since = 0 if not stored.newest else data_now(bootstrap, partitions, client)
        timeline = _activate(
            bootstrap, timeline, stored, reference, Activated(since, digest), client
        )
    elif unkeyed:
        write_timeline(bootstrap, timeline, client=client)
    return timeline


def give_key(bootstrap: str, key_check: str, *, client: UserSettings = None) -> Timeline:
    """Note the key of a timeline of an older version, which has none. Raises UserError."""
    stored = stored_line(bootstrap, client)
    if stored.timeline is None or not stored.activated:  # its record now would hide the latter
        raise UserError(
            f"Kafka at {bootstrap} has no timeline whose reference data count.",
            "Start the stack once with `dunghen up`.",
        )
    _refuse_other_key(stored.timeline, key_check)
    timeline = msgspec.structs.replace(stored.timeline, key_check=key_check)
    write_timeline(bootstrap, timeline, client=client)
    return timeline


def _is_other(last: str, reference: Reference, stored: Stored) -> bool:
    """Whether ``reference`` is other data than the ``last`` of the installation. If that was
    activated without the hashes of names, these alone put nothing over what was loaded since."""
    if last == content_hash(reference):
        return False
    plain = content_hash(msgspec.structs.replace(reference, hashed={}))
    return last != plain or stored.newest == plain


def load_reference(
    bootstrap: str, reference: Reference, since: int, *, client: UserSettings = None
) -> bool:
    """Write ``reference`` and activate it from ``since`` (ms) on; False if it counts then anyway.

    What an earlier call began and did not end is ended. Raises UserError.
    """
    stored = stored_line(bootstrap, client)
    if stored.timeline is None:
        raise UserError(f"Kafka at {bootstrap} has no timeline yet.", "Start the stack first.")
    digest = content_hash(reference)
    known = activations_of(stored.timeline, stored.newest)
    if stored.activated and hash_at([(a.since, a.hash) for a in known], since) == digest:
        return False
    activated = Activated(since, digest, loaded=True)
    _activate(bootstrap, stored.timeline, stored, reference, activated, client)
    return True


def activations_of(timeline: Timeline, newest: str) -> tuple[Activated, ...]:
    """A timeline that names none has only what was written first."""
    return timeline.activations or ((Activated(0, newest),) if newest else ())


def data_now(bootstrap: str, partitions: int, client: UserSettings = None) -> int:
    """The newest tick (ms) of any partition, 0 if there is none."""
    ticks = last_ticks(Kafka(bootstrap, client), partitions)
    return max((tick.now for tick in ticks if tick is not None), default=0)


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


_NAMES = {"live": "a live timeline", "simulation": "a simulation", "replay": "a replay"}


def _refuse_other(found: Timeline, kind: Kind, source: str, label: str, partitions: int) -> None:
    held = _NAMES[found.kind] + (f" ({found.label})" if found.label else "")
    asked = _NAMES[kind] + (f" ({label})" if label else "")
    elsewhere = "Use another state folder (--state DIR); this one stays as it is."
    if found.kind != kind:
        raise UserError(
            f"This state holds {held}, and {asked} cannot be mixed into it: "
            "a timeline has one present.",
            elsewhere,
        )
    if found.source != source:
        cause = (
            "its mapping was another, so its figures would not be comparable"
            if kind == "replay"
            else "it was made from another source"
        )
        raise UserError(f"This state holds {held}, and {asked} does not fit: {cause}.", elsewhere)
    if found.partitions != partitions:
        raise UserError(
            f"This state has {found.partitions} partitions and {partitions} are asked for; "
            "their number is fixed for a timeline.",
            f"Set kafka.partitions = {found.partitions}, or replay into another state folder.",
        )


def _refuse_other_key(found: Timeline, key_check: str) -> None:
    if found.key_check and key_check and found.key_check != key_check:
        raise UserError(
            f"Kafka's timeline {found.id} has another key for hashing than is given here.",
            "Put back the right one from a backup, or name its file with personal.hash_key_file.",
        )


def _refuse_foreign(
    specs: Iterable[TopicSpec], existing: Mapping[str, int], timeline: Timeline | None
) -> None:
    for spec in specs:
        count = existing.get(spec.name, spec.partitions)
        if count != spec.partitions:
            owner = "" if timeline else " and belongs to no timeline"
            raise UserError(
                f"Topic {spec.name} exists with {count} partitions instead of "
                f"{spec.partitions}{owner}.",
                "Delete it if nobody needs it, or use another Kafka or state folder.",
            )


def _activate(
    bootstrap: str, timeline: Timeline, stored: Stored, reference: Reference, what: Activated,
    client: UserSettings,
) -> Timeline:  # fmt: skip
    """Write ``reference`` and its activation; the timeline that now stands in the topic."""
    known = activations_of(timeline, stored.newest)
    if not stored.activated and known and known[-1].hash == what.hash:
        known, what = known[:-1], known[-1]  # that was begun before, and is ended now
    timeline = msgspec.structs.replace(timeline, activations=(*known, what))
    identity = msgspec.json.encode(timeline)
    with Writer(Kafka(bootstrap, client)) as writer:
        if stored.timeline is None:
            writer.send(REFERENCE, 0, TIMELINE_KEY, identity)
        writer.send(REFERENCE, 0, what.hash.encode(), encode_reference(reference))
        activation = encode_event(Activate(hash=what.hash, since=what.since))
        for partition in range(timeline.partitions):
            writer.send(EVENTS, partition, None, activation)
        writer.send(REFERENCE, 0, TIMELINE_KEY, identity)
    return timeline
