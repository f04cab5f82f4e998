"""Bytewax: stateful_map by dossier, states and tallies out through its Kafka sink.

It has no changelog of its own in Kafka and its own recovery store is off, so that it does no more
than the others: each new state is sent to a changelog topic like any output.
"""

from __future__ import annotations

from typing import Any

from benchmarks import small_job
from benchmarks.contract import CONSUMER, PRODUCER, Engine, Job


class Bytewax(Engine):
    label = "Bytewax"

    def run(self, job: Job) -> None:
        import bytewax.operators as op  # noqa: PLC0415
        from bytewax.connectors.kafka import (  # noqa: PLC0415
            KafkaSink,
            KafkaSinkMessage,
            KafkaSource,
        )
        from bytewax.dataflow import Dataflow  # noqa: PLC0415
        from bytewax.run import cli_main  # noqa: PLC0415

        changelog, out = self.changelog(job), job.tallies
        tallies = [small_job.Tallies(p) for p in range(job.partitions)]
        fold, encode, decode = small_job.fold, small_job.encode, small_job.decode_event

        def keyed(batch: list[Any]) -> list[tuple[str, Any]]:
            return [(message.key.decode(), message) for message in batch]

        def apply(state: small_job.State | None, message: Any) -> tuple[small_job.State, list[Any]]:
            was_open = None if state is None else state.open
            state = fold(state, decode(message.value))
            unit, tally = tallies[message.partition].move(was_open, state)
            return state, [
                KafkaSinkMessage(message.key, encode(state), changelog),
                KafkaSinkMessage(unit, encode(tally), out),
            ]

        def values(batch: list[tuple[str, Any]]) -> list[Any]:
            return [message for _, message in batch]

        flow = Dataflow("small_job")
        source = KafkaSource(
            [job.bootstrap],
            [job.events],
            add_config={k: v for k, v in CONSUMER.items() if k != "auto.offset.reset"},
            batch_size=1_000,
        )
        stream = op.input("events", flow, source)
        by_dossier = op.flat_map_batch("key", stream, keyed)
        folded = op.stateful_flat_map("fold", by_dossier, apply)
        messages = op.flat_map_batch("values", folded, values)
        op.output("out", messages, KafkaSink([job.bootstrap], None, add_config=dict(PRODUCER)))
        cli_main(flow)


ENGINE = Bytewax()
