"""The engines that are measured side by side, one a file.

``python -m benchmarks.peers NAME JOB`` runs one of them in this process; JOB is a contract.Job as
JSON.
"""

from __future__ import annotations

from importlib import import_module

from benchmarks.contract import Engine

NAMES = ("limit", "ours", "kafka_streams", "quix", "bytewax_", "tutorial")


def load(name: str) -> Engine:
    """The engine of ``benchmarks/peers/<name>.py``."""
    engine: Engine = import_module(f"benchmarks.peers.{name}").ENGINE
    return engine
