"""Imports an event log: read and check, sort by dossier, derive events, sort by time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import msgspec

from dossiers.events import AnyEvent, decode_event
from dossiers.records import DeadLetter
from dossiers.reference import CalendarSpec, Officer, Reference, Unit
from sources.calendars import vn_office
from sources.importer.check import NO_TIME, Checker, Entry
from sources.importer.csv_rows import read_csv
from sources.importer.files import Progress, open_log
from sources.importer.lifecycle import Staged, events_of
from sources.importer.rows import Row, broken_off
from sources.importer.seen import Seen
from sources.importer.staging import Staging
from sources.importer.xes_rows import read_xes
from sources.mapping import Mapping

_BATCH = 2_500  # rows: each may be some kilobytes of names
_LETTERS = 500
MOST_BAD = 500_000  # rows one after another of which none can be taken
_BY_DOSSIER = "SELECT * FROM entries ORDER BY dossier, at, number"
_BEGINS = f"SELECT min(at) FROM entries WHERE at > {NO_TIME}"  # noqa: S608
_BY_TIME = "SELECT at, dossier, value FROM events ORDER BY at, seq, rowid"
_letter_decoder: msgspec.json.Decoder[DeadLetter] = msgspec.json.Decoder(DeadLetter)


@dataclass(frozen=True)
class Counts:
    """``read``: rows of the file, bad ones included: data rows of a CSV log; of XES, events and
    traces without events. ``duplicates``: rows equal to an earlier one in all columns (published
    all the same). ``dead_lettered``: rows with something that could not be taken, and the place
    where the file breaks off, if it does: then ``broken_off`` is 1. ``events``: records that a
    replay publishes. ``taken``: all other rows; read + broken_off = taken + dead_lettered +
    duplicates."""

    read: int
    duplicates: int
    dead_lettered: int
    events: int
    dossiers: int
    broken_off: int = 0

    @property
    def taken(self) -> int:
        return self.read + self.broken_off - self.dead_lettered - self.duplicates


class ImportedLog:
    """A log sorted on disk. Close it to remove its scratch file.

    ``first_at``, ``as_of``: the earliest and latest time (ms) of an activity, reception or finish
    that was taken; None for a log without any. ``fingerprint``: SHA-256 (hex) of the file.
    """

    def __init__(
        self,
        staging: Staging,
        mapping: Mapping,
        name: str,
        counts: Counts,
        seen: Seen,
        *,
        mark: str,
        broken: str = "",
    ) -> None:
        self._staging = staging
        self._seen = seen
        self.mapping = mapping
        self.name = name
        self.counts = counts
        self.fingerprint = mark
        self._broken = broken
        bounds = next(staging.select("SELECT min(at), max(at) FROM events"))
        self.first_at: int | None = bounds[0]
        self.as_of: int | None = bounds[1]

    def records(self) -> Iterator[tuple[int, str, bytes]]:
        """(occurred_at, dossier id, encoded event) in time order; can be read again."""
        return cast(Iterator[tuple[int, str, bytes]], self._staging.select(_BY_TIME))

    def events(self) -> Iterator[AnyEvent]:
        """The same, decoded."""
        return (decode_event(value) for _, _, value in self.records())

    def dead_letters(self) -> Iterator[DeadLetter]:
        """What could not be taken, in file order; their time line is still empty."""
        for (value,) in self._staging.select("SELECT value FROM letters ORDER BY rowid"):
            yield _letter_decoder.decode(value)

    def warnings(self) -> list[str]:
        """What was not read, and what is allowed but most likely a mistake, as sentences."""
        found = []
        if self._broken:
            counts = self.counts
            found.append(
                f"{self._broken} Before it, {counts.read:,} rows were read and {counts.taken:,} "
                "of them taken."
            )
        if self.mapping.ends_by in ("column", "activity") and not self._seen.ended:
            found.append(
                f"{self.name}: no dossier ends; check finished in the mapping "
                f"({self.mapping.finished!r})."
            )
        if self._seen.unnamed:
            found.append(
                f"{self.name}: has more units and officers than reference data can hold; "
                f"{self._seen.unnamed:,} times one was named that is not in it. Is the right "
                "column mapped?"
            )
        return found

    def reference(self) -> Reference:
        """Units and officers as the log names them, and the mapping's calendar and limit."""
        return Reference(
            title=self.name,
            timezone=self.mapping.timezone,
            calendar=vn_office()
            if self.mapping.calendar == "vn-office"
            else CalendarSpec(kind="24x7"),
            limit=self.mapping.default_limit,
            units=tuple(
                Unit(id=name, name=name, short=name, kind="department")
                for name in sorted(self._seen.units)
            ),
            officers=tuple(Officer(id=name, name=name) for name in sorted(self._seen.officers)),
        )

    def close(self) -> None:
        self._staging.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def import_log(
    path: Path,
    mapping: Mapping,
    workdir: Path,
    progress: Progress | None = None,
    *,
    now: int | None = None,
) -> ImportedLog:
    """Reads ``path`` into a scratch file in ``workdir``. ``now``: this machine's clock (ms).

    Raises LogError (file unreadable, no log, disk full) or MappingError (a column is missing).
    """
    report = progress or (lambda phase, share: None)
    clock = time.time_ns() // 1_000_000 if now is None else now
    staging = Staging(workdir)
    try:
        with open_log(path, lambda share: report("reading", share)) as file:
            if file.kind == "xes":
                rows = read_xes(file, mapping, workdir)
            else:
                rows = read_csv(file, mapping)
            tally = _Tally()
            _stage(rows, Checker(mapping, file.name, clock), staging, tally)
            mark = file.fingerprint()
        seen = Seen()
        begins_at = next(staging.select(_BEGINS))[0] if tally.bare else None
        entries = cast(Iterator[Entry], staging.select(_BY_DOSSIER))
        watched = _watched(entries, tally.read - tally.dead, report)
        count = _store(events_of(watched, mapping.ends_by, seen, begins_at), staging)
        staging.drop("entries")
    except BaseException:
        staging.close()
        raise
    counts = Counts(
        tally.read, seen.duplicates, tally.dead, count, seen.dossiers, int(bool(tally.broken))
    )
    return ImportedLog(staging, mapping, path.name, counts, seen, mark=mark, broken=tally.broken)


