"""The status file of a worker: what ``dunghen status`` shows, renewed every second."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec

from streams.config import WorkerConfig

Phase = Literal["starting", "taking-over", "running", "stopping", "failed"]


class PartitionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One source partition. ``now``: its time (ms); ``lag``: records not folded yet, if known."""

    next_offset: int
    now: int
    epoch: int
    events: int
    duplicates: int
    dead_letters: int
    dossiers: int
    lag: int | None = None


class TallyStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One partition of merged tallies.

    ``watermark`` (ms): 0 until every source partition has sent its clock.
    """

    scopes: int
    watermark: int
    ignored: int


class WorkerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One worker. ``updated_at``: wall time (ms); one that is not renewed belongs to no process.
    ``queues``: name, which ends in the unit, to how much waits and how much may."""

    instance: str
    pid: int
    timeline: str
    phase: Phase
    started_at: int
    updated_at: int
    partitions: dict[str, PartitionStatus] = {}
    tallies: dict[str, TallyStatus] = {}
    queues: dict[str, tuple[int, int]] = {}
    error: str = ""


def status_path(run_dir: Path, instance: str) -> Path:
    """Where the worker of this instance writes its status."""
    return run_dir / f"worker-{instance}.json"


def write_status(config: WorkerConfig, status: WorkerStatus) -> None:
    """Replace the status file in one step; readers never see half of one."""
    path = status_path(config.run_dir, config.instance)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_bytes(msgspec.json.encode(status))
    os.replace(draft, path)


def read_status(run_dir: Path, instance: str) -> WorkerStatus | None:
    """The last status of a worker; None if it never wrote one."""
    try:
        content = status_path(run_dir, instance).read_bytes()
    except FileNotFoundError:
        return None
    return msgspec.json.decode(content, type=WorkerStatus)
