"""The limit: confluent-kafka, msgspec and a dict, and nothing that an engine would add.

No rebalance, no recovery, no fencing: what is left is the price of moving the records.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks import small_job
from benchmarks.contract import CONSUMER, PRODUCER, Engine, Job

BATCH = 500


class Limit(Engine):
    label = "limit: confluent-kafka + msgspec + dict"
    environment = "product"

    def run(self, job: Job) -> None:
        from confluent_kafka import Consumer, Producer, TopicPartition  # noqa: PLC0415

        consumer = Consumer(
            {
                **CONSUMER,
                "bootstrap.servers": job.bootstrap,
                "group.id": job.name,
                "enable.auto.commit": False,
            }
        )
        consumer.assign([TopicPartition(job.events, p, 0) for p in range(job.partitions)])
        producer = Producer({**PRODUCER, "bootstrap.servers": job.bootstrap})
        states: dict[bytes, small_job.State] = {}
        tallies = [small_job.Tallies(p) for p in range(job.partitions)]
        positions = dict.fromkeys(range(job.partitions), 0)
        produce, encode, decode = producer.produce, small_job.encode, small_job.decode_event
        fold, changelog, out = small_job.fold, self.changelog(job), job.tallies
        committed = time.monotonic()
        while True:
            messages: list[Any] = consumer.consume(BATCH, 0.05)
            for message in messages:
                key, partition = message.key(), message.partition()
                state = states.get(key)
                was_open = None if state is None else state.open
                state = states[key] = fold(state, decode(message.value()))
                unit, tally = tallies[partition].move(was_open, state)
                produce(changelog, encode(state), key, partition)
                produce(out, encode(tally), unit)
                positions[partition] = message.offset() + 1
            producer.poll(0)
            if time.monotonic() - committed > job.commit_ms / 1_000:
                producer.flush()
                consumer.commit(
                    offsets=[TopicPartition(job.events, p, at) for p, at in positions.items()],
                    asynchronous=False,
                )
                committed = time.monotonic()


ENGINE = Limit()
