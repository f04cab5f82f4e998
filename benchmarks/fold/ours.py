"""Our worker as it is: Faust with bulk delivery, transactions, and the merger of tallies beside."""

from __future__ import annotations

from pathlib import Path

from benchmarks.fold import FoldJob


class Ours:
    label = "ours: the worker (it also merges the tallies)"
    environment = "product"

    def run(self, job: FoldJob) -> None:
        from streams.config import WorkerConfig  # noqa: PLC0415
        from streams.worker import run_worker  # noqa: PLC0415

        run_worker(
            WorkerConfig(
                bootstrap=job.bootstrap,
                timeline=job.timeline,
                partitions=job.partitions,
                state_dir=Path(job.folder),
                instance=job.name,
                commit_interval=job.commit_ms / 1_000,
            )
        )


HOST = Ours()
