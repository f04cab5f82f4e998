"""The notifier and Kafka: a client that falls silent is replaced, and a commit waits for nobody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from confluent_kafka import TopicPartition

from broker.clients import AnyKafka
from broker.groups import committed_offsets
from broker.kafka import Kafka
from broker.memory.kafka import MemoryKafka
from dossiers.wire.alerts import Alert
from dossiers.wire.topics import ALERTS
from sinks.config import NotifierConfig, WebhookConfig
from sinks.notifier.feed import AlertFeed
from sinks.notifier.service import NotifierService
from sinks.notifier.tracker import Tracker
from tests.sinks.notifier.rig import BASE, SECRET
from tests.sinks.receivers import Hook
from tests.sinks.topics import PATIENCE_S, Topics, alert, raise_alerts
from tests.support import wait_for
from tests.support.deaf import LIMIT, DeafKafka


def settings(topics: Topics | None = None, **more: object) -> NotifierConfig:
    bootstrap = "memory" if topics is None else topics.kafka.bootstrap
    timeline = "line" if topics is None else topics.timeline
    fields: dict[str, object] = {"enabled": True, "retry_min_s": 0.02, "retry_max_s": 0.1, **more}
    return NotifierConfig(bootstrap, timeline, "live", BASE, **fields)  # type: ignore[arg-type]


def test_after_a_client_fell_silent_every_alert_is_delivered_once(
    topics: Topics, hook: str
) -> None:
    deaf = DeafKafka(Kafka(topics.kafka.bootstrap), hears=1, of="-notifier")
    config = settings(topics, webhooks=(WebhookConfig(hook, SECRET),))
    service = NotifierService(config, kafka=deaf, silent_s=LIMIT)
    service.start()
    assert service.ready.wait(PATIENCE_S)
    sent = 0

    def reads_anew() -> bool:
        nonlocal sent
        sent += 1
        raise_alerts(topics, alert(topics.timeline, f"d{sent}"))
        return deaf.opened > 1

    try:
        wait_for(reads_anew, PATIENCE_S, what="another client")
        assert "fell silent" in service.status().last_error
        Hook.wait(sent)
    finally:
        service.stop()
    told = sorted(headers["Idempotency-Key"] for headers, _ in Hook.calls)
    assert told == sorted(f"alert-d{number}:1" for number in range(1, sent + 1))


def test_a_commit_waits_for_nobody() -> None:
    kafka = MemoryKafka()
    kafka.create_topics(ALERTS)
    config = settings(from_beginning=True)
    with_one = kafka.producer({})
    with_one.produce(ALERTS, msgspec.json.encode(alert("line")), b"d1", 0)
    tracker = Tracker()
    feed = AlertFeed(kafka, config, tracker)
    found: list[tuple[int, int]] = []

    def accept(_: Alert, partition: int, offset: int) -> None:
        found.append((partition, offset))
        tracker.begin(partition, offset, 0)

    def taken() -> bool:
        feed.take(accept, 0.01)
        return bool(found)

    wait_for(taken)
    kafka.be_away()
    feed.commit()  # would wait a minute for its broker
    kafka.be_away(False)
    feed.take(accept, 0)
    assert committed_offsets(kafka, "line-notifier", ALERTS, 1) == {0: 1}
    feed.close()


class _Rebalancing:
    """A Kafka whose group does as the test says, and a consumer of it."""

    bootstrap = "nowhere"

    def consumer(self, settings: Any, logger: Any = None) -> Any:
        return self

    def subscribe(self, topics: list[str], on_assign: Any, on_revoke: Any) -> None:
        self._told = on_assign, on_revoke

    def give(self) -> None:
        self._told[0](self, [TopicPartition(ALERTS, 0)])

    def take_away(self) -> None:
        self._told[1](self, [TopicPartition(ALERTS, 0)])


def test_what_came_while_a_partition_was_away_commits_nothing() -> None:
    """Else an alert that waited when it went away would be lost with a crash."""
    kafka, tracker = _Rebalancing(), Tracker()
    AlertFeed(cast(AnyKafka, kafka), settings(from_beginning=True), tracker)
    kafka.give()
    tracker.begin(0, 5, 1)  # waits for its receiver
    kafka.take_away()
    tracker.begin(0, 6, 0)  # of the same batch
    kafka.give()
    assert tracker.committable() == {}


def test_after_a_good_while_a_failure_is_the_first_one_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a notifier that has failed ten times in a year would wait minutes each time."""
    service = NotifierService(settings(retry_max_s=300.0), kafka=MemoryKafka())
    lasted = iter([1.0, 1.0, 400.0, 1.0])
    now = 0.0
    tries: list[int] = []

    async def fail() -> None:
        nonlocal now
        now += next(lasted)
        raise OSError("gone")

    def paused(attempt: int, least: float, most: float) -> float:
        tries.append(attempt)
        if len(tries) == 4:
            service._stopping.set()
        return 0.0

    monkeypatch.setattr(service, "_serve", fail)
    monkeypatch.setattr("sinks.notifier.service.pause", paused)
    monkeypatch.setattr("sinks.notifier.service.time", SimpleNamespace(monotonic=lambda: now))
    service._run()
    assert tries == [1, 2, 1, 2]
