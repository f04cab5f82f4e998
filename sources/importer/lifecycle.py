"""What a dossier's rows say happened: reception, steps, changed due times, the finish.

Each row becomes one ``progressed`` event that alone carries unit, officer and responsible, so that
the holder is always the row's. ``received`` comes once: at the first reception time any row gives
(rows by time, then by place in the file), else at the first row. The first due time goes into it;
another one on a later row is a ``due_set`` at that row's time. Of several finish dates the last
counts; of several rows with an activity that ends the dossier, the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

import msgspec

from dossiers.events import DossierEvent, DueSet, Finished, Progressed, Received
from sources.importer.check import SOURCE, Entry
from sources.importer.rows import DIGEST_SIZE

# Ties at one instant: reception first, then rows in file order, the finish last. The largest
# number that every JSON reader holds exactly.
RECEIVED_SEQ = 0
FINISHED_SEQ = 2**53 - 1

Staged = tuple[int, int, str, bytes]  # occurred_at, source_seq, dossier id, encoded event
_encode: Callable[[DossierEvent], bytes] = msgspec.json.Encoder().encode


@dataclass
class Seen:
    """What came by: names for the reference data, and counts."""

    units: set[str] = field(default_factory=set)
    officers: set[str] = field(default_factory=set)
    dossiers: int = 0
    duplicates: int = 0
    ended: int = 0


def events_of(entries: Iterable[Entry], ends_by: str, seen: Seen) -> Iterator[Staged]:
    """Events of all entries, which come by dossier, time and row number. Events leave in any
    order; a row that repeats another one leaves as the very same event."""
    current: _Dossier | None = None
    for entry in entries:
        if current is None or entry[0] != current.id:
            if current is not None:
                yield from current.close(ends_by)
            current = _Dossier(entry, seen)
        yield from current.add(entry)
    if current is not None:
        yield from current.close(ends_by)


class _Dossier:
    def __init__(self, first: Entry, seen: Seen) -> None:
        self.id = first[0]
        self._seen = seen
        self._first_at = self._at = first[1]
        self._rows: list[Entry] = []  # those at time _at
        self._received: int | None = None
        self._due: int | None = None
        self._first_due: int | None = None
        self._finished: int | None = None
        self._ended: int | None = None
        seen.dossiers += 1

    def add(self, entry: Entry) -> Iterator[Staged]:
        if entry[1] != self._at:
            yield from self._flush()
            self._at = entry[1]
        self._rows.append(entry)

    def _flush(self) -> Iterator[Staged]:
        """The rows of one instant. All copies of a row are one event, which takes the place of the
        last of them: whoever sorts the file by (time, row) finds that one last, too."""
        rows, self._rows = self._rows, []
        last = {entry[3]: entry[2] for entry in rows}
        for entry in rows:
            number = last[entry[3]]
            yield self._progressed(entry, number)
            if entry[2] == number:
                yield from self._note(entry)
            else:
                self._seen.duplicates += 1

    def _progressed(self, entry: Entry, number: int) -> Staged:
        at, digest, activity, officer, responsible, unit = entry[1], *entry[3:8]
        event = Progressed(
            event_id=digest.hex(),
            dossier_id=self.id,
            occurred_at=at,
            received_at=at,
            source=SOURCE,
            source_seq=number,
            unit=unit,
            officer=officer,
            responsible=responsible,
            step=activity,
        )
        return at, number, self.id, _encode(event)

    def _note(self, entry: Entry) -> Iterator[Staged]:
        """What a row says of its dossier besides the step."""
        (_, at, number, digest, _, officer, responsible, unit, received, due, done, ends) = entry
        self._seen.units.add(unit)
        self._seen.officers.add(responsible)
        self._seen.officers.add(officer)
        if self._received is None:
            self._received = received
        if done is not None:
            self._finished = done
        if ends and self._ended is None:
            self._ended = at
        if due is not None and due != self._due:
            if self._first_due is None:
                self._first_due = due
            else:
                yield self._due_set(at, number, digest, due)
            self._due = due

    def close(self, ends_by: str) -> Iterator[Staged]:
        yield from self._flush()
        received = self._first_at if self._received is None else self._received
        yield (
            received,
            RECEIVED_SEQ,
            self.id,
            _encode(
                Received(
                    event_id=self._event_id("received", received, self._first_due),
                    dossier_id=self.id,
                    occurred_at=received,
                    received_at=received,
                    source=SOURCE,
                    source_seq=RECEIVED_SEQ,
                    due_at=self._first_due,
                )
            ),
        )
        finished = {
            "column": self._finished,
            "activity": self._ended,
            "last-event": self._at,
        }.get(ends_by)
        if finished is None:
            return
        self._seen.ended += 1
        yield (
            finished,
            FINISHED_SEQ,
            self.id,
            _encode(
                Finished(
                    event_id=self._event_id("finished", finished),
                    dossier_id=self.id,
                    occurred_at=finished,
                    received_at=finished,
                    source=SOURCE,
                    source_seq=FINISHED_SEQ,
                )
            ),
        )

    def _due_set(self, at: int, number: int, digest: bytes, due: int) -> Staged:
        event = DueSet(
            event_id=f"{digest.hex()}-due",
            dossier_id=self.id,
            occurred_at=at,
            received_at=at,
            source=SOURCE,
            source_seq=number,
            due_at=due,
            reason="correction",
        )
        return at, number, self.id, _encode(event)

    def _event_id(self, *content: str | int | None) -> str:
        text = "\x1f".join([self.id, *map(str, content)])
        return blake2b(text.encode(), digest_size=DIGEST_SIZE).hexdigest()
