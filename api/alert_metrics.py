"""Metrics of alerts: what is open, and whether alerting is any good."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from api.core import Live
from api.inbox.quality import AlertQuality


def alert_metrics(live: Live) -> Iterator[Metric]:
    """Of the whole; the quality is that of this month, as its page has it."""
    held = GaugeMetricFamily(
        "dunghen_alerts_open", "Alerts that have not ended.", labels=["kind", "is"]
    )
    for (kind, status), count in sorted(live.book.open_counts().items()):
        held.add_metric([kind, status], count)
    yield held
    yield CounterMetricFamily(
        "dunghen_alerts_left_out",
        "Alerts for which the inbox has no room.",
        live.book.left_out,
    )
    if live.quality.found is not None:
        yield from _quality(live.quality.found)


def _quality(found: AlertQuality) -> Iterator[Metric]:
    whole = found.whole
    for name, about, value in (
        (
            "dunghen_alerting_in_time_percent",
            "Alerts acknowledged or ended in time.",
            whole.in_time_share,
        ),
        ("dunghen_alerting_retracted_percent", "Alerts that were not true.", whole.retracted_share),
        (
            "dunghen_alerting_acknowledge_seconds",
            "Median working time to acknowledge.",
            _seconds(whole.to_take),
        ),
        (
            "dunghen_alerting_resolve_seconds",
            "Median working time to resolve.",
            _seconds(whole.to_end),
        ),
        (
            "dunghen_alerting_groups",
            "Median of messages a receiver and working day.",
            found.groups_a_day,
        ),
        (
            "dunghen_alerting_over_budget",
            "Receivers with more than the budget on a day.",
            len(found.over),
        ),
    ):
        if value is not None:
            yield GaugeMetricFamily(name, f"This month: {about}", value)


def _seconds(length: int | None) -> float | None:
    return None if length is None else length / 1000