@dataclass
class _Tally:
    """``bad``: rows since the last one that was taken. ``broken``: the dead letter's sentence
    where the file breaks off."""

    read: int = 0
    dead: int = 0
    bare: int = 0
    bad: int = 0
    broken: str = ""


def _stage(rows: Iterator[Row], checker: Checker, staging: Staging, tally: _Tally) -> None:
    """Stages what can be used, batch by batch, and counts rows and dead letters."""
    entries: list[Entry] = []
    letters: list[tuple[bytes]] = []

    def write() -> None:
        staging.insert("entries", entries, len(Entry._fields))
        staging.insert("letters", letters, 1)
        entries.clear()
        letters.clear()

    for row in _until_hopeless(rows, tally):
        entry, letter = checker.check(row)
        tally.bad = tally.bad + 1 if entry is None else 0
        if entry is not None:
            entries.append(entry)
            tally.bare += row.bare
        if letter is not None:
            tally.dead += 1
            letters.append((msgspec.json.encode(letter),))
            if row.ends:
                tally.broken = letter.detail
                continue
        tally.read += 1
        if len(entries) >= _BATCH or len(letters) >= _LETTERS:
            write()
    write()


def _until_hopeless(rows: Iterator[Row], tally: _Tally) -> Iterator[Row]:
    """A small packed file may hold rows without end, and each would leave a dead letter."""
    for row in rows:
        yield row
        if tally.bad >= MOST_BAD and not row.ends:
            why = f"{MOST_BAD:,} rows one after another could not be taken"
            yield broken_off("broken_off", row.number + 1, row.line, why)
            return


def _store(events: Iterator[Staged], staging: Staging) -> int:
    count = 0
    while batch := list(islice(events, _BATCH)):
        count += len(batch)
        staging.insert("events", batch, 4)
    return count


def _watched(entries: Iterator[Entry], expected: int, report: Progress) -> Iterator[Entry]:
    """Passes entries on and reports the share done now and then."""
    for done, entry in enumerate(entries):
        if done % _BATCH == 0:
            report("ordering", min(1.0, done / max(expected, 1)))
        yield entry
    report("ordering", 1.0)
