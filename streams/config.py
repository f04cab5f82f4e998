"""Configuration of a worker, as the composition root fills it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from broker.kafka import Kafka
from dossiers.admission.bounds import DEFAULT_BOUND, Bound
from dossiers.text.kept_ids import IdForm


@dataclass(frozen=True)
class WorkerConfig:
    """Settings of one worker process; times in seconds.

    ``timeline``, ``partitions``: of the timeline (topic reference) the worker serves.
    ``instance``: the static group member it is. A worker that starts again with the same instance
    gets its partitions back at once; two at a time with the same one fence each other.
    ``session_timeout``: how long a dead worker's partitions wait for it before others get them.
    ``commit_interval``: how often effects become visible to readers of committed data.
    ``take_over_timeout``: so long without any progress ends the process: of a take-over, or of a
    partition whose log grows meanwhile.
    ``form``: of ids that dead letters may repeat; None: all, in a replay or simulation.
    ``facts``, ``fact_bytes``: how much one dossier may keep (dossiers.admission.bounds).
    ``client``: settings of librdkafka (security, tuning) for all its clients.
    """

    bootstrap: str
    timeline: str
    partitions: int
    state_dir: Path
    instance: str = "worker-1"
    commit_interval: float = 1.0
    session_timeout: float = 20.0
    take_over_timeout: float = 60.0
    linger_ms: float = 10.0
    facts: int = DEFAULT_BOUND.facts
    fact_bytes: int = DEFAULT_BOUND.fact_bytes
    form: IdForm | None = None
    client: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def kafka(self) -> Kafka:
        """The Kafka of the timeline, for all clients but Faust's."""
        return Kafka(self.bootstrap, self.client)

    @property
    def group(self) -> str:
        """The consumer group: one for each timeline."""
        return f"dunghen-{self.timeline}"

    @property
    def bound(self) -> Bound:
        """How much one dossier may keep."""
        return Bound(self.facts, self.fact_bytes)

    @property
    def run_dir(self) -> Path:
        """Where the status file lies."""
        return self.state_dir / "run"
