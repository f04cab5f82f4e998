"""Faust's assignor, for topics that are known to exist."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from faust.assignor.partition_assignor import PartitionAssignor

Assignor = type[PartitionAssignor]


def assignor_for(topics: Collection[str], end: Callable[[str], None]) -> Assignor:
    """The assignor of a group on ``topics``. ``end``: ends this process; called from any thread.

    A broker that has just started may answer that it knows no topics. The group's leader would then
    assign no partitions to any member, until aiokafka refreshes its metadata five minutes later.
    """

    class _Assignor(PartitionAssignor):
        def assign(self, cluster: Any, member_metadata: Any) -> Any:
            missing = [topic for topic in topics if not cluster.partitions_for_topic(topic)]
            if missing:
                end(
                    f"Kafka has just told the group's leader that it has no {' and '.join(missing)}"
                )
            return super().assign(cluster, member_metadata)

    return _Assignor
