"""``python -m benchmarks``: the product measured beside its peers and the limit, in one run."""

from __future__ import annotations

import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from benchmarks import fold, peers, report
from benchmarks.options import Options, parse
from infra.kafka.errors import EmbeddedKafkaError

_MODULES = {
    "small-job": "benchmarks.small_job_section",
    "fold": "benchmarks.fold_section",
    "latency": "benchmarks.latency_section",
    "overdue": "benchmarks.overdue_section",
    "walls": "benchmarks.walls_section",
    "recovery": "benchmarks.recovery_section",
}


def main(argv: list[str]) -> int:
    """Measure what was asked for and print it; 1 when a row has no figure."""
    # Both ways to end a run unwind the blocks that own child processes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as work:
        options = parse(argv, [*peers.NAMES, *fold.NAMES], Path(work))
        options.say = _progress
        began = time.time()
        sections = []
        try:
            for name, module in _MODULES.items():
                if options.wants(name):
                    sections.append(_run(module, options))
                    if not options.json:
                        print(report.text(sections[-1]), flush=True)
        except EmbeddedKafkaError as error:
            print(error, file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
    if options.json:
        facts: dict[str, object] = {
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "python": platform.python_version(),
            "seconds": round(time.time() - began),
            "events": options.events,
            "rounds": options.rounds,
            "dossiers": options.dossiers,
        }
        print(report.as_json(sections, facts))
    return 1 if any(row.failure for section in sections for row in section.rows) else 0


def _run(module: str, options: Options) -> report.Section:
    measure: Callable[[Options], report.Section] = import_module(module).run
    return measure(options)


def _progress(line: str) -> None:
    print(f"  .. {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
