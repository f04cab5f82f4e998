"""The workers of a timeline: their consumer group, and what those of this machine said last."""

from __future__ import annotations

from pathlib import Path

import msgspec

from streams.status import WorkerStatus


def worker_group(timeline: str) -> str:
    """The consumer group of the workers of one timeline."""
    return f"dunghen-{timeline}"


def worker_counters(run_dir: Path) -> dict[str, int]:
    """Duplicates and lag as the workers of this machine last said; empty if none runs."""
    partitions = [
        partition for status in worker_statuses(run_dir) for partition in status.partitions.values()
    ]
    if not partitions:
        return {}
    return {
        "duplicates": sum(partition.duplicates for partition in partitions),
        "lag": sum(partition.lag or 0 for partition in partitions),
    }


def worker_statuses(run_dir: Path) -> list[WorkerStatus]:
    """What the workers of this state folder wrote last; a file that cannot be read is left out."""
    found = []
    for path in sorted(run_dir.glob("worker-*.json")):
        try:
            found.append(msgspec.json.decode(path.read_bytes(), type=WorkerStatus))
        except (OSError, msgspec.MsgspecError):
            continue
    return found
