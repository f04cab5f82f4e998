"""Which topics there are, with how many partitions and which settings.

The broker stamps every record itself (LogAppendTime): a record that carried its event's own time
would be deleted by retention if it were of 2011, and refused if it were an hour ahead.
"""

from __future__ import annotations

from broker.settings import MAX_MESSAGE_BYTES
from broker.topics import TopicSpec
from dossiers.wire import topics

SEGMENT_BYTES = 64 * 1024 * 1024
# The active segment is never compacted: without a bound, a quiet topic keeps every version and
# recovery reads them all. The bound rolls the segment too.
MAX_COMPACTION_LAG_MS = 10 * 60 * 1000
SYNC_ERRORS_KEPT_MS = 400 * 86_400_000
AUDIT_KEPT_MS = 2 * 366 * 86_400_000

_COMMON = {
    "message.timestamp.type": "LogAppendTime",
    "max.message.bytes": str(MAX_MESSAGE_BYTES),
    "unclean.leader.election.enable": "false",
}
_FOR_EVER = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
_COMPACTED = {
    "cleanup.policy": "compact",
    "segment.bytes": str(SEGMENT_BYTES),
    "min.cleanable.dirty.ratio": "0.1",
    "max.compaction.lag.ms": str(MAX_COMPACTION_LAG_MS),
}


def topic_specs(partitions: int, replication: int) -> tuple[TopicSpec, ...]:
    """All topics of one timeline, whose partitioned topics have ``partitions`` each.

    Those with one partition are small, and their order matters.
    """
    durable = {**_COMMON, "min.insync.replicas": "2" if replication > 2 else "1"}
    kept, compacted = {**durable, **_FOR_EVER}, {**durable, **_COMPACTED}
    return (
        TopicSpec(topics.EVENTS, partitions, kept),
        TopicSpec(topics.REFERENCE, 1, compacted),
        TopicSpec(topics.DOSSIERS, partitions, compacted),
        TopicSpec(topics.PARTIALS, partitions, compacted),
        TopicSpec(topics.TALLIES, partitions, compacted),
        TopicSpec(topics.ALERTS, partitions, kept),
        TopicSpec(topics.TRAITS, partitions, compacted),
        TopicSpec(topics.DEAD_LETTERS, 1, kept),
        TopicSpec(topics.SYNC_ERRORS, 1, {**kept, "retention.ms": str(SYNC_ERRORS_KEPT_MS)}),
        TopicSpec(topics.VERIFICATIONS, 1, compacted),
        TopicSpec(topics.SETTINGS, 1, compacted),
        TopicSpec(topics.NOTICES, 1, compacted),
        TopicSpec(topics.ROSTER, 1, compacted),
        TopicSpec(topics.PUBLICATIONS, 1, kept),
        TopicSpec(topics.RECONCILIATIONS, 1, compacted),
        TopicSpec(topics.AUDIT, 1, {**kept, "retention.ms": str(AUDIT_KEPT_MS)}),
    )
