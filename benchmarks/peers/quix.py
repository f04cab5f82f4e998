"""Quix Streams: state in its own store with its own changelog, output through ``to_topic``."""

from __future__ import annotations

from typing import Any

import msgspec

from benchmarks import small_job
from benchmarks.contract import CONSUMER, PRODUCER, Engine, Job


class Quix(Engine):
    label = "Quix Streams"

    def changelog(self, job: Job) -> str:
        return f"changelog__{job.name}--{job.events}--default"

    def run(self, job: Job) -> None:
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
        source = app.topic(job.events, value_deserializer="bytes", key_deserializer="bytes")
        out = app.topic(job.tallies, value_serializer=Last(), key_serializer="bytes")
        tallies = [small_job.Tallies(p) for p in range(job.partitions)]
        fold, encode = small_job.fold, small_job.encode
        decode_event, decode_state = small_job.decode_event, small_job.decode_state

        def apply(value: bytes, state: Any) -> tuple[bytes, bytes]:
            event = decode_event(value)
            stored = state.get_bytes("s")
            before = None if stored is None else decode_state(stored)
            was_open = None if before is None else before.open
            after = fold(before, event)
            state.set_bytes("s", encode(after))
            unit, tally = tallies[message_context().partition].move(was_open, after)
            return unit, encode(tally)

        frame = app.dataframe(source).apply(apply, stateful=True)
        frame.to_topic(out, key=lambda output: output[0])
        app.run()

    def state(self, key: bytes, value: bytes) -> tuple[str, small_job.State] | None:
        # Store keys are the message key, a separator and the JSON of the name in the state.
        dossier = key.split(b"|", 1)[0].decode()
        try:
            return dossier, small_job.decode_state(value)
        except msgspec.DecodeError:
            return None


ENGINE = Quix()
