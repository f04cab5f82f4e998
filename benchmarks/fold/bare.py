"""The fold in a bare confluent-kafka loop: the price of the fold itself and of its records."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.contract import CONSUMER, PRODUCER
from benchmarks.fold import BATCH, FoldJob, Record, engines, process
from broker.partitioner import partition_of
from dossiers.wire.topics import EVENTS


class Bare:
    label = "limit: bare confluent-kafka loop"
    environment = "product"

    def run(self, job: FoldJob) -> None:
        from confluent_kafka import Consumer, Producer, TopicPartition  # noqa: PLC0415

        consumer = Consumer(
            {
                **CONSUMER,
                "bootstrap.servers": job.bootstrap,
                "group.id": job.name,
                "enable.auto.commit": False,
            }
        )
        consumer.assign([TopicPartition(EVENTS, p, 0) for p in range(job.partitions)])
        producer = Producer({**PRODUCER, "bootstrap.servers": job.bootstrap})
        folds = engines(job, partition_of)
        committed = time.monotonic()
        while True:
            batches: list[list[Record]] = [[] for _ in folds]
            messages: list[Any] = consumer.consume(BATCH * job.partitions, 0.05)
            for message in messages:
                record = (message.offset(), message.key(), message.value())
                batches[message.partition()].append(record)
            for fold, batch in zip(folds, batches, strict=True):
                for topic, target, key, value in process(fold, batch):
                    if target is None:
                        producer.produce(topic, value, key)
                    else:
                        producer.produce(topic, value, key, target)
            producer.poll(0)
            if time.monotonic() - committed > job.commit_ms / 1_000:
                for fold in folds:
                    topic, target, key, value = fold.position()
                    producer.produce(topic, value, key, fold.state.partition)
                producer.flush()
                committed = time.monotonic()


HOST = Bare()
