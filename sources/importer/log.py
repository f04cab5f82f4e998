"""Imports an event log: read and check, sort by dossier, derive events, sort by time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Self, cast

import msgspec

from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import AnyEvent, decode_event
from dossiers.wire.reference import Officer, Reference, Unit
from sources.calendars import vn_office
from sources.importer.counts import RowCounts
from sources.importer.far_times import far_times
from sources.importer.files import Progress
from sources.importer.lifecycle import Staged, events_of
from sources.importer.reading import ReadingTally, read_log
from sources.importer.seen import SeenNames
from sources.importer.staged import NO_TIME, StagedRow
from sources.importer.staging import Staging
from sources.importer.warnings import log_warnings, nothing_taken
from sources.mapping import Mapping

_BATCH = 2_500  # events: each may be some kilobytes of names
_BY_DOSSIER = "SELECT * FROM entries ORDER BY dossier, at, number"
_BEGINS = f"SELECT min(at) FROM entries WHERE at > {NO_TIME}"  # noqa: S608
_BY_TIME = "SELECT at, dossier, value FROM events ORDER BY at, seq, rowid"
_letter_decoder: msgspec.json.Decoder[DeadLetter] = msgspec.json.Decoder(DeadLetter)


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
        counts: RowCounts,
        seen: SeenNames,
        *,
        tally: ReadingTally,
        apart: list[str],
    ) -> None:
        self._staging = staging
        self._seen = seen
        self.mapping = mapping
        self.name = name
        self.counts = counts
        self.fingerprint = tally.mark
        self._tally = tally
        self._apart = apart
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
        """What could not be taken, in file order; their timeline is still empty."""
        for (value,) in self._staging.select("SELECT value FROM letters ORDER BY rowid"):
            yield _letter_decoder.decode(value)

    def warnings(self) -> list[str]:
        """What was not read, and what is allowed but most likely a mistake, as sentences."""
        return log_warnings(self.name, self.mapping, self.counts, self._seen, self._tally) + [
            f"{self.name}, {sentence}" for sentence in self._apart
        ]

    def examples(self) -> list[str]:
        """The first row of each reason for which rows were not taken, with what stands in it. For
        the terminal of whoever has the file, and for nothing that is kept."""
        reasons = self._tally.reasons.most_common()
        return [f"{reason} ({count:,}): {self._tally.first[reason]}" for reason, count in reasons]

    def nothing_usable(self) -> str | None:
        """Why, in a sentence, if no row of the log could be taken."""
        if self.as_of is not None:
            return None
        return nothing_taken(self.name, self._tally)

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
        """Remove the scratch file; nothing can be read any more."""
        self._staging.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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
        tally = read_log(path, mapping, staging, workdir, report, clock)
        seen = SeenNames()
        begins_at = next(staging.select(_BEGINS))[0] if tally.bare else None
        entries = cast(Iterator[StagedRow], staging.select(_BY_DOSSIER))
        watched = _watched(entries, tally.read - tally.dead, report)
        count = _store(events_of(watched, mapping.ends_by, seen, begins_at), staging)
        apart = far_times(staging, mapping.zone, tally.days, seen.days)
        staging.drop("entries")
    except BaseException:
        staging.close()
        raise
    counts = RowCounts(
        tally.read, seen.duplicates, tally.dead, count, seen.dossiers, int(bool(tally.broken))
    )
    return ImportedLog(staging, mapping, path.name, counts, seen, tally=tally, apart=apart)


def _store(events: Iterator[Staged], staging: Staging) -> int:
    count = 0
    while batch := list(islice(events, _BATCH)):
        count += len(batch)
        staging.insert("events", batch, 4)
    return count


def _watched(entries: Iterator[StagedRow], expected: int, report: Progress) -> Iterator[StagedRow]:
    """Passes entries on and reports the share done now and then."""
    for done, entry in enumerate(entries):
        if done % _BATCH == 0:
            report("ordering", min(1.0, done / max(expected, 1)))
        yield entry
    report("ordering", 1.0)
