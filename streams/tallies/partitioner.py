"""Which partition holds a scope."""

from __future__ import annotations

from aiokafka.partitioner import murmur2


def scope_partition(scope: str, partitions: int) -> int:
    """The partition of topics partial-tallies and tallies that holds a scope.

    Java's default partitioner, so that any client finds it by the key alone.
    """
    return int((murmur2(scope.encode()) & 0x7FFFFFFF) % partitions)
