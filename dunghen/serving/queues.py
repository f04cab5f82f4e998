"""What waits in the process of the API, and in the workers of its state folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from api.ports import Queue, Reached
from dunghen.access.audit_trail import MOST as MOST_ENTRIES
from dunghen.access.audit_trail import KafkaTrail
from dunghen.timeline.workers import worker_statuses
from sinks.notifier.service import NotifierService
from sinks.service import SinkService
from sinks.telling.service import TellingService


def sink_queues(
    sink: SinkService, notifier: NotifierService, telling: TellingService
) -> Iterator[Queue]:
    """Of the topic whose batch is largest, and of the receiver for whom most waits."""
    topics = sink.status()
    held = max((topic.held for topic in topics), default=0)
    yield Queue("sink_batch_records", held, max((topic.most for topic in topics), default=0))
    status = notifier.status()
    if not status.reason:
        waiting = max((receiver.waiting for receiver in status.receivers), default=0)
        yield Queue("notifier_alerts", waiting, status.most)
        yield Queue("notifier_log_attempts", status.unlogged, status.most_unlogged)
    told = telling.status()
    if not told.reason:
        yield Queue("notifier_messages", told.waiting, told.most)
        yield Queue("notifier_message_attempts", told.unlogged, told.most_unlogged)


def reached(telling: TellingService) -> Reached | None:
    """How messages to people fare."""
    told = telling.status()
    if told.reason:
        return None
    return Reached(
        unreached=sum(each.dead for each in told.receivers),
        delivered=sum(each.delivered for each in told.receivers),
        gave_up=sum(each.gave_up for each in told.receivers),
    )


def trail_queue(trail: KafkaTrail) -> Iterator[Queue]:
    """Of the audit trail."""
    yield Queue("audit_entries", trail.waiting, MOST_ENTRIES)


def worker_queues(run_dir: Path) -> Iterator[Queue]:
    """As the workers of this state folder last said; of each the fullest."""
    found: dict[str, tuple[int, int]] = {}
    for status in worker_statuses(run_dir):
        for name, queue in status.queues.items():
            found[name] = max(found.get(name, (-1, 0)), queue)
    for name, (held, most) in sorted(found.items()):
        yield Queue(name, held, most)
