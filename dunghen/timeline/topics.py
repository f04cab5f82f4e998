"""The topics of a timeline, and its identity: made if they are missing, checked if they are there.

``ensure_topics`` may be interrupted anywhere and run again.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping

import msgspec

from broker.kafka import Kafka
from broker.settings import UserSettings
from broker.topics import TopicAdmin, TopicSpec
from dossiers.errors import UserError
from dossiers.wire.records import FORMAT
from dossiers.wire.reference import Reference, content_hash
from dossiers.wire.timeline import Activated, Timeline
from dossiers.wire.topics import REFERENCE
from dunghen.settings.installation import Kind
from dunghen.timeline.activation import activate
from dunghen.timeline.reading import data_now
from dunghen.timeline.reference_topic import Stored, stored_line, write_timeline
from dunghen.timeline.topic_specs import topic_specs


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
    specs = topic_specs(partitions, replication)
    admin = TopicAdmin(Kafka(bootstrap, client))
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
    timeline = stored.timeline or _new_timeline(kind, partitions, source, label)
    return _with_reference(bootstrap, client, stored, timeline, reference, key_check)


def add_missing_topics(
    bootstrap: str, timeline: Timeline, replication: int, client: UserSettings = None
) -> None:
    """Make those that this version has and the one lacked that made the timeline."""
    admin = TopicAdmin(Kafka(bootstrap, client))
    existing = admin.existing()
    specs = topic_specs(timeline.partitions, replication)
    admin.create([spec for spec in specs if spec.name not in existing], replication)


def _new_timeline(kind: Kind, partitions: int, source: str, label: str) -> Timeline:
    return Timeline(
        id=uuid.uuid4().hex,
        kind=kind,
        partitions=partitions,
        created_at=time.time_ns() // 1_000_000,
        source=source,
        label=label,
        format=FORMAT,
    )


def _with_reference(
    bootstrap: str,
    client: UserSettings,
    stored: Stored,
    timeline: Timeline,
    reference: Reference,
    key_check: str,
) -> Timeline:
    """``timeline`` as it stands in its topic then: with its key, and ``reference`` in force."""
    unkeyed = bool(key_check) and not timeline.key_check  # new, or of an older version
    if unkeyed:
        timeline = msgspec.structs.replace(timeline, key_check=key_check)
    own = [each.hash for each in timeline.activations if not each.loaded]
    last = own[-1] if own else stored.newest
    if stored.timeline is None or not stored.activated or _is_other(last, reference, stored):
        since = 0 if not stored.newest else data_now(bootstrap, timeline.partitions, client)
        what = Activated(since, content_hash(reference))
        return activate(bootstrap, timeline, stored, reference, what, client)
    if unkeyed:
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
