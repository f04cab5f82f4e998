"""What receivers get: one mail for a burst, signed webhooks, nothing that was taken back."""

from __future__ import annotations

import hashlib
import hmac
import json

import msgspec

from dossiers.wire.alerts import Alert
from sinks.config import SmtpConfig, WebhookConfig
from tests.sinks.notifier.rig import BASE, SECRET, Starter
from tests.sinks.receivers import Hook, Letterbox, text_of
from tests.sinks.topics import PATIENCE_S, Topics, alert, backlog, raise_alerts
from tests.support.waiting import wait_for


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
