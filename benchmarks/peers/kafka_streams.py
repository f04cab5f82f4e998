"""Kafka Streams: one thread, in-memory store with its changelog (benchmarks/kafka_streams)."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.contract import Engine, Job


class KafkaStreams(Engine):
    label = "Kafka Streams 4.2.1"
    environment = "product"
    store = "memory"
    share = 2.5  # the JVM compiles the hot code first

    def changelog(self, job: Job) -> str:
        return f"{job.name}-dossiers-changelog"

    def run(self, job: Job) -> None:
        from benchmarks.kafka_streams.build import build  # noqa: PLC0415

        command = build(Path(job.folder) / "classes")
        folder = str(Path(job.folder) / "state")
        arguments = [job.name, job.bootstrap, job.events, job.tallies, folder]
        # The same process goes on as the JVM: what ties it to its parent stays.
        os.execv(command[0], [*command, *arguments, str(job.commit_ms), self.store])  # noqa: S606


ENGINE = KafkaStreams()
