"""The notifier and Kafka: a client that falls silent is replaced, and a commit waits for nobody."""

from __future__ import annotations

import msgspec

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
from tests.sinks.topics import Topics, alert, raise_alerts
from tests.support import wait_for
from tests.support.deaf import DeafKafka


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
    service = NotifierService(config, kafka=deaf, silent_s=0.6)
    service.start()
    assert service.ready.wait(60)
    sent = 0

    def reads_anew() -> bool:
        nonlocal sent
        sent += 1
        raise_alerts(topics, alert(topics.timeline, f"d{sent}"))
        return deaf.opened > 1

    try:
        wait_for(reads_anew, 60, what="another client")
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
