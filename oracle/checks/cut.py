"""A cut through the log: what the worker had committed at one moment, and the events behind it.

The changelog is read committed, so each partition's states and position belong together. Events
are then read up to exactly these positions: the recount and the states speak of the same past,
also while the stream goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from zlib import crc32

import msgspec
from confluent_kafka import Message

from dossiers.wire.acted import Acted
from dossiers.wire.dead_letters import REPLAYED, DeadLetter
from dossiers.wire.events import Activate, AnyDossierEvent, Described, Tick, decode_event
from dossiers.wire.keys import POSITION_KEY
from dossiers.wire.reading import decoder, is_stored
from dossiers.wire.records import DossierRecord, Owned, Position, has_left
from dossiers.wire.topics import DEAD_LETTERS, DOSSIERS, EVENTS
from oracle.lifetimes import Heard, Origin
from oracle.ports import ReadTopic

# Reasons of dead letters, as docs/operations.md has them.
ARCHIVED, NOT_YOURS = "archived", "not_yours"
_record = decoder(DossierRecord)
_owned = decoder(Owned)
_position = decoder(Position)
_letter = decoder(DeadLetter)


@dataclass(slots=True)
class Readable:
    """Records of one dossier, the first of each id of a madonvi, as sums that SQL can form too."""

    seen: set[tuple[str, str]] = field(default_factory=set)
    offsets: int = 0
    ids: int = 0  # CRC-32 of each
    times: int = 0  # ms

    def add(self, event: AnyDossierEvent, offset: int) -> None:
        """Count an event, unless its id is known."""
        if (event.madonvi, event.event_id) not in self.seen:
            self.seen.add((event.madonvi, event.event_id))
            self.offsets += offset
            self.ids += crc32(event.event_id.encode())
            self.times += event.occurred_at

    @property
    def sums(self) -> tuple[int, int, int, int]:
        """Number of events, and sums of their offsets, ids and times."""
        return (len(self.seen), self.offsets, self.ids, self.times)


@dataclass
class CutPartition:
    """One partition at the cut. ``now`` (ms) and ``activated`` are recounted from the log;
    ``position`` is what the worker says. ``events``: each with the partition's now when it came,
    those among them that were put aside as not their senders' to send; ``origins`` tells which.
    ``described``: traits among them that were taken, by dossier, each with its offset.
    ``acted``: what people did about alerts, apart from these.
    ``left``: whose the dossiers are that have left. ``foreign``: how many were put aside so.
    ``activated``: reference data as (since, now when it came, content hash), in the log's order.
    ``retaken``: ids of dossiers of which an event was a dead letter, and taken when its sender sent
    it once more, or refused again when an operator did. ``readable``: by dossier, what can be read
    of it, dead letters among them.
    ``believed``: dead letters with events that could have been taken, such as those that had no
    room or came too late; what the worker said of them is not judged again.
    ``odd``: the dossiers of dead letters that can be read and have something wrong in them."""

    position: Position | None = None
    records: dict[str, DossierRecord] = field(default_factory=dict)
    left: dict[str, Owned] = field(default_factory=dict)
    events: list[Heard] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    described: dict[str, list[tuple[int, Described]]] = field(default_factory=dict)
    acted: list[Acted] = field(default_factory=list)
    foreign: int = 0
    now: int = 0
    activated: list[tuple[int, int, str]] = field(default_factory=list)
    refused: int = 0
    put_aside: set[tuple[str, str, str]] = field(default_factory=set)  # dossier, madonvi, event id
    replayed: set[tuple[str, str, str]] = field(default_factory=set)  # sent again by an operator
    retaken: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)
    readable: dict[str, Readable] = field(default_factory=dict)
    odd: set[str] = field(default_factory=set)
    believed: int = 0

    def forget_others(self) -> None:
        """States of other timelines were written by none of ours, and no worker reads them."""
        if self.position is not None:
            ours = self.position.timeline
            self.records = {k: r for k, r in self.records.items() if r.timeline == ours}

    @property
    def until(self) -> int:
        """The offset before which records count."""
        return self.position.next_offset if self.position is not None else 0

    @property
    def version(self) -> tuple[int, int]:
        """(epoch, offset) of the last event that is folded; what is newer came after the cut."""
        if self.position is None:
            return (0, -1)
        return (self.position.epoch, self.position.next_offset - 1)


def read_cut(read: ReadTopic, partitions: int) -> dict[int, CutPartition]:
    """Every partition at its last committed position. ``read`` may raise errors of its own."""
    parts = {p: CutPartition() for p in range(partitions)}
    for message in read(DOSSIERS):
        _take_state(parts[message.partition() or 0], message)
    for part in parts.values():
        part.forget_others()
    refused: dict[int, dict[int, set[str]]] = {p: {} for p in parts}  # reasons by offset
    for message in read(DEAD_LETTERS):
        try:
            letter = _letter(message.value() or b"")
        except msgspec.DecodeError:
            continue  # written by none of ours
        position = parts[letter.partition].position if letter.partition in parts else None
        ours = position is not None and letter.timeline == position.timeline
        if letter.topic == EVENTS and ours:
            refused[letter.partition].setdefault(letter.offset, set()).add(letter.reason)
    for message in read(EVENTS):
        partition, offset = message.partition() or 0, message.offset() or 0
        part = parts[partition]
        if offset < part.until:
            if reasons := refused[partition].get(offset):
                part.refused += 1
                _put_aside(part, message, reasons)
            else:
                _take_event(part, message)
    return parts


def _take_state(part: CutPartition, message: Message) -> None:
    key, value = message.key() or b"", message.value()
    # What the worker skips, too, hides nothing.
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        if key == POSITION_KEY:
            position = _position(value or b"")
            if part.position is None or position.timeline == part.position.timeline:
                part.position = position
            return
        dossier_id = key.decode()
        if value is not None and has_left(value):
            part.left[dossier_id] = _owned(value)
            part.records.pop(dossier_id, None)
            return
        if value is not None:
            record = _record(value)
            if record.dossier_id != dossier_id:
                return
            part.records[dossier_id] = record
        else:
            part.records.pop(dossier_id, None)
        part.left.pop(dossier_id, None)


def _put_aside(part: CutPartition, message: Message, reasons: set[str]) -> None:
    with suppress(msgspec.MsgspecError):  # most dead letters are no events at all
        event = decode_event(message.value() or b"")
        if not isinstance(event, Tick | Activate):
            if not isinstance(event, Described | Acted):
                _keep_apart(part, event, message, reasons)
            part.believed += NOT_YOURS not in reasons and REPLAYED not in reasons
            if NOT_YOURS in reasons:
                part.foreign += 1
                part.events.append((event, part.now))
                part.origins.append(Origin(len(part.activated), refused=True))


def _keep_apart(
    part: CutPartition, event: AnyDossierEvent, message: Message, reasons: set[str]
) -> None:
    """A dead letter that is an event has a row of its own in ClickHouse."""
    _read(part, event, message)
    what = (event.dossier_id, event.madonvi, event.event_id)
    if REPLAYED in reasons:  # then it counts as taken where it first came
        part.replayed.add(what)
    else:
        part.put_aside.add(what)
        if what in part.replayed:  # but was refused once more
            part.retaken.add(event.dossier_id)
    if reasons - {ARCHIVED, REPLAYED, NOT_YOURS}:
        part.odd.add(event.dossier_id)


def _read(part: CutPartition, event: AnyDossierEvent, message: Message) -> None:
    if not (is_stored(event.occurred_at) and is_stored(getattr(event, "due_at", None))):
        return  # the sink can make no row of it
    part.readable.setdefault(event.dossier_id, Readable()).add(event, message.offset() or 0)


def _take_event(part: CutPartition, message: Message) -> None:
    try:
        event = decode_event(message.value() or b"")
    except msgspec.MsgspecError as error:
        part.unread.append(f"offset {message.offset()}: {error}, and it is no dead letter")
        return
    if isinstance(event, Tick):
        part.now = max(part.now, event.now)
    elif isinstance(event, Activate):
        part.activated.append((event.since, part.now, event.hash))
    elif isinstance(event, Acted):
        part.acted.append(event)
    else:
        part.events.append((event, part.now))
        part.origins.append(Origin(len(part.activated)))
        if isinstance(event, Described):
            taken = part.described.setdefault(event.dossier_id, [])
            taken.append((message.offset() or 0, event))
            return
        _read(part, event, message)
        if (event.dossier_id, event.madonvi, event.event_id) in part.put_aside:
            part.retaken.add(event.dossier_id)


def timelines(parts: Mapping[int, CutPartition]) -> set[str]:
    """What others wrote into the topics is skipped, as the product does."""
    return {part.position.timeline for part in parts.values() if part.position is not None}
