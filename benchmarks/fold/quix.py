"""The fold inside Quix Streams.

Quix hands over one record at a time; the fold is made for batches, so they are collected here to
the size that the other hosts use. A real application could not: Quix commits what is still
collected. The partition of an output is Quix's to choose, by its key.
"""

from __future__ import annotations

from typing import Any

from benchmarks.contract import CONSUMER, PRODUCER
from benchmarks.fold import BATCH, FoldJob, Record, engines
from broker.partitioner import partition_of
from dossiers.wire.events import Tick, encode_event
from dossiers.wire.topics import ALERTS, DEAD_LETTERS, DOSSIERS, EVENTS, PARTIALS, TRAITS

Output = tuple[str, bytes, bytes | None]


class Quix:
    label = "Quix Streams"
    environment = "peers"

    def run(self, job: FoldJob) -> None:
        from quixstreams import Application, message_context  # noqa: PLC0415

        from benchmarks.quix_output import Last  # noqa: PLC0415

        app = Application(
            broker_address=job.bootstrap,
            consumer_group=job.name,
            auto_offset_reset="earliest",
            commit_interval=job.commit_ms / 1_000,
            state_dir=job.folder,
            loglevel="WARNING",
            auto_create_topics=False,
            consumer_extra_config={k: v for k, v in CONSUMER.items() if k != "auto.offset.reset"},
            producer_extra_config={k: v for k, v in PRODUCER.items() if k != "partitioner"},
        )
        source = app.topic(EVENTS, value_deserializer="bytes", key_deserializer="bytes")
        topics = {
            name: app.topic(name, value_serializer=Last(), key_serializer="bytes")
            for name in (DOSSIERS, PARTIALS, ALERTS, TRAITS, DEAD_LETTERS)
        }
        folds = engines(job, partition_of)
        batches: list[list[Record]] = [[] for _ in folds]
        last = encode_event(Tick(now=job.end))

        def apply(value: bytes, key: Any, _timestamp: int, _headers: Any) -> list[Output]:
            context = message_context()
            batch = batches[context.partition]
            batch.append((context.offset, key, value))
            if len(batch) < BATCH and value != last:
                return []
            outputs = folds[context.partition].process(batch)
            batch.clear()
            return [(output.topic, output.key, output.value) for output in outputs]

        frame = app.dataframe(source).apply(apply, expand=True, metadata=True)
        frame.to_topic(lambda output, *_: topics[output[0]], key=lambda output: output[1])
        app.run()


HOST = Quix()
