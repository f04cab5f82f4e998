"""The fold inside Bytewax, which hands over batches by itself, of several partitions at a time.

The partition of an output is its sink's to choose, by the key.
"""

from __future__ import annotations

from typing import Any

from benchmarks.contract import CONSUMER, PRODUCER
from benchmarks.fold import BATCH, FoldJob, Record, engines, process
from broker.partitioner import partition_of
from dossiers.wire.topics import EVENTS


class Bytewax:
    label = "Bytewax"
    environment = "peers"

    def run(self, job: FoldJob) -> None:
        import bytewax.operators as op  # noqa: PLC0415
        from bytewax.connectors.kafka import (  # noqa: PLC0415
            KafkaSink,
            KafkaSinkMessage,
            KafkaSource,
        )
        from bytewax.dataflow import Dataflow  # noqa: PLC0415
        from bytewax.run import cli_main  # noqa: PLC0415

        folds = engines(job, partition_of)

        def apply(batch: list[Any]) -> list[Any]:
            parts: dict[int, list[Record]] = {}
            for message in batch:
                record = (message.offset, message.key, message.value)
                parts.setdefault(message.partition, []).append(record)
            return [
                KafkaSinkMessage(output.key, output.value, output.topic)
                for partition, records in parts.items()
                for output in process(folds[partition], records)
            ]

        flow = Dataflow("fold")
        source = KafkaSource(
            [job.bootstrap],
            [EVENTS],
            add_config={k: v for k, v in CONSUMER.items() if k != "auto.offset.reset"},
            batch_size=BATCH,
        )
        folded = op.flat_map_batch("fold", op.input("events", flow, source), apply)
        op.output("out", folded, KafkaSink([job.bootstrap], None, add_config=dict(PRODUCER)))
        cli_main(flow)


HOST = Bytewax()
