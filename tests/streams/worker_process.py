"""A worker as a process of its own: ``python -m tests.streams.worker_process CONFIG``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from streams.config import WorkerConfig
from streams.worker import run_worker

if __name__ == "__main__":
    fields = json.loads(sys.argv[1])
    run_worker(WorkerConfig(**{**fields, "state_dir": Path(fields["state_dir"])}))
