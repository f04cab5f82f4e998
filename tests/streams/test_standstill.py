"""A worker that gets nothing of a log that grows ends; one that has nothing to do goes on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable, Mapping

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams.liveness import EXIT_STUCK
from streams.standstill import Standstill, watch
from tests.streams.line import Line, story

LIMIT = 60.0


def found(*looks: tuple[float, int, int]) -> str | None:
    """What the last look finds; looks are (time, next offset, end of the log)."""
    standstill = Standstill(LIMIT)
    what = None
    for now, position, end in looks:
        asked = standstill.suspects(now, {3: position})
        what = standstill.stuck(now, {3: end}) if asked else None
    return what


def test_a_log_that_grows_unheard_is_told_with_its_place() -> None:
    what = found((0, 10, 11), (20, 10, 30), (40, 10, 50), (61, 10, 70))
    assert what is not None
    assert all(part in what for part in ("partition 3", "offset 10", " 70"))


@pytest.mark.parametrize(
    "looks",
    [
        ((0, 10, 10), (30, 10, 10), (600, 10, 10)),  # nothing to read
        ((0, 10, 11), (30, 10, 11), (600, 10, 11)),  # a marker that is given to nobody
        ((0, 10, 20), (30, 10, 20), (61, 11, 40)),  # slow, but it moves
        ((0, 10, 20), (59, 10, 40), (60, 10, 60)),  # not long enough yet
        ((0, 10, 20), (600, 10, 60)),  # asleep itself: one look tells no growth
    ],
)
def test_others_are_let_be(looks: tuple[tuple[float, int, int], ...]) -> None:
    assert found(*looks) is None


@pytest.mark.asyncio
async def test_while_kafka_is_away_nobody_is_blamed() -> None:
    asked = 0
    ended: list[str] = []

    async def ends(partitions: Iterable[int]) -> Mapping[int, int]:
        nonlocal asked
        asked += 1
        if asked <= 5:
            raise KafkaException(KafkaError(KafkaError._TRANSPORT))
        return dict.fromkeys(partitions, 100 + asked)

    def end(what: str) -> None:
        ended.append(what)

    await asyncio.wait_for(watch(0.1, lambda: {0: 1}, ends, end), 30)
    assert asked > 5 + 1
    assert len(ended) == 1


def test_a_worker_whose_client_goes_deaf_ends_and_the_next_one_goes_on(line: Line) -> None:
    events = story(5)
    worker = line.worker(module="deaf_worker", take_over_timeout=3.0)
    line.publish(events, 40)
    line.wait_folded(worker, 40)
    worker.send_signal(signal.SIGUSR1)
    while worker.poll() is None:  # bounded by the test's time limit
        line.publish(events, 10)
    assert worker.returncode == EXIT_STUCK
    assert "nothing of it came" in line.log()
    line.wait_folded(line.worker(), 40)
