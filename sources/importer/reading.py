"""Reads a log's rows onto the scratch file, and counts what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from sources.importer.check import Checker
from sources.importer.csv_rows import read_csv
from sources.importer.files import EventLogFile, Progress, open_log
from sources.importer.moments import OrderNeeded, day_order
from sources.importer.rows import LogRow, broken_off
from sources.importer.staged import NO_TIME, StagedRow
from sources.importer.staging import Staging
from sources.importer.xes_rows import read_xes
from sources.mapping import Mapping
from sources.time_forms import Order

_BATCH = 2_500  # rows: each may be some kilobytes of names
_LETTERS = 500
DAY = 86_400_000  # ms
MOST_BAD = 500_000  # rows one after another of which none can be taken


@dataclass
class ReadingTally:
    """``read``: rows, without the place where the file breaks off; ``dead``: dead letters, with
    that place's. ``bare``: traces without events. ``bad``: rows since the last one that was taken.
    ``days``: rows by day since 1970. ``reasons``: dead letters by reason; ``first``: the sentence
    of each one's first, with what stands in the row: for a terminal only. ``broken``: the sentence
    of the break. ``strange``: lifecycle values, if none is of XES. ``mark``: SHA-256 (hex) of the
    file."""

    read: int = 0
    dead: int = 0
    bare: int = 0
    bad: int = 0
    days: dict[int, int] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    broken: str = ""
    strange: list[str] = field(default_factory=list)
    mark: str = ""


def read_log(
    path: Path, mapping: Mapping, staging: Staging, workdir: Path, report: Progress, now: int
) -> ReadingTally:
    """Stages all that can be used. Raises LogError or MappingError.

    If day and month of a date could change places, the file is read again: first to learn from
    all of its dates which is which.
    """
    try:
        return _read(path, mapping, staging, workdir, report, now, None)
    except OrderNeeded:
        staging.clear()
    with open_log(path, lambda share: report("looking at dates", share)) as file:
        order = day_order(_rows(file, mapping, workdir), path.name)
    return _read(path, mapping, staging, workdir, report, now, order)


def _read(
    path: Path,
    mapping: Mapping,
    staging: Staging,
    workdir: Path,
    report: Progress,
    now: int,
    order: Order | None,
) -> ReadingTally:
    tally = ReadingTally()
    checker = Checker(mapping, path.name, now, order)
    with open_log(path, lambda share: report("reading", share)) as file:
        _stage(_rows(file, mapping, workdir), checker, staging, tally)
        tally.mark = file.fingerprint()
    tally.strange = checker.transitions.strange
    return tally


def _rows(file: EventLogFile, mapping: Mapping, workdir: Path) -> Iterator[LogRow]:
    return read_xes(file, mapping, workdir) if file.kind == "xes" else read_csv(file, mapping)


def _stage(rows: Iterator[LogRow], checker: Checker, staging: Staging, tally: ReadingTally) -> None:
    """Stages batch by batch, and counts rows and dead letters."""
    entries: list[StagedRow] = []
    letters: list[tuple[bytes]] = []
    days = tally.days

    def write() -> None:
        staging.insert("entries", entries, len(StagedRow._fields))
        staging.insert("letters", letters, 1)
        entries.clear()
        letters.clear()

    for row in _until_hopeless(rows, tally):
        entry, letter = checker.check(row)
        if entry is not None:
            entries.append(entry)
            day = entry[1] // DAY
            days[day] = days.get(day, 0) + 1
            tally.bare += row.bare
            tally.bad = 0
        else:
            tally.bad += 1
        if letter is not None:
            tally.dead += 1
            letters.append((msgspec.json.encode(letter),))
            if row.ends:
                tally.broken = letter.detail
                continue
            tally.reasons[letter.reason] += 1
            tally.first.setdefault(letter.reason, checker.said)
        tally.read += 1
        if len(entries) >= _BATCH or len(letters) >= _LETTERS:
            write()
    write()
    days.pop(NO_TIME // DAY, None)


def _until_hopeless(rows: Iterator[LogRow], tally: ReadingTally) -> Iterator[LogRow]:
    """A small packed file may hold rows without end, and each would leave a dead letter."""
    for row in rows:
        yield row
        if tally.bad >= MOST_BAD and not row.ends:
            why = f"{MOST_BAD:,} rows one after another could not be taken"
            yield broken_off("broken_off", row.number + 1, row.line, why)
            return
