"""The catalogue of this process's metrics, read when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.alert_metrics import alert_metrics
from api.core import Live
from api.wall_state import flagged
from dossiers.wire.keys import ALL

# field of dossiers.tallies.vector: help
_DOSSIERS = {
    "open": "open dossiers",
    "waiting": "open dossiers whose clock was stopped in time",
    "due_soon": "dossiers with at most 8 working hours left",
    "overdue": "open dossiers past their due time",
    "suspended": "open dossiers whose clock is stopped, before or after the due time",
    "step_overdue": "open dossiers whose present step has used up its limit",
    "reopened": "dossiers that ended and are open again",
    "late_receptions": "dossiers that wait too long for reception",
}


_WAITING = {
    "in_flight_records": "Posted records that neither Kafka nor the spool has yet.",
    "in_flight_limit_records": "Such records that there may be (api.max_in_flight).",
    "spool_records": "Posted records that wait on disk for Kafka.",
    "spool_bytes": "Bytes of them.",
    "spool_limit_bytes": "Bytes that may wait (api.spool_mb).",
    "oldest_unsent_seconds": "How long the oldest record that Kafka lacks has waited.",
}


class ApiCollector(Collector):
    """Live view, feed and pipeline as this process sees them."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def collect(self) -> Iterator[Metric]:
        """All of them, with their values of now."""
        yield from self._pipeline()
        yield from self._sink()
        yield from self._feed()
        yield from self._ingest()
        yield from self._queues()
        yield from self._reached()
        view = self._live.view
        if view.loaded:
            yield from self._dossiers()
            yield from alert_metrics(self._live)

    def _dossiers(self) -> Iterator[Metric]:
        view = self._live.view
        dossiers = GaugeMetricFamily(
            "dunghen_dossiers", "Dossiers of the whole, by what they are.", labels=["is"]
        )
        for name in _DOSSIERS:
            dossiers.add_metric([name], view.value(ALL, name))
        marked = flagged(view, self._live.keeper.history)
        if marked is not None:
            dossiers.add_metric(["flagged"], marked)
        yield dossiers
        yield GaugeMetricFamily(
            "dunghen_dead_letters", "Dead letters of the timeline.", view.letters.open
        )
        decided = CounterMetricFamily(
            "dunghen_dead_letters_decided", "Dead letters that are none any more.", labels=["is"]
        )
        for name, count in view.letters.decided.items():
            decided.add_metric([name], count)
        yield decided

    def _sink(self) -> Iterator[Metric]:
        sink = self._live.config.sink
        if sink is None:
            return
        lag = GaugeMetricFamily(
            "dunghen_sink_lag_records", "Records of a topic not in ClickHouse.", labels=["topic"]
        )
        failing = GaugeMetricFamily(
            "dunghen_sink_failing", "1 while ClickHouse or Kafka refuses.", labels=["topic"]
        )
        rows = CounterMetricFamily("dunghen_sink_rows", "Rows inserted.", labels=["topic"])
        skipped = CounterMetricFamily(
            "dunghen_sink_skipped", "Records without a row.", labels=["topic"]
        )
        for topic in sink():
            if topic.lag is not None:
                lag.add_metric([topic.topic], topic.lag)
            failing.add_metric([topic.topic], bool(topic.last_error))
            rows.add_metric([topic.topic], topic.rows)
            skipped.add_metric([topic.topic], topic.skipped)
        yield from (lag, failing, rows, skipped)

    def _ingest(self) -> Iterator[Metric]:
        ingest = self._live.ingest
        if ingest is not None:
            records = CounterMetricFamily(
                "dunghen_ingest_records",
                "Records posted: accepted, refused, of these too many of a dossier in an hour, "
                "fields that could not be read, and reported errors of ministries' systems.",
                labels=["sender", "is"],
            )
            for labels, count in ingest.counts().items():
                records.add_metric(labels, count)
            yield records
            missing = GaugeMetricFamily(
                "dunghen_reference_missing",
                "Names and codes that senders use and the reference data lacks.",
                labels=["what"],
            )
            for what, number in ingest.missing_counts().items():
                missing.add_metric([what], number)
            yield missing
            for name, value in ingest.figures().items():
                yield GaugeMetricFamily(f"dunghen_ingest_{name}", _WAITING[name], value)

    def _queues(self) -> Iterator[Metric]:
        held = GaugeMetricFamily(
            "dunghen_queue_held", "What waits now; docs/operations.md says where.", labels=["queue"]
        )
        most = GaugeMetricFamily(
            "dunghen_queue_limit", "How much may wait there.", labels=["queue"]
        )
        for queue in self._live.queues():
            held.add_metric([queue.name], queue.held)
            most.add_metric([queue.name], queue.most)
        yield from (held, most)

    def _reached(self) -> Iterator[Metric]:
        reached = self._live.config.reached()
        if reached is None:
            return
        yield GaugeMetricFamily(
            "dunghen_notify_unreached_receivers",
            "Receivers whose last message was given up, or who refuse again and again.",
            reached.unreached,
        )
        messages = CounterMetricFamily(
            "dunghen_notify_messages", "Messages to people that have ended.", labels=["is"]
        )
        messages.add_metric(["delivered"], reached.delivered)
        messages.add_metric(["gave_up"], reached.gave_up)
        yield messages

    def _pipeline(self) -> Iterator[Metric]:
        live = self._live
        view = live.view
        if view.watermark is not None:
            yield GaugeMetricFamily(
                "dunghen_watermark_seconds", "Data time of the picture.", view.watermark / 1000
            )
        age = view.tick_age_ms()
        if age is not None:
            yield GaugeMetricFamily(
                "dunghen_tick_age_seconds", "Real time since the watermark advanced.", age / 1000
            )
        yield GaugeMetricFamily(
            "dunghen_live_view_loaded", "1 once all topics were read to their end.", view.loaded
        )
        yield GaugeMetricFamily("dunghen_scopes", "Scopes with a tally.", len(view.tallies))
        yield CounterMetricFamily(
            "dunghen_scopes_left_out",
            "Records of units and officers for which the live view has no room: no reference data "
            "names them.",
            view.left_out,
        )
        yield GaugeMetricFamily(
            "dunghen_history_up",
            "1 if ClickHouse answered the last time.",
            not live.keeper.error,
        )
        yield CounterMetricFamily(
            "dunghen_records_refused",
            "Records older than the picture or unreadable.",
            view.refused,
        )
        yield CounterMetricFamily(
            "dunghen_settings_refused",
            "Records of topic settings that are no wall's settings.",
            live.walls.refused,
        )
        for name, value in live.counters().items():
            yield GaugeMetricFamily(f"dunghen_worker_{name}", f"As the worker says: {name}.", value)

    def _feed(self) -> Iterator[Metric]:
        hub = self._live.hub
        yield GaugeMetricFamily(
            "dunghen_feed_clients", "Connected walls.", self._live.channels.clients
        )
        yield CounterMetricFamily("dunghen_feed_deltas", "Deltas made.", hub.sequence)
        yield CounterMetricFamily("dunghen_feed_messages", "Messages written.", hub.messages)
        yield CounterMetricFamily(
            "dunghen_feed_aborted", "Clients cut off because they read too slowly.", hub.aborted
        )


def registry_of(live: Live) -> CollectorRegistry:
    """A registry of its own, so that two applications in a process do not collide."""
    registry = CollectorRegistry()
    registry.register(ApiCollector(live))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry
