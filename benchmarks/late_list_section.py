"""Section late-list: a month with many dossiers is frozen, beside the limit that we set."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks.late_list_child import Froze
from benchmarks.options import Options
from benchmarks.report import Aim, Row, Section

HELD = 30_000  # dossiers of a large city's month
MOST_S = 10.0  # for these
MOST_LARGE_S = 600.0  # for --dossiers, up to 400,000
_LARGE = 200_000  # more than so many have to be asked for


def run(options: Options) -> Section:
    """Freeze each size as often as there are rounds, each time in a process of its own."""
    sizes = [min(HELD, options.dossiers)]
    if options.dossiers > _LARGE:
        sizes.append(options.dossiers)
    rows: list[Row] = []
    for size in sizes:
        seconds = Row(name=f"{size}", label=f"{size:,} dossiers held", role="ours", unit="s")
        memory = Row(name=f"{size}-mb", label="  memory, ClickHouse in it", role="part", unit="MB")
        late = Row(name=f"{size}-late", label="  late among them", role="part", unit="dossiers")
        for round_ in range(1 if size > _LARGE else options.rounds):
            options.say(f"late-list: {size:,} dossiers, round {round_ + 1}")
            found = _freeze(options.work, size)
            seconds.values.append(found.seconds)
            memory.values.append(found.megabytes)
            late.values.append(found.late)
        rows += [seconds, memory, late]
    aims = [Aim(of=f"{sizes[0]}", at_least=False, bound=MOST_S)]
    aims += [Aim(of=f"{size}", at_least=False, bound=MOST_LARGE_S) for size in sizes[1:]]
    return Section(
        name="late-list",
        title="A month's late list is frozen",
        how="from ClickHouse to its files, in a process that takes what the others leave",
        higher=False,
        rows=rows,
        aims=aims,
    )


def _freeze(work: Path, dossiers: int) -> Froze:
    with tempfile.TemporaryDirectory(dir=work) as folder:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.late_list_child", folder, str(dossiers)],
            stdout=subprocess.PIPE,
            check=True,
        )
    return msgspec.json.decode(done.stdout, type=Froze)
