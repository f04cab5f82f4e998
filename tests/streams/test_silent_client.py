"""A worker whose Kafka client falls silent ends, and the next one goes on."""

from __future__ import annotations

import signal

from streams.liveness import EXIT_STUCK
from tests.streams.line import Line
from tests.streams.story import story


def test_a_worker_whose_client_goes_deaf_ends_and_the_next_one_goes_on(line: Line) -> None:
    events = story(5)
    worker = line.worker(module="deaf_worker", take_over_timeout=3.0)
    line.publish(events, 40)
    line.wait_folded(worker, 40)
    worker.send_signal(signal.SIGUSR1)
    line.publish(events, 10)  # and then nothing more
    assert worker.wait(120) == EXIT_STUCK
    assert "nothing of it came" in line.log()
    line.wait_folded(line.worker(), 40)
