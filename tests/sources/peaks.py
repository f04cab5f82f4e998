"""How much memory an import takes at most, measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PEAKS = """
import sys
from pathlib import Path
from sources.importer.log import import_log
from tests.sources.logs import NOW, mapping

def peak():
    # Not ru_maxrss: that is inherited from the process that started this one.
    lines = Path("/proc/self/status").read_text().splitlines()
    (found,) = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(found) // 1000

GOOD = {"A", "good", "0"}
at_first = peak()
columns = {"dossier": "case:concept:name", "activity": "concept:name", "time": "time:timestamp"}
more = {"officer": "org:resource", "unit": "org:group"}
for path in map(Path, sys.argv[1:]):
    used = columns if "xes" in path.name else columns | more
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    with import_log(path, mapping(used), path.parent / "work", now=NOW) as log:
        good = any(event.dossier_id in GOOD for event in log.events())
        read = log.counts.read
    print(path.name, read if good else 0, peak() - at_first, sep="\\t")
"""


def peaks(paths: Sequence[Path]) -> list[tuple[str, int, int]]:
    """For each log its name, the rows read (0 where no dossier A, 0 or good was taken), and the
    megabytes beyond those of the process before it."""
    done = subprocess.run(
        [sys.executable, "-c", PEAKS, *map(str, paths)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    return [(name, int(read), int(peak)) for name, read, peak in lines]
