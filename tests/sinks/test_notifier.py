"""The notifier with a real broker, a real SMTP server and a real HTTP server."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import msgspec
import pytest
from aiosmtpd.controller import Controller

from dossiers.wire.records import REFERENCE, TIMELINE_KEY, Alert
from dossiers.wire.reference import Officer, Reference, Unit, content_hash, encode_reference
from sinks.config import NotifierConfig, SmtpConfig, WebhookConfig
from sinks.notifier.service import NotifierService
from sinks.store import Store
from tests.sinks.receivers import Hook, Letterbox, text_of
from tests.sinks.topics import PATIENCE_S, Topics, alert, backlog, make_topics, raise_alerts
from tests.support.kafka import TestKafka
from tests.support.waiting import free_port, wait_for

SECRET = "signing-key"
BASE = "http://dunghen.test"
REFERENCE_DATA = Reference(
    units=(
        Unit(id="u1", name="Phòng Tư pháp", supervisor_email="tp@hue.test"),
        Unit(id="u2", name="Phòng Nội vụ", parent="top"),
        Unit(id="top", name="UBND thành phố", supervisor_email="top@hue.test"),
        Unit(id="u3", name="Đội không ai phụ trách"),
    ),
    officers=(Officer(id="o1", name="Nguyễn Thị Ánh"),),
)


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, SmtpConfig]]:
    box = Letterbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, SmtpConfig(host="127.0.0.1", port=port, sender="dunghen@hue.test")
    controller.stop()


@pytest.fixture
def hook() -> Iterator[str]:
    Hook.calls = []
    Hook.failures = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def topics(kafka: TestKafka) -> Topics:
    topics = make_topics(kafka)
    kafka.create_topics(topics.prefix + REFERENCE)
    producer = topics.producer()
    producer.produce(topics.prefix + REFERENCE, b"{}", TIMELINE_KEY)
    producer.produce(
        topics.prefix + REFERENCE,
        encode_reference(REFERENCE_DATA),
        content_hash(REFERENCE_DATA).encode(),
    )
    assert producer.flush(20) == 0
    return topics


Starter = Callable[..., NotifierService]


@pytest.fixture
def notify(topics: Topics) -> Iterator[Starter]:
    started: list[NotifierService] = []

    def starter(store: Store | None = None, **settings: Any) -> NotifierService:
        defaults: dict[str, Any] = {
            "kind": "live",
            "enabled": True,
            "window_s": 0.3,
            "retry_min_s": 0.02,
            "retry_max_s": 0.1,
        }
        config = NotifierConfig(
            bootstrap=topics.kafka.bootstrap,
            timeline=topics.timeline,
            base_url=BASE,
            topic_prefix=topics.prefix,
            **(defaults | settings),
        )
        service = NotifierService(config, store)
        started.append(service)
        service.start()
        if not service.reason:
            assert service.ready.wait(PATIENCE_S)
        return service

    yield starter
    for service in started:
        service.stop()


def test_a_burst_is_one_mail_to_the_supervisor(
    topics: Topics, notify: Starter, letterbox: tuple[Letterbox, SmtpConfig]
) -> None:
    box, smtp = letterbox
    notify(smtp=smtp)
    raise_alerts(topics, alert(topics.timeline, "d9", sequence=9), commit=False)
    raise_alerts(
        topics,
        alert(topics.timeline, "d1"),
        alert(topics.timeline, "d2"),
        alert(topics.timeline, "d3", unit="u2"),
    )
    mails = dict(box.wait(2))
    assert set(mails) == {"tp@hue.test", "top@hue.test"}
    message = mails["tp@hue.test"]
    assert message["Subject"] == "[Đúng Hẹn] 2 hồ sơ quá hạn: Phòng Tư pháp"
    text = text_of(message)
    assert "- d1: hẹn trả 05:13 15/11/2023; bước: Thẩm định; cán bộ: Nguyễn Thị Ánh" in text
    assert "- d2: " in text
    assert f"{BASE}/overdue/u1" in text
    # A unit without an address of its own goes to the unit above it.
    assert f"{BASE}/overdue/u2" in text_of(mails["top@hue.test"])


def test_a_backlog_goes_to_the_supervisor_with_its_figures(
    topics: Topics, notify: Starter, letterbox: tuple[Letterbox, SmtpConfig]
) -> None:
    box, smtp = letterbox
    notify(smtp=smtp)
    raise_alerts(topics, backlog(topics.timeline), backlog(topics.timeline, "u2"))
    mails = dict(box.wait(2))
    assert set(mails) == {"tp@hue.test", "top@hue.test"}
    message = mails["tp@hue.test"]
    assert message["Subject"] == "[Đúng Hẹn] Nhiều hồ sơ quá hạn tồn đọng: Phòng Tư pháp"
    text = text_of(message)
    assert "từ 05:13 15/11/2023: 23 hồ sơ quá hạn trên 140 hồ sơ đang giải quyết (16,4 %)." in text
    assert f"{BASE}/overdue/u1" in text
    assert "\n- " not in text, "no dossier is listed"
    resolved = backlog(topics.timeline, sequence=2, transition="resolved")
    raise_alerts(topics, resolved, alert(topics.timeline, "d1"), backlog(topics.timeline, "u1"))
    _, _, (_, message) = box.wait(3)
    assert message["Subject"] == "[Đúng Hẹn] 1 hồ sơ quá hạn: Phòng Tư pháp"
    text = text_of(message)
    assert "- d1: " in text


def test_what_was_raised_and_taken_back_at_once_is_no_mail(
    topics: Topics, notify: Starter, letterbox: tuple[Letterbox, SmtpConfig]
) -> None:
    box, smtp = letterbox
    notify(smtp=smtp)
    raise_alerts(
        topics,
        alert(topics.timeline, "d1"),
        alert(topics.timeline, "d1", sequence=2, transition="retracted"),
        alert(topics.timeline, "d2"),
    )
    ((_, message),) = box.wait(1)
    assert "- d1" not in text_of(message)
    raise_alerts(topics, alert(topics.timeline, "d2", sequence=2, transition="retracted"))
    (_, (_, message)) = box.wait(2)
    assert message["Subject"].startswith("[Đúng Hẹn] Rút lại 1 thông báo quá hạn")
    assert "- d2" in text_of(message)


def test_a_dead_receiver_holds_up_nobody_else(
    topics: Topics,
    notify: Starter,
    letterbox: tuple[Letterbox, SmtpConfig],
    hook: str,
) -> None:
    box, smtp = letterbox
    box.refuse["tp@hue.test"] = 1_000_000
    Hook.failures = 2
    dead = WebhookConfig(f"http://127.0.0.1:{free_port()}/none", SECRET, name="dead")
    service = notify(smtp=smtp, webhooks=(WebhookConfig(hook, SECRET), dead))
    raise_alerts(topics, alert(topics.timeline, "d1"), alert(topics.timeline, "d2", unit="u2"))
    assert [to for to, _ in box.wait(1)] == ["top@hue.test"]
    Hook.wait(4)  # two failures, then both alerts
    by_state = {
        receiver.receiver: receiver.last_error
        for receiver in wait_for(
            lambda: [r for r in service.status().receivers if r.failures_in_a_row > 2],
            PATIENCE_S,
        )
    }
    assert "ConnectError" in by_state.values() or "SMTP refused" in str(by_state)
    assert "hue.test" not in str(service.status())
    assert service.status().waiting == 2
    box.refuse.clear()
    assert [to for to, _ in box.wait(2)] == ["top@hue.test", "tp@hue.test"]


def test_the_webhook_is_signed_and_can_be_told_apart(
    topics: Topics, notify: Starter, hook: str
) -> None:
    Hook.failures = 3
    service = notify(webhooks=(WebhookConfig(hook, SECRET, units=frozenset({"u1"})),))
    sent = alert(topics.timeline, "d1", sequence=4)
    raise_alerts(topics, alert(topics.timeline, "d5", unit="u2"), sent)
    calls = Hook.wait(4)
    assert len({headers["Idempotency-Key"] for headers, _ in calls}) == 1
    headers, body = calls[-1]
    assert headers["Idempotency-Key"] == "alert-d1:4"
    signed = headers["X-DungHen-Timestamp"].encode() + b"." + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-DungHen-Signature"] == f"v1={expected}"
    content = json.loads(body)
    assert content["idempotency_key"] == "alert-d1:4"
    assert content["overdue_page"] == f"{BASE}/overdue/u1"
    assert msgspec.convert(content["alert"], Alert) == sent
    wait_for(lambda: service.status().waiting == 0, PATIENCE_S)


def test_every_attempt_is_logged_and_nothing_is_sent_twice(
    topics: Topics, notify: Starter, hook: str, embedded_store: Store
) -> None:
    Hook.failures = 2
    dead = WebhookConfig(f"http://127.0.0.1:{free_port()}/none", SECRET, name="dead")
    webhooks = (WebhookConfig(hook, SECRET, name="good"), dead)
    first = notify(embedded_store, webhooks=webhooks)
    raise_alerts(topics, alert(topics.timeline, "d1"))
    Hook.wait(3)
    wait_for(lambda: any(r.delivered for r in first.status().receivers), PATIENCE_S)
    first.stop()
    rows = embedded_store.query(
        "SELECT receiver, attempt, outcome, detail FROM deliveries FINAL "
        "WHERE receiver LIKE '%good' ORDER BY attempt"
    )
    assert [(row["attempt"], row["outcome"], row["detail"]) for row in rows] == [
        (1, "failed", "HTTP 503"),
        (2, "failed", "HTTP 503"),
        (3, "delivered", ""),
    ]
    # The dead one kept the offset back, so the alert comes again; the good one has it already.
    second = notify(embedded_store, webhooks=webhooks)
    wait_for(lambda: any(r.failures_in_a_row for r in second.status().receivers), PATIENCE_S)
    assert len(Hook.calls) == 3
    assert SECRET not in str(second.status()) + repr(webhooks)


def test_what_is_not_delivered_before_a_stop_is_delivered_after_it(
    topics: Topics, notify: Starter, letterbox: tuple[Letterbox, SmtpConfig]
) -> None:
    box, smtp = letterbox
    first = notify(smtp=smtp, window_s=60)
    raise_alerts(topics, alert(topics.timeline, "d1"))
    wait_for(lambda: first.status().waiting == 1, PATIENCE_S)
    first.stop()
    assert box.mails == []
    notify(smtp=smtp)
    assert "- d1" in text_of(box.wait(1)[0][1])


def test_a_first_start_leaves_the_past_alone(topics: Topics, notify: Starter, hook: str) -> None:
    raise_alerts(topics, alert(topics.timeline, "old"))
    notify(webhooks=(WebhookConfig(hook, SECRET),))
    raise_alerts(topics, alert(topics.timeline, "new"))
    ((headers, _),) = Hook.wait(1)
    assert headers["Idempotency-Key"] == "alert-new:1"


def test_a_receiver_is_given_up_at_last(topics: Topics, notify: Starter) -> None:
    dead = WebhookConfig(f"http://127.0.0.1:{free_port()}/none", SECRET)
    service = notify(webhooks=(dead,), give_up_s=0.2)
    raise_alerts(topics, alert(topics.timeline, "d1"))
    wait_for(lambda: any(r.gave_up for r in service.status().receivers), PATIENCE_S)
    wait_for(lambda: service.status().waiting == 0, PATIENCE_S)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"enabled": False}, "switched off"),
        ({"kind": "replay"}, "a replay delivers nothing"),
        ({"kind": "simulation"}, "a simulation delivers nothing"),
        ({"webhooks": ()}, "no mail server"),
    ],
)
def test_it_stands_still_unless_asked(
    notify: Starter, hook: str, settings: dict[str, Any], reason: str
) -> None:
    service = notify(**({"webhooks": (WebhookConfig(hook, SECRET),)} | settings))
    assert reason in service.status().reason
    assert not service.status().running
