"""A slow store makes the sink wait, not grow: what it has not taken stays in Kafka."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dossiers.wire.topics import EVENTS
from tests.sinks.topics import PATIENCE_S, make_topics, progressed
from tests.support.kafka import TestKafka

MIB = 1 << 20
WAITING = 120  # MiB that nobody takes
BOUND = 16 + 24  # MiB: the consumer's queue, and room for what an allocator does


@pytest.mark.timeout(300)
def test_a_stuck_store_bounds_what_the_sink_holds(kafka: TestKafka) -> None:
    topics = make_topics(kafka)
    topics.events([progressed(1)])
    with subprocess.Popen(
        [sys.executable, "-m", "tests.sinks.stuck_sink", kafka.bootstrap, topics.timeline],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as sink:
        assert sink.stdin is not None
        assert sink.stdout is not None
        before = int(sink.stdout.readline())
        producer = topics.producer()
        large = b"x" * 500_000
        for number in range(WAITING * MIB // len(large)):
            producer.produce(EVENTS, large, b"key", number % 2)
            producer.poll(0)
        assert producer.flush(PATIENCE_S) == 0
        # Who is not held up has read all of it by now, so the sink could have, too.
        read = sum(len(message.value() or b"") for message in kafka.read_all(EVENTS))
        assert read > (WAITING - 1) * MIB
        sink.stdin.write("\n")
        sink.stdin.flush()
        grown = int(sink.stdout.readline()) - before
        sink.kill()
    assert grown < BOUND * MIB
