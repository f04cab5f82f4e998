"""Replays: order, ticks of the log's own time, pace, and repetition."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.partitioner import partition_of
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import AnyEvent, Tick, decode_event
from sources.importer.log import ImportedLog, import_log
from sources.replay import replay
from tests.sources.conftest import Topics
from tests.sources.logs import NOW, mapping, row, write_csv

MINUTE = 60_000


@dataclass
class Recorder:
    """Stands in for a publisher: everything sent, by partition."""

    partitions: int = 3
    sent: dict[int, list[AnyEvent]] = field(default_factory=dict)
    flushed: int = 0
    stop_after: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    count: int = 0

    def publish_raw(self, key: bytes, value: bytes) -> None:
        partition = self.partition_of(key.decode())
        self.sent.setdefault(partition, []).append(decode_event(value))
        self.count += 1
        if self.count == self.stop_after:
            self.stop.set()

    def tick(self, now: int, partitions: tuple[int, ...] | None = None) -> None:
        for partition in range(self.partitions) if partitions is None else partitions:
            self.sent.setdefault(partition, []).append(Tick(now=now))

    def partition_of(self, dossier_id: str) -> int:
        return partition_of(dossier_id, self.partitions)

    def flush(self) -> None:
        self.flushed += 1


def instant(event: AnyEvent) -> int:
    return event.now if isinstance(event, Tick) else event.occurred_at  # type: ignore[union-attr]


def check_time(recorder: Recorder, as_of: int) -> None:
    """In each partition time never goes back, and no event comes a minute after its tick."""
    for sent in recorder.sent.values():
        instants = [instant(event) for event in sent]
        assert instants == sorted(instants)
        assert sent[-1] == Tick(now=as_of)
        ticked = -MINUTE
        for event in sent:
            if isinstance(event, Tick):
                ticked = event.now
            assert instant(event) - ticked < MINUTE
    assert len(recorder.sent) == recorder.partitions


def make_log(folder: Path, minutes: list[int]) -> ImportedLog:
    rows = [
        row(f"case-{n % 7}", f"step {n}", f"2020-01-01T{m // 60 % 24:02d}:{m % 60:02d}:00Z")
        for n, m in enumerate(minutes)
    ]
    path = write_csv(folder / "log.csv", rows)
    return import_log(path, mapping(finished="last-event"), folder / "work", now=NOW)


def no_letters(letter: DeadLetter) -> None:
    raise AssertionError(letter.detail)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 1_439), min_size=1, max_size=40))
def test_ticks_at_full_speed(tmp_path_factory: pytest.TempPathFactory, minutes: list[int]) -> None:
    recorder = Recorder()
    with make_log(tmp_path_factory.mktemp("log"), minutes) as log:
        result = replay(log, recorder, no_letters)
        assert result.published == log.counts.events == recorder.count
        assert result.complete
        assert result.as_of == log.as_of
        check_time(recorder, log.as_of or 0)
    assert recorder.flushed == 1


def test_paced_ends_the_same(tmp_path: Path) -> None:
    fast, paced = Recorder(), Recorder()
    with make_log(tmp_path, list(range(0, 120, 3))) as log:
        replay(log, fast, no_letters)
        result = replay(log, paced, no_letters, speed=7_200)  # two hours in a second
    assert 0.8 < result.seconds < 20
    for partition, sent in paced.sent.items():
        instants = [instant(event) for event in sent]
        assert instants == sorted(instants)
        told = [event for event in sent if not isinstance(event, Tick)]
        assert told == [e for e in fast.sent[partition] if not isinstance(e, Tick)]
        assert sum(isinstance(event, Tick) for event in sent) >= 3


def test_paced_no_event_runs_ahead_of_its_partition(tmp_path: Path) -> None:
    """At this speed days of the log lie between two ticks of all partitions: the stream would
    refuse what is a day ahead of the last tick."""
    recorder = Recorder()
    with make_log(tmp_path, list(range(0, 1_440, 30))) as log:
        replay(log, recorder, no_letters, speed=10_000_000)
        check_time(recorder, log.as_of or 0)


@pytest.mark.parametrize("speed", [None, 600.0])
def test_stops_when_told(tmp_path: Path, speed: float | None) -> None:
    recorder = Recorder(stop_after=5)
    with make_log(tmp_path, list(range(60))) as log:
        result = replay(log, recorder, no_letters, speed, stop=recorder.stop)
    assert not result.complete
    assert result.published < log.counts.events
    assert recorder.flushed == 1


def test_what_was_refused_before_is_passed_over(tmp_path: Path) -> None:
    """The end is ticked all the same, and the replay is complete."""
    recorder = Recorder()
    with make_log(tmp_path, list(range(60))) as log:
        values = [value for _, _, value in log.records()]
        result = replay(log, recorder, no_letters, refused=lambda value: value in values[::2])
        assert (result.published, result.passed_over) == (len(values) // 2, len(values) // 2)
        assert result.complete
        check_time(recorder, log.as_of or 0)


def test_refuses_a_speed_of_nothing(tmp_path: Path) -> None:
    with make_log(tmp_path, [1]) as log, pytest.raises(ValueError, match="speed must be above 0"):
        replay(log, Recorder(), no_letters, 0)


def test_dead_letters_get_their_timeline(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv", [row(time="?"), row(time="2020-01-01")])
    letters: list[DeadLetter] = []
    with import_log(path, mapping(), tmp_path / "w", now=NOW) as log:
        replay(log, Recorder(), letters.append, timeline="line-1")
    assert [(letter.timeline, letter.reason) for letter in letters] == [("line-1", "bad_time")]


def test_a_log_without_a_usable_row_only_leaves_letters(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv", [row(time="?")])
    letters: list[DeadLetter] = []
    recorder = Recorder()
    with import_log(path, mapping(), tmp_path / "w", now=NOW) as log:
        result = replay(log, recorder, letters.append)
    assert (result.published, result.as_of, len(letters)) == (0, None, 1)
    assert recorder.sent == {}


def test_replays_through_a_broker_the_same_twice(tmp_path: Path, topics: Topics) -> None:
    path = write_csv(tmp_path / "bad.csv", [row(time="?")])
    with make_log(tmp_path, list(range(0, 400, 2))) as log:
        for _ in range(2):
            with topics.publisher(bulk=True) as publisher:
                replay(log, publisher, publisher.dead_letter)
        count = log.counts.events
    with import_log(path, mapping(), tmp_path / "w", now=NOW) as log, topics.publisher() as sender:
        replay(log, sender, sender.dead_letter, timeline="t")
    records = [(m.partition(), decode_event(m.value() or b"")) for m in topics.events()]
    told = [(p, event) for p, event in records if not isinstance(event, Tick)]
    assert len(told) == 2 * count
    for partition in range(topics.partitions):
        mine = [event for p, event in told if p == partition]
        assert mine[: len(mine) // 2] == mine[len(mine) // 2 :]
    (letter,) = topics.dead_letters()
    assert msgspec.json.decode(letter.value() or b"", type=DeadLetter).reason == "bad_time"
