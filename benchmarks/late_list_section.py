"""Section late-list: a month with many dossiers is frozen, and its documents are made, beside the
limits that we set."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks.documents_child import MadeDocuments
from benchmarks.late_list_child import Froze
from benchmarks.options import Options
from benchmarks.report import Aim, Row, Section
from documents.late_list.pdf import AT_A_TIME

HELD = 30_000  # dossiers of a large city's month
MOST_S = 10.0  # for these
MOST_LARGE_S = 600.0  # for --dossiers, up to 400,000
# Documents: (form, late dossiers, most seconds).
DOCUMENTS = (("pdf", 400, 2.0), ("pdf", 30_000, 60.0), ("xlsx", 30_000, 10.0))
MOST_MB = 1_024.0  # of whatever makes documents, together
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
    for form, count, most in DOCUMENTS:
        made, together = _documents(options, form, count)
        rows += [made, together]
        aims += [Aim(of=made.name, at_least=False, bound=most)]
        aims += [Aim(of=together.name, at_least=False, bound=MOST_MB)]
    return Section(
        name="late-list",
        title="A month's late list is frozen and written",
        how="from ClickHouse to its files, in a process that takes what the others leave; then the "
        "documents of a list of so many late dossiers",
        higher=False,
        rows=rows,
        aims=aims,
    )


def _documents(options: Options, form: str, late: int) -> tuple[Row, Row]:
    """Seconds, and the memory of all processes that work on it at a time."""
    label = f"{form.upper()} of {late:,} late dossiers"
    seconds = Row(name=f"{form}-{late}", label=label, role="ours", unit="s")
    memory = Row(name=f"{form}-{late}-mb", label="  memory, all of it", role="part", unit="MB")
    for round_ in range(options.rounds):
        options.say(f"late-list: {label}, round {round_ + 1}")
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.documents_child", form, str(late)],
            stdout=subprocess.PIPE,
            check=True,
        )
        found = msgspec.json.decode(done.stdout, type=MadeDocuments)
        seconds.values.append(found.seconds)
        memory.values.append(found.megabytes + AT_A_TIME * found.apart)
    return seconds, memory


def _freeze(work: Path, dossiers: int) -> Froze:
    with tempfile.TemporaryDirectory(dir=work) as folder:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.late_list_child", folder, str(dossiers)],
            stdout=subprocess.PIPE,
            check=True,
        )
    return msgspec.json.decode(done.stdout, type=Froze)
