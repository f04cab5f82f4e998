"""What the worker's topics should have in the end: the same records, folded in this process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from broker.partitioner import partition_of
from dossiers.wire import keys, topics
from dossiers.wire.alerts import SCOPE_KINDS, Alert
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference
from dossiers.wire.tallies import PartialTally
from streams.kafka_record import KafkaRecord
from streams.partition.engine import PartitionEngine


@dataclass
class Figures:
    """What stands in the topics, without the epochs, which differ from owner to owner."""

    states: dict[str, DossierRecord] = field(default_factory=dict)
    alerts: dict[int, list[Alert]] = field(default_factory=lambda: defaultdict(list))
    dead_letters: list[DeadLetter] = field(default_factory=list)
    tallies: dict[str, tuple[int, ...]] = field(default_factory=dict)
    backlogs: dict[str, list[Alert]] = field(default_factory=lambda: defaultdict(list))  # by unit

    def add(self, topic: str, key: bytes | None, value: bytes | None, partition: int) -> None:
        """Take one record of topic dossiers, alerts or dead-letters."""
        assert value is not None
        if topic == topics.DOSSIERS and key != keys.POSITION_KEY:
            state = msgspec.json.decode(value, type=DossierRecord)
            self.states[state.dossier_id] = msgspec.structs.replace(state, epoch=0)
        elif topic == topics.ALERTS:
            alert = msgspec.json.decode(value, type=Alert)
            if alert.kind == "unit_backlog":
                self.backlogs[alert.unit].append(alert)
            elif alert.kind not in SCOPE_KINDS:
                self.alerts[partition].append(alert)
        elif topic == topics.DEAD_LETTERS:
            self.dead_letters.append(msgspec.json.decode(value, type=DeadLetter))

    def sort(self) -> None:
        """Dead letters lie in one partition, in no order between source partitions."""
        self.dead_letters.sort(key=lambda letter: (letter.partition, letter.offset))


def recount(
    timeline: str, logs: Mapping[int, list[KafkaRecord]], reference_of: Callable[[str], Reference]
) -> Figures:
    """``logs``, by partition, through engines of one owner each, without a broker."""
    figures, partitions = Figures(), len(logs)
    vectors: dict[tuple[str, int], tuple[int, ...]] = {}
    for partition, log in sorted(logs.items()):
        engine = PartitionEngine(
            timeline, partition, reference_of, lambda scope: partition_of(scope, partitions),
            partitions,
        )  # fmt: skip
        engine.restore([])
        for record in log:
            for topic, _, key, value in engine.process([record]):
                if topic == topics.PARTIALS:
                    partial = msgspec.json.decode(value or b"", type=PartialTally)
                    vectors[partial.scope, partial.partition] = partial.vector
                else:
                    figures.add(topic, key, value, partition)
    for (scope, _), vector in vectors.items():
        if scope != keys.CLOCK_SCOPE:
            known = figures.tallies.get(scope, (0,) * len(vector))
            figures.tallies[scope] = tuple(map(sum, zip(known, vector, strict=True)))
    figures.sort()
    return figures
