"""``dunghen topics``: create the topics of a live timeline, or show what there is."""

from __future__ import annotations

import msgspec

from dunghen.reference.live import live_material
from dunghen.settings.installation import Installation
from dunghen.terminal.masking import masked
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.timeline.hash_key import prepared_key
from dunghen.timeline.hashed_names import with_names
from dunghen.timeline.reading import read_timeline
from dunghen.timeline.topics import ensure_topics, give_key


def topics(state: StateOption = None, json_: JsonOption = False) -> None:
    """Create the topics if they are missing, and show the timeline.

    A stack of `up`, `demo` or `replay` does this by itself; on a Kafka of your own run it once.
    """
    installation = Installation.find(state)
    bootstrap = installation.endpoints().kafka
    timeline = read_timeline(bootstrap, client=installation.client)
    if timeline is None:
        key = prepared_key(installation, None)
        material = live_material(installation.settings)
        timeline = ensure_topics(
            bootstrap,
            partitions=installation.settings.kafka.partitions,
            kind="live",
            source=material.source,
            label=material.label,
            reference=with_names(material.reference, key),
            replication=installation.settings.kafka.replication,
            client=installation.client,
            key_check=key.check,
        )
    elif timeline.kind == "live":
        key = prepared_key(installation, timeline)
        if not timeline.key_check:
            timeline = give_key(bootstrap, key.check, client=installation.client)
    if json_:
        print(msgspec.json.encode(timeline).decode())
        return
    label = f" ({timeline.label})" if timeline.label else ""
    print(f"Kafka {masked(bootstrap)}: timeline {timeline.id}, {timeline.kind}{label}")
    print(f"{timeline.partitions} partitions; topics and their settings are in place")
