"""What a dossier's rows say happened: reception, steps, changed due times, the finish.

Each row becomes one ``progressed`` event that alone carries unit, officer and responsible, so that
the holder is always the row's. ``received`` comes once: at the first reception time any row gives
(rows by time, then by place in the file), else at the first row whose activity is complete, if
there is one. The first due time goes into it; another one on a later row is a ``due_set`` at that
row's time. Columns of traits make a ``traits`` event at each row that says something new of them.
Of several finish dates the last counts; of several rows with an activity that ends the
dossier, the first, and after a row that reopens it the next one. Such a row is a ``reopened``
instead of a ``progressed`` event. A trace without events says when a dossier was received or is due
that nobody has touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b

import msgspec

from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import DueSet, Finished, Progressed, Received, Reopened
from sources.importer.letters import SOURCE
from sources.importer.rows import DIGEST_SIZE
from sources.importer.seen import SeenNames
from sources.importer.staged import BARE, ENDS, NO_TIME, OPEN, REOPENS, TOLD, StagedRow
from sources.importer.told_traits import ToldTraits

# Ties at one instant: reception first, then rows in file order, the finish last. The largest
# number that every JSON reader holds exactly.
RECEIVED_SEQ = 0
FINISHED_SEQ = 2**53 - 1
_MOST_AT_ONCE = 10_000  # different rows of one dossier at one instant that are held

Staged = tuple[int, int, str, bytes]  # occurred_at, source_seq, dossier id, encoded event
_encode: Callable[[DossierEvent], bytes] = msgspec.json.Encoder().encode


def events_of(
    entries: Iterable[StagedRow], ends_by: str, seen: SeenNames, begins_at: int | None
) -> Iterator[Staged]:
    """Events of all entries, which come by dossier, time and row number. Events leave in any
    order; a row that repeats another one leaves as the very same event. ``begins_at``: the log's
    first instant (ms), at the latest."""
    current: _Dossier | None = None
    for entry in entries:
        if current is None or entry[0] != current.id:
            if current is not None:
                yield from current.close(ends_by, begins_at)
            current = _Dossier(entry[0], seen)
        yield from current.add(entry)
    if current is not None:
        yield from current.close(ends_by, begins_at)


class _Dossier:
    def __init__(self, name: str, seen: SeenNames) -> None:
        self.id = name
        self._seen = seen
        self._at = NO_TIME
        self._rows: dict[
            bytes, tuple[StagedRow, int]
        ] = {}  # at time _at: the last copy, and how many
        self._first_at: int | None = None
        self._received: int | None = None
        self._due: int | None = None
        self._first_due: tuple[int, int, bytes, int] | None = None  # of which row, and when
        self._finished: int | None = None
        self._ends: list[int] = []
        self._is_open = True  # since its last end
        self._traits = ToldTraits(name)
        self._is_undated = False
        seen.dossiers += 1

    def add(self, entry: StagedRow) -> Iterator[Staged]:
        if entry[1] != self._at:
            yield from self._flush()
            self._at = entry[1]
        if self._first_at is None and not entry[11] & (BARE | OPEN):
            self._first_at = entry[1]
        known = self._rows.get(entry[3])
        self._rows[entry[3]] = (entry, 1 if known is None else known[1] + 1)
        if len(self._rows) > _MOST_AT_ONCE:
            yield from self._flush()

    def _flush(self) -> Iterator[Staged]:
        """The rows of one instant. All copies of a row are one event, which takes the place of the
        last of them: whoever sorts the file by (time, row) finds that one last, too."""
        rows = self._rows
        if not rows:
            return
        self._rows = {}
        # A row that came again stands where its last copy does.
        for entry, copies in (
            rows.values() if len(rows) == 1 else sorted(rows.values(), key=_number)
        ):
            marks = entry[11]
            if not marks & BARE:
                told = self._progressed(entry)
                yield told
                for _ in range(1, copies):
                    yield told
            if copies > 1 and not marks & TOLD:
                self._seen.duplicates += copies - 1
            yield from self._note(entry)

    def _progressed(self, entry: StagedRow) -> Staged:
        at, number, digest, activity, officer, responsible, unit = entry[1:8]
        event_id = digest.hex()
        if entry[11] & REOPENS and self._ends[-1:] == [at]:
            # Ended and reopened at one instant, in this order: it comes after the finish.
            number, event_id = FINISHED_SEQ, f"reopened-{event_id}"
        event = (Reopened if entry[11] & REOPENS else Progressed)(
            event_id=event_id,
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

    def _note(self, entry: StagedRow) -> Iterator[Staged]:
        """What a row says of its dossier besides the step."""
        (_, at, number, digest, step, officer, responsible, unit, received, due, done, marks,
         traits) = entry  # fmt: skip
        seen = self._seen
        if step not in seen.activities.names:
            seen.activities.note(step)
        if unit not in seen.units:
            seen.unit(unit)
        if responsible not in seen.officers:
            seen.officer(responsible)
        if officer not in seen.officers:
            seen.officer(officer)
        if self._received is None:
            self._received = received
        if done is not None:
            self._finished = done
        if marks & REOPENS:
            self._is_open = True
        elif marks & ENDS and self._is_open:
            self._is_open = False
            self._ends.append(at)
        if traits and self._traits.add(traits):
            if at == NO_TIME:  # a trace without events: as of its reception
                self._is_undated = True
            else:
                yield self._staged(self._traits.event(at, number, digest.hex()))
        if due is not None and due != self._due:
            if self._first_due is None:
                self._first_due = (at, number, digest, due)
            else:
                yield self._due_set(at, number, digest, due)
            self._due = due

    def close(self, ends_by: str, begins_at: int | None) -> Iterator[Staged]:
        yield from self._flush()
        due = None if self._first_due is None else self._first_due[3]
        received = self._first_at if self._received is None else self._received
        if received is None and self._at == NO_TIME:
            # Nobody touched it and only its due time is known: it was there all the time.
            received = min(at for at in (begins_at, due) if at is not None)
        if received is not None:
            yield self._reception(received, due)
            if self._is_undated:
                name = self._event_id("received")
                yield self._staged(self._traits.event(received, RECEIVED_SEQ, name))
        elif self._first_due is not None:
            yield self._due_set(*self._first_due)
        if ends_by == "activity":
            ends = self._ends
        else:
            end = {"column": self._finished, "last-event": self._at}.get(ends_by)
            ends = [] if end is None or end == NO_TIME else [end]
        if not ends:
            return
        self._seen.ended += 1
        if ends_by == "column":
            self._seen.end_on(ends[0])
        yield from map(self._finish, dict.fromkeys(ends))

    def _finish(self, at: int) -> Staged:
        return self._staged(
            Finished(
                event_id=self._event_id("finished", at),
                dossier_id=self.id,
                occurred_at=at,
                received_at=at,
                source=SOURCE,
                source_seq=FINISHED_SEQ,
            )
        )

    def _reception(self, at: int, due: int | None) -> Staged:
        event = Received(
            event_id=self._event_id("received", at, due),
            dossier_id=self.id,
            occurred_at=at,
            received_at=at,
            source=SOURCE,
            source_seq=RECEIVED_SEQ,
            due_at=due,
        )
        return at, RECEIVED_SEQ, self.id, _encode(event)

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

    def _staged(self, event: DossierEvent) -> Staged:
        return event.occurred_at, event.source_seq, self.id, _encode(event)

    def _event_id(self, *content: str | int | None) -> str:
        text = "\x1f".join([self.id, *map(str, content)])
        return blake2b(text.encode(), digest_size=DIGEST_SIZE).hexdigest()


def _number(row: tuple[StagedRow, int]) -> int:
    return row[0][2]
