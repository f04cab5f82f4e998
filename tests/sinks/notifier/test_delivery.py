"""Deliveries: at least once, tried again, given up at last, and never held up by another."""

from __future__ import annotations

from typing import Any

import pytest

from sinks.config import WebhookConfig
from sinks.store import Store
from tests.sinks.notifier.rig import SECRET, Starter
from tests.sinks.receivers import Hook
from tests.sinks.topics import PATIENCE_S, Topics, alert, raise_alerts
from tests.support.waiting import free_port, wait_for


def test_a_dead_receiver_holds_up_nobody_else(topics: Topics, notify: Starter, hook: str) -> None:
    Hook.failures = 2
    dead = WebhookConfig(f"http://127.0.0.1:{free_port()}/none", SECRET, name="dead")
    service = notify(webhooks=(WebhookConfig(hook, SECRET), dead))
    raise_alerts(topics, alert(topics.timeline, "d1"), alert(topics.timeline, "d2", unit="u2"))
    Hook.wait(4)  # two failures, then both alerts
    failing = wait_for(
        lambda: [r for r in service.status().receivers if r.failures_in_a_row > 2], PATIENCE_S
    )
    assert [receiver.last_error for receiver in failing] == ["ConnectError"]
    assert service.status().waiting == 2


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
    topics: Topics, notify: Starter, hook: str
) -> None:
    Hook.failures = 1_000_000
    first = notify(webhooks=(WebhookConfig(hook, SECRET),))
    raise_alerts(topics, alert(topics.timeline, "d1"))
    wait_for(lambda: first.status().waiting == 1, PATIENCE_S)
    first.stop()
    tried = len(Hook.calls)
    Hook.failures = 0
    notify(webhooks=(WebhookConfig(hook, SECRET),))
    headers, _ = Hook.wait(tried + 1)[-1]
    assert headers["Idempotency-Key"] == "alert-d1:1"


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
        ({"webhooks": ()}, "no webhook"),
    ],
)
def test_it_stands_still_unless_asked(
    notify: Starter, hook: str, settings: dict[str, Any], reason: str
) -> None:
    service = notify(**({"webhooks": (WebhookConfig(hook, SECRET),)} | settings))
    assert reason in service.status().reason
    assert not service.status().running
