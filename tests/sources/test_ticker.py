"""The live clock: one tick a second, no jumps, and where it goes on after a stop."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest

from broker.errors import BrokerAway
from broker.kafka import Kafka
from dossiers.wire.events import Tick, decode_event
from sources.ticker import Clock, ClockJump, Ticker
from sources.ticks import LastTick, last_ticks
from tests.sources.conftest import Topics
from tests.sources.test_publisher import progressed

NOON = 1_790_000_000_000


@dataclass
class FakeTime:
    wall: int = NOON
    steady: int = 5_000_000
    boot: str = "boot-1"

    def clock(self) -> Clock:
        return Clock(lambda: self.wall, lambda: self.steady, lambda: self.boot)

    def pass_(self, ms: int) -> None:
        self.wall += ms
        self.steady += ms


@dataclass
class Sent:
    """Stands in for a publisher."""

    ticks: list[int] = field(default_factory=list)
    headers: list[dict[str, bytes]] = field(default_factory=list)
    flushed: bool = False
    on_tick: threading.Event = field(default_factory=threading.Event)

    def tick(self, now: int, headers: list[tuple[str, bytes]]) -> None:
        self.ticks.append(now)
        self.headers.append(dict(headers))
        self.on_tick.set()

    def flush(self) -> None:
        self.flushed = True


def ticker(time: FakeTime, sent: Sent, *last: LastTick | None, accept: bool = False) -> Ticker:
    return Ticker(sent, list(last), clock=time.clock(), accept_clock=accept)  # type: ignore[arg-type]


def test_ticks_the_time_it_is() -> None:
    time, sent = FakeTime(), Sent()
    clock = ticker(time, sent)
    for _ in range(3):
        clock.tick_once()
        time.pass_(1_000)
    assert sent.ticks == [NOON, NOON + 1_000, NOON + 2_000]
    assert sent.headers[0] == {"boot": b"boot-1", "uptime": b"5000000"}


@pytest.mark.parametrize(("jump", "way"), [(61_000, "ahead by 61"), (-61_000, "back by 61")])
def test_refuses_a_jump_while_running(jump: int, way: str) -> None:
    time, sent = FakeTime(), Sent()
    clock = ticker(time, sent)
    clock.tick_once()
    time.pass_(1_000)
    time.wall += jump
    with pytest.raises(ClockJump, match=f"set {way} s.*--accept-clock"):
        clock.tick_once()
    assert sent.ticks == [NOON]
    time.wall -= jump
    assert clock.tick_once() == NOON + 1_000


def test_takes_a_small_correction() -> None:
    time, sent = FakeTime(), Sent()
    clock = ticker(time, sent)
    clock.tick_once()
    time.pass_(1_000)
    time.wall -= 59_000
    assert clock.tick_once() == NOON - 58_000


def test_a_jump_while_the_ticker_was_down_is_refused_on_the_same_boot() -> None:
    time, sent = FakeTime(), Sent()
    last = LastTick(NOON, "boot-1", time.steady)
    time.pass_(30_000)
    time.wall += 86_400_000
    with pytest.raises(ClockJump):
        ticker(time, sent, last).tick_once()
    assert ticker(time, sent, last, accept=True).tick_once() == time.wall


def test_a_pause_is_closed_minute_by_minute() -> None:
    time, sent = FakeTime(), Sent()
    last = LastTick(NOON, "boot-1", time.steady)
    time.pass_(150_000)
    ticker(time, sent, LastTick(NOON - 5_000), last, None).tick_once()
    assert sent.ticks == [NOON + 60_000, NOON + 120_000, NOON + 150_000]
    # A crash in the middle of catching up must not look like a jump afterwards.
    assert [int(h["uptime"]) for h in sent.headers] == [5_060_000, 5_120_000, 5_150_000]


def test_a_long_pause_is_closed_in_bounded_steps() -> None:
    time, sent = FakeTime(), Sent()
    last = LastTick(NOON, "boot-1", time.steady)
    time.pass_(365 * 86_400_000)
    ticker(time, sent, last).tick_once()
    assert len(sent.ticks) <= 10_001
    assert sent.ticks[-1] == time.wall


def test_after_a_reboot_only_a_clock_before_the_last_tick_is_wrong() -> None:
    time, sent = FakeTime(boot="boot-2", steady=1_000), Sent()
    assert ticker(time, sent, LastTick(NOON - 3_600_000, "boot-1", 9)).tick_once() == NOON
    with pytest.raises(ClockJump, match="set back by 3600 s"):
        ticker(time, sent, LastTick(NOON + 3_600_000, "boot-1", 9)).tick_once()


def test_runs_until_stopped() -> None:
    sent, stop = Sent(), threading.Event()
    clock = Ticker(sent, [], interval=0.01)  # type: ignore[arg-type]
    thread = threading.Thread(target=clock.run, args=(stop,))
    thread.start()
    assert sent.on_tick.wait(10)
    stop.set()
    thread.join(10)
    assert sent.flushed
    assert sent.ticks == sorted(sent.ticks)


def test_finds_the_last_tick_of_each_partition(topics: Topics) -> None:
    time, now = FakeTime(), 1_700_000_000_000
    with topics.publisher() as publisher:
        Ticker(publisher, [], clock=time.clock()).tick_once()
        publisher.tick(now, (1,))
        partition = publisher.partition_of("many")
        for seq in range(1_000):  # more than the first look takes in
            publisher.publish(progressed("many", seq=seq))
    assert len(topics.events()) == topics.partitions + 1 + 1_000
    found = topics.last_ticks()
    expected = [LastTick(NOON, "boot-1", 5_000_000)] * topics.partitions
    expected[1] = LastTick(now)
    assert found == expected
    assert partition in range(topics.partitions)


def test_a_partition_without_ticks_has_no_last_one(topics: Topics) -> None:
    assert topics.last_ticks() == [None] * topics.partitions
    with pytest.raises(BrokerAway, match="dunghen up"):
        last_ticks(Kafka("127.0.0.1:1"), 1, timeout=0.3)


def test_ticks_live_in_every_partition(topics: Topics) -> None:
    with topics.publisher() as publisher:
        Ticker(publisher, topics.last_ticks()).tick_once()
    events = [decode_event(message.value() or b"") for message in topics.events()]
    assert len({e.now for e in events if isinstance(e, Tick)}) == 1
    assert len(events) == topics.partitions
