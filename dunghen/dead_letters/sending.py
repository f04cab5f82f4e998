"""Sends the records of dead letters once more, and marks the letters as replayed.

One that this version would take goes as it is. An event of a dossier that has left the stream goes
back into its own partition, after a ``restored`` event with what ClickHouse holds of the dossier;
one that ClickHouse does not know either is new here, and goes back marked as backfill. Everything
may be done twice: ids are those of the first time.

With an owner, a wrong first claim is settled: before the event of a madonvi that had no right to
act on a dossier goes a ``reassigned`` one, which makes the dossier that madonvi's, in the log and
so in every recount (dunghen.dead_letters.new_owner).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from confluent_kafka import Message

from broker.kafka import Kafka
from broker.producing import Writer
from broker.reading import read_places
from dossiers.admission.bounds import DEFAULT_BOUND, TOO_MANY_FACTS, Bound
from dossiers.admission.ownership import NOT_YOURS
from dossiers.errors import UserError
from dossiers.fold.retention import ARCHIVED
from dossiers.wire.acted import Acted
from dossiers.wire.dead_letters import REPLAYED, DeadLetter
from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import AnyDossierEvent, Restored, decode_event, encode_event
from dossiers.wire.topics import DEAD_LETTERS, EVENTS
from dunghen.clickhouse import ClickHouse
from dunghen.dead_letters.archive import Archived, read_archive, restored
from dunghen.dead_letters.new_owner import to_be_owned
from dunghen.dead_letters.remaining_bound import RemainingBound
from dunghen.dead_letters.topic import ListedLetter, never_taken
from streams.partition.intake import Refusal, read_event

_ENDED = """
SELECT 1 FROM dossiers FINAL
WHERE dossier_id = {dossier:String} AND timeline = {timeline:String} AND outcome != ''
"""


class Replayed(msgspec.Struct, frozen=True):
    """One dead letter that was sent again. ``facts``: archived ones that went before it.

    ``too_large``: they do not fit into one record; ``refused``: it would become a dead letter
    again, for this reason. Then nothing was sent, it stays a dead letter.
    """

    number: int
    dossier_id: str
    facts: int
    too_large: bool = False
    refused: str = ""

    @property
    def sent(self) -> bool:
        """Whether it is no dead letter any more."""
        return not self.too_large and not self.refused


def send_again(
    kafka: Kafka, letters: Sequence[ListedLetter], store: ClickHouse,
    now: int, numbers: Collection[int], owner: str = "", bound: Bound = DEFAULT_BOUND, *,
    take_back: bool = False,
) -> list[Replayed]:  # fmt: skip
    """Replay those with these numbers among ``letters``, all that the timeline has.

    ``now`` (ms): data time, from which a restored dossier's retention runs anew. ``owner``: to
    whom their dossiers belong from here on. ``bound``: of one dossier, as the worker has it.
    """
    wanted = [entry for entry in letters if entry.number in numbers]
    looked_at = {
        entry.letter.key.encode()
        for entry in wanted
        if take_back or entry.letter.reason == TOO_MANY_FACTS
    }
    room = RemainingBound(kafka, bound, looked_at)
    with Writer(kafka) as writer:
        sending = _Sending(kafka, writer, store, room, never_taken(letters), now)
        if owner:
            return [sending.to_owner(entry, owner, take_back=take_back) for entry in wanted]
        return [
            sending.of_archived(entry)
            if entry.letter.reason == ARCHIVED
            else sending.unchanged(entry)
            for entry in wanted
        ]


class _Sending:
    """One replay. ``refused``: places (partition, offset) of records that changed no dossier.
    ``now``: data time, ms."""

    def __init__(
        self,
        kafka: Kafka,
        writer: Writer,
        store: ClickHouse,
        room: RemainingBound,
        refused: Collection[tuple[int, int]],
        now: int,
    ) -> None:
        self._kafka = kafka
        self._writer = writer
        self._store = store
        self._room = room
        self._refused = refused
        self._now = now
        self._moved: set[str] = set()  # dossiers that belong to their new owner already

    def message_of(self, entry: ListedLetter) -> Message:
        """The record that was put aside."""
        place = (entry.letter.partition, entry.letter.offset)
        return read_places(self._kafka, EVENTS, [place])[0]

    def unchanged(self, entry: ListedLetter) -> Replayed:
        """A record whose time has come, or that a fix lets pass."""
        message = self.message_of(entry)
        return self._as_it_is(entry, message.key(), message.value())

    def of_archived(self, entry: ListedLetter) -> Replayed:
        """An event of a dossier that has left the stream, which comes back for it."""
        letter = entry.letter
        message = self.message_of(entry)
        event = _event(entry, message)
        archived = self._archive(letter, event.dossier_id)
        if archived.facts:
            place = f"{letter.partition}-{letter.offset}"
            value = encode_event(restored(archived, event.dossier_id, place, self._now))
            if len(value) > self._room.bound.restored_bytes:
                facts = len(archived.facts)
                return Replayed(entry.number, event.dossier_id, facts, too_large=True)
            self._send(letter, message.key(), value)
        elif isinstance(event, Acted):
            why = f"{ARCHIVED}: nothing is known of this dossier, so nobody can act on its alerts"
            return Replayed(entry.number, event.dossier_id, 0, refused=why)
        else:
            event = msgspec.structs.replace(event, backfill=True)
        self._send(letter, message.key(), encode_event(event))
        self._mark(entry)
        return Replayed(entry.number, event.dossier_id, len(archived.facts))

    def to_owner(self, entry: ListedLetter, owner: str, *, take_back: bool) -> Replayed:
        """The dossier belongs to ``owner``, and its event is sent again."""
        message = self.message_of(entry)
        before = self._before(entry.letter, message, owner, take_back=take_back)
        event = _event(entry, message)
        if event.madonvi != owner:
            why = f"{NOT_YOURS}: it was sent for {event.madonvi}, so {owner} as owner does not help"
            return Replayed(entry.number, event.dossier_id, 0, refused=why)
        key = event.dossier_id.encode()
        self._moved.add(event.dossier_id)
        for each in before:
            sent = encode_event(each)
            if not isinstance(each, Restored) or len(sent) <= self._room.bound.restored_bytes:
                self._send(entry.letter, key, sent)
        return self._as_it_is(entry, key, message.value(), owner)

    def _as_it_is(
        self, entry: ListedLetter, key: bytes | None, value: bytes | None, owner: str = ""
    ) -> Replayed:
        """Only what the worker of this version takes: else it would be here twice."""
        dossier = entry.letter.key  # what may be kept of it
        try:
            read_event(key, value, self._now, self._room.bound)
        except Refusal as refusal:
            return Replayed(entry.number, dossier, 0, refused=f"{refusal.reason}: {refusal}")
        if entry.letter.reason == TOO_MANY_FACTS and (full := self._room.refusal(value or b"")):
            return Replayed(entry.number, dossier, 0, refused=f"{TOO_MANY_FACTS}: {full}")
        self._send(entry.letter, key, value or b"")
        self._mark(entry, owner)
        return Replayed(entry.number, dossier, 0)

    def _before(
        self, letter: DeadLetter, message: Message, owner: str, *, take_back: bool
    ) -> list[AnyDossierEvent]:
        """What goes first of a dossier that is not its new owner's yet."""
        dossier = (message.key() or b"").decode("utf-8", "replace")
        if dossier in self._moved:
            return []
        whole = None
        # What a dossier still has is skipped if it comes back.
        if self._store.query(_ENDED, {"dossier": dossier, "timeline": letter.timeline}):
            whole = self._archive(letter, dossier)
        now = self._now or letter.detected_at
        return to_be_owned(self._room, letter, dossier, whole, owner, now, take_back=take_back)

    def _archive(self, letter: DeadLetter, dossier: str) -> Archived:
        return read_archive(self._store, letter.timeline, dossier, self._refused, self._kafka)

    def _send(self, letter: DeadLetter, key: bytes | None, value: bytes) -> None:
        self._writer.send(EVENTS, letter.partition, key, value)

    def _mark(self, entry: ListedLetter, owner: str = "") -> None:
        how = f"; its dossier belongs to {owner} now" if owner else ""
        mark = msgspec.structs.replace(
            entry.letter,
            reason=REPLAYED,
            detail=f"dead letter {entry.number} was sent again{how}",
            payload="",
        )
        key = entry.letter.key.encode()
        self._writer.send(DEAD_LETTERS, 0, key, msgspec.json.encode(mark))


def _event(entry: ListedLetter, message: Message) -> AnyDossierEvent:
    event = decode_event(message.value() or b"")
    if not isinstance(event, DossierEvent):
        raise UserError(f"Dead letter {entry.number} is no event of a dossier.")
    return event
