"""Settings of the stream: worker, sink, and what one dossier may keep."""

from __future__ import annotations

from pydantic import Field

from dunghen.settings.section import SettingsSection


class WorkerSettings(SettingsSection):
    """The stream worker."""

    commit_seconds: float = Field(
        default=1.0, gt=0, le=30, description="longest time between two transactions of a partition"
    )
    instance: str = Field(
        default="worker-1",
        description="static member of the group; each worker its own, the same after a restart",
    )


class LimitSettings(SettingsSection):
    """What one dossier may keep, which keeps its state below Kafka's 8 MB, and how fast."""

    facts: int = Field(
        default=1_000,
        ge=51,
        le=20_000,
        description="events of one dossier that are kept; 50 of them are kept for ends, "
        "resumptions, new due times and corrections; beyond it they become dead letters",
    )
    fact_bytes: int = Field(
        default=524_288,
        ge=131_072,
        le=3_145_728,
        description="their size, in bytes; 64 kB of it are kept for the same events",
    )
    hourly_records: int = Field(
        default=200,
        ge=1,
        le=1_000_000,
        description="records of one dossier that the API takes of one madonvi in an hour; more are "
        "refused, with a reason; `dunghen ingest` has no such limit",
    )


class SinkSettings(SettingsSection):
    """When the sink writes what it has read."""

    batch_rows: int = Field(default=20_000, ge=1, description="rows after which a batch is written")
    batch_seconds: float = Field(
        default=0.5, gt=0, description="seconds after which a batch is written"
    )
    instance: str = Field(
        default="0",
        description="static member of the groups of sink and notifiers; each process its own, the "
        "same after a restart",
    )
