"""Kafka goes away and comes back: all that was acknowledged is there, in each dossier's order."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from broker.kafka import Kafka
from infra.kafka.broker import EmbeddedKafka
from sources.acknowledged import AcknowledgedSender, Busy, NotTaken
from sources.spool import Record, Spool, SpoolFull
from sources.spooled import SpooledSender
from tests.support import wait_for
from tests.support.kafka import TestKafka

PATIENCE = 60.0


class FakeSender:
    """Stands for a sender to Kafka; each batch is answered by hand, or at once."""

    def __init__(self, broker: FakeBroker) -> None:
        self._broker = broker

    def send(self, records: Sequence[Record]) -> Future[None]:
        done: Future[None] = Future()
        if self._broker.up:
            self._broker.taken += records
            done.set_result(None)
        else:
            self._broker.open.append((list(records), done))
        return done

    def abandon(self) -> None: ...

    def close(self) -> None: ...


class FakeBroker:
    def __init__(self) -> None:
        self.up = True
        self.taken: list[Record] = []
        self.open: list[tuple[list[Record], Future[None]]] = []

    def sender(self) -> Any:
        return FakeSender(self)


Opener = Callable[..., SpooledSender]


@pytest.fixture
def broker() -> FakeBroker:
    return FakeBroker()


@pytest.fixture
def opened(broker: FakeBroker, tmp_path: Path) -> Any:
    senders = []

    def opener(most_bytes: int = 10_000, **more: Any) -> SpooledSender:
        spool = Spool(tmp_path / "spool.sqlite", "line", most_bytes)
        senders.append(SpooledSender(broker.sender, spool, **more))
        return senders[-1]

    yield opener
    for sender in senders:
        sender.close()


def batch(*numbers: int) -> list[Record]:
    return [(b"d", str(number).encode()) for number in numbers]


def test_what_is_on_its_way_goes_into_the_spool_before_what_comes_later(
    broker: FakeBroker, opened: Opener
) -> None:
    sender = opened(patience=PATIENCE)
    assert sender.send(batch(0)).result(PATIENCE) == "kafka"
    broker.up = False
    first, second = sender.send(batch(1, 2)), sender.send(batch(3))
    # The later one fails first: the earlier one must not end up behind it.
    broker.open[1][1].set_exception(NotTaken("timed out"))
    third = sender.send(batch(4))
    assert [each.result(PATIENCE) for each in (first, second, third)] == ["spool"] * 3
    assert sender.figures().spool_records == 4
    broker.open[0][1].set_exception(NotTaken("timed out"))
    broker.up = True
    for _, done in broker.open[2:]:
        done.set_exception(NotTaken("tried again"))
    wait_for(lambda: not sender.figures().spool_records, PATIENCE, what="an empty spool")
    wait_for(lambda: sender.send(batch(5)).result(PATIENCE) == "kafka", PATIENCE, what="Kafka")
    values = [int(value) for _, value in broker.taken]
    assert list(dict.fromkeys(values)) == [0, 1, 2, 3, 4, 5]


def test_a_silent_broker_is_not_waited_for(broker: FakeBroker, opened: Opener) -> None:
    sender = opened(patience=0.2)
    broker.up = False
    assert sender.send(batch(1)).result(PATIENCE) == "spool"


def test_what_kafka_will_never_take_is_not_spooled(broker: FakeBroker, opened: Opener) -> None:
    sender = opened(patience=PATIENCE)
    broker.up = False
    sent = sender.send(batch(1))
    broker.open[0][1].set_exception(NotTaken("too large", lasting=True))
    with pytest.raises(NotTaken, match="too large"):
        sent.result(PATIENCE)
    assert sender.figures().spool_records == 0


def test_beyond_its_bounds_nothing_is_taken(broker: FakeBroker, opened: Opener) -> None:
    sender = opened(most_bytes=102, patience=0.1, most=10)
    broker.up = False
    assert sender.send(batch(1, 2)).result(PATIENCE) == "spool"
    with pytest.raises(SpoolFull):
        sender.send(batch(3, 4)).result(PATIENCE)
    assert sender.send(batch(5)).result(PATIENCE) == "spool"
    found = sender.figures()
    assert (found.spool_records, found.spool_bytes, found.spool_most) == (3, 102, 102)
    assert found.oldest > 0


def test_too_much_on_its_way_is_turned_away(broker: FakeBroker, opened: Opener) -> None:
    sender = opened(patience=PATIENCE, most=3)
    broker.up = False
    sender.send(batch(1, 2))
    with pytest.raises(Busy):
        sender.send(batch(3, 4))
    assert sender.figures().on_the_way == 2


def test_until_kafka_may_be_used_all_goes_into_the_spool_at_once(
    broker: FakeBroker, opened: Opener
) -> None:
    allowed = threading.Event()
    sender = opened(patience=PATIENCE, ready=allowed.is_set)
    assert sender.send(batch(1)).result(PATIENCE) == "spool"
    assert broker.taken == []
    allowed.set()
    wait_for(lambda: sender.send(batch(2)).result(PATIENCE) == "kafka", PATIENCE, what="Kafka")
    assert broker.taken[0] == (b"d", b"1")


@pytest.mark.timeout(600)
def test_a_real_broker_stops_and_starts(tmp_path: Path) -> None:
    numbers = itertools.count()
    accepted: list[Record] = []

    def events(dossiers: int = 4) -> list[Record]:
        return [(f"d{n}".encode(), str(next(numbers)).encode()) for n in range(dossiers)]

    with EmbeddedKafka(tmp_path / "state") as broker:
        kafka = TestKafka(broker.bootstrap, broker.login)
        topic = kafka.unique("events")
        kafka.create_topics(topic, partitions=2)

        def opened(most: int = 1_000_000) -> SpooledSender:
            quiet = {**broker.login, "log_level": 0}
            bootstrap = broker.bootstrap
            return SpooledSender(
                lambda: AcknowledgedSender(Kafka(bootstrap, quiet), topic=topic, timeout=0),
                Spool(tmp_path / "spool.sqlite", "line", most),
            )

        def send(sender: SpooledSender) -> str:
            records = events()
            stored = sender.send(records).result(PATIENCE)
            accepted.extend(records)
            return stored

        sender = opened(most=4_000)
        wait_for(lambda: send(sender) == "kafka", PATIENCE, what="the direct way")
        address = broker.bootstrap
        broker.stop()
        assert send(sender) == "spool"
        with pytest.raises(SpoolFull):
            assert [send(sender) for _ in range(50)] == ["spool"]
        waiting = sender.figures().spool_records
        sender.close()  # the process ends while Kafka is still away
        sender = opened()
        assert sender.figures().spool_records == waiting
        assert send(sender) == "spool"
        broker.start()
        assert broker.bootstrap == address
        wait_for(lambda: not sender.figures().spool_records, PATIENCE, what="an empty spool")
        wait_for(lambda: send(sender) == "kafka", PATIENCE, what="the direct way")
        sender.close()
        found: dict[bytes, list[bytes]] = {}
        for message in kafka.read_all(topic):
            found.setdefault(message.key() or b"", []).append(message.value() or b"")
    for key in {key for key, _ in accepted}:
        sent = [value for other, value in accepted if other == key]
        assert list(dict.fromkeys(found[key])) == sent
