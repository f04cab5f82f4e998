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

from confluent_kafka import KafkaException

from benchmarks import fold, peers, report
from benchmarks.options import SECTIONS, Options, parse
from benchmarks.processes import ChildError
from broker.errors import BrokerError
from infra.kafka.errors import EmbeddedKafkaError

_MODULES = {
    "small-job": "benchmarks.small_job_section",
    "due-times": "benchmarks.due_times_section",
    "fold": "benchmarks.fold_section",
    "latency": "benchmarks.latency_section",
    "overdue": "benchmarks.overdue_section",
    "alerts": "benchmarks.alerts_section",
    "ingest": "benchmarks.ingest_section",
    "pages": "benchmarks.pages_section",
    "late-list": "benchmarks.late_list_section",
    "walls": "benchmarks.walls_section",
    "recovery": "benchmarks.recovery_section",
    "large-store": "benchmarks.large_store.section",
    "long-run": "benchmarks.long_run_section",
}
_BUSY = 0.7  # load average above which a run is warned of


def main(argv: list[str]) -> int:
    """Measure what was asked for and print it; 1 when a row has no figure."""
    # Both ways to end a run unwind the blocks that own child processes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as work:
        options = parse(argv, {"small-job": peers.NAMES, "fold": fold.NAMES}, Path(work))
        options.say = _progress
        began, load = time.time(), os.getloadavg()[0]
        if load > _BUSY:
            options.say(f"this machine is busy (load {load:.1f}): the figures will be too low")
        sections = []
        try:
            for name, module in _MODULES.items():
                if options.wants(name):
                    sections.append(_run(name, module, options))
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
            "load_before": load,
            "seconds": round(time.time() - began),
            "events": options.events,
            "rounds": options.rounds,
            "dossiers": options.dossiers,
        }
        print(report.as_json(sections, facts))
    return 1 if any(row.failure for section in sections for row in section.rows) else 0


def _run(name: str, module: str, options: Options) -> report.Section:
    """One section; if the stack itself fails, its reason as the only row."""
    measure: Callable[[Options], report.Section] = import_module(module).run
    try:
        return measure(options)
    except (ChildError, BrokerError, KafkaException, ValueError, OSError) as error:
        row = report.Row(name=name, label=name, role="ours", unit="", failure=str(error))
        return report.Section(name=name, title=SECTIONS[name], how="not measured", rows=[row])


def _progress(line: str) -> None:
    print(f"  .. {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
