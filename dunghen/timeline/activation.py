"""Reference data written and activated.

Its writes stand in this order in topic ``reference``: timeline, reference data, timeline again.
Between the last two, every partition of ``dossier-events`` gets its ``activate`` record; so
reference data that comes after the newest timeline record has not been activated everywhere yet,
and the next run repeats it (twice is harmless). No transaction is used: its markers would take
offsets in ``dossier-events``, where readers expect every offset to be a record.
"""

from __future__ import annotations

import msgspec

from broker.kafka import Kafka
from broker.producing import Writer
from broker.settings import UserSettings
from dossiers.errors import UserError
from dossiers.reference.in_force import hash_at
from dossiers.wire.events import Activate, encode_event
from dossiers.wire.keys import TIMELINE_KEY
from dossiers.wire.reference import Reference, content_hash, encode_reference
from dossiers.wire.timeline import Activated, Timeline
from dossiers.wire.topics import EVENTS, REFERENCE
from dunghen.timeline.reading import activations_of
from dunghen.timeline.reference_topic import Stored, stored_line


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
    activate(bootstrap, stored.timeline, stored, reference, activated, client)
    return True


def activate(
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
