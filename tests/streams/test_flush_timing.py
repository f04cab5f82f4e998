"""When changed tallies go out, by a clock that the tests turn."""

from __future__ import annotations

import pytest

from streams.agents.flush_timing import BEHIND_FLUSH_SECONDS, FLUSH_SECONDS, FlushTimer
from tests.streams.clock import HandClock

LITTLE = 0.001


class Flushes:
    """A timer, and what it flushed when. ``cost``: seconds that one flush takes."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.began = self.clock.now
        self.cost = 0.0
        self.flushed: list[tuple[float, list[int]]] = []
        self.timer = FlushTimer(self.clock, self._flush)

    def _flush(self, partitions: list[int]) -> None:
        self.flushed.append((round(self.clock.now - self.began, 6), sorted(partitions)))
        self.clock.now += self.cost

    def request(self, partition: int, *, behind: bool = False) -> None:
        self.timer.request(partition, behind=behind)


@pytest.fixture
def flushes() -> Flushes:
    return Flushes()


def test_the_first_change_goes_out_at_once(flushes: Flushes) -> None:
    flushes.request(0)
    flushes.clock.turn(0)
    assert flushes.flushed == [(0.0, [0])]
    flushes.clock.turn(10)
    assert len(flushes.flushed) == 1, "nothing has changed since"


def test_many_changes_go_out_once_a_pause(flushes: Flushes) -> None:
    for _ in range(100):
        flushes.request(0)
        flushes.clock.turn(LITTLE)
    flushes.clock.turn(1)
    assert [at for at, _ in flushes.flushed] == [n * FLUSH_SECONDS for n in range(6)]


def test_a_partition_that_is_behind_waits_longer(flushes: Flushes) -> None:
    flushes.request(0, behind=True)
    flushes.clock.turn(LITTLE)
    flushes.request(0, behind=True)
    flushes.clock.turn(10)
    assert [at for at, _ in flushes.flushed] == [0.0, BEHIND_FLUSH_SECONDS]


def test_one_that_has_caught_up_waits_no_longer(flushes: Flushes) -> None:
    flushes.request(0, behind=True)
    flushes.clock.turn(LITTLE)
    flushes.request(0, behind=True)
    flushes.clock.turn(FLUSH_SECONDS)
    flushes.request(0)
    flushes.clock.turn(0)
    assert len(flushes.flushed) == 2
    flushes.clock.turn(10)
    assert len(flushes.flushed) == 2, "the later time is forgotten"


def test_partitions_that_are_nearly_due_go_out_together(flushes: Flushes) -> None:
    for partition in (0, 1):
        flushes.request(partition)
        flushes.clock.turn(0.005)
    for partition in (0, 1):
        flushes.request(partition)
    flushes.clock.turn(10)
    assert flushes.flushed[2:] == [(FLUSH_SECONDS, [0, 1])]


def test_the_others_keep_their_own_time(flushes: Flushes) -> None:
    flushes.request(0)
    flushes.clock.turn(0)
    flushes.request(1, behind=True)
    flushes.clock.turn(0)
    flushes.request(0)
    flushes.request(1, behind=True)
    flushes.clock.turn(10)
    assert flushes.flushed[2:] == [(FLUSH_SECONDS, [0]), (BEHIND_FLUSH_SECONDS, [1])]


def test_a_busy_machine_pauses_for_five_times_what_a_flush_takes(flushes: Flushes) -> None:
    flushes.cost = 0.05
    flushes.request(0)
    flushes.clock.turn(0)
    flushes.request(0)
    flushes.clock.turn(10)
    assert [at for at, _ in flushes.flushed] == [0.0, 5 * 0.05]


def test_no_pause_is_longer_than_that_of_one_that_is_behind(flushes: Flushes) -> None:
    flushes.cost = 3.0
    flushes.request(0)
    flushes.clock.turn(0)
    flushes.cost = 0.0
    flushes.request(0)
    flushes.clock.turn(10)
    assert [at for at, _ in flushes.flushed] == [0.0, 3.0], "its flush took longer than the pause"
    flushes.request(0)
    flushes.clock.turn(10)
    assert len(flushes.flushed) == 3


def test_what_is_forgotten_is_not_flushed(flushes: Flushes) -> None:
    flushes.request(0)
    flushes.clock.turn(0)
    flushes.request(0)
    flushes.timer.clear()
    assert not flushes.clock.calls
    flushes.request(0)
    flushes.clock.turn(0)
    assert flushes.flushed == [(0.0, [0]), (0.0, [0])], "its next owner waits for nothing"
