"""What machines get: one message for a burst, signed webhooks, nothing that was taken back."""

from __future__ import annotations

import hashlib
import hmac
import json

import msgspec
import pytest

from dossiers.wire.alerts import Alert
from sinks.config import AppriseConfig, WebhookConfig
from tests.sinks.notifier.rig import BASE, SECRET, Starter
from tests.sinks.receivers import Hook
from tests.sinks.topics import PATIENCE_S, Topics, alert, backlog, raise_alerts
from tests.support.waiting import wait_for

# Package apprise loads a module of Python's that is on its way out.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def room(hook: str, *units: str) -> AppriseConfig:
    """A chat room behind a plain HTTP address."""
    return AppriseConfig(hook.replace("http://", "json://"), units=frozenset(units))


def said(number: int) -> tuple[str, str]:
    """Title and text of the message of that number."""
    _, body = Hook.wait(number)[number - 1]
    content = json.loads(body)
    return content["title"], content["message"]


def test_a_burst_is_one_message_to_a_chat_room(topics: Topics, notify: Starter, hook: str) -> None:
    notify(apprise=(room(hook, "u1"),))
    raise_alerts(topics, alert(topics.timeline, "d9", sequence=9), commit=False)
    raise_alerts(
        topics,
        alert(topics.timeline, "d1"),
        alert(topics.timeline, "d2"),
        alert(topics.timeline, "d3", unit="u2"),
        alert(topics.timeline, "d4", kind="escalation", level=1),
    )
    title, text = said(1)
    assert title == "[Đúng Hẹn] 2 hồ sơ quá hạn: Phòng Tư pháp"
    assert "- d1: hẹn trả 05:13 15/11/2023; bước: Thẩm định; cán bộ: Nguyễn Thị Ánh" in text
    assert "- d2: " in text
    assert f"{BASE}/overdue/u1" in text


def test_a_backlog_is_told_with_its_figures(topics: Topics, notify: Starter, hook: str) -> None:
    notify(apprise=(room(hook, "u1"),))
    raise_alerts(topics, backlog(topics.timeline), backlog(topics.timeline, "u2"))
    title, text = said(1)
    assert title == "[Đúng Hẹn] Nhiều hồ sơ quá hạn tồn đọng: Phòng Tư pháp"
    assert "từ 05:13 15/11/2023: 23 hồ sơ quá hạn trên 140 hồ sơ đang giải quyết (16,4 %)." in text
    assert f"{BASE}/overdue/u1" in text
    assert "\n- " not in text, "no dossier is listed"
    resolved = backlog(topics.timeline, sequence=2, transition="resolved")
    raise_alerts(topics, resolved, alert(topics.timeline, "d1"))
    title, text = said(2)
    assert title == "[Đúng Hẹn] 1 hồ sơ quá hạn: Phòng Tư pháp"
    assert "- d1: " in text


def test_what_was_raised_and_taken_back_at_once_is_no_message(
    topics: Topics, notify: Starter, hook: str
) -> None:
    notify(apprise=(room(hook, "u1"),))
    raise_alerts(
        topics,
        alert(topics.timeline, "d1"),
        alert(topics.timeline, "d1", sequence=2, transition="retracted"),
        alert(topics.timeline, "d2"),
    )
    assert "- d1" not in said(1)[1]
    raise_alerts(topics, alert(topics.timeline, "d2", sequence=2, transition="retracted"))
    title, text = said(2)
    assert title.startswith("[Đúng Hẹn] Rút lại 1 thông báo quá hạn")
    assert "- d2" in text


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
