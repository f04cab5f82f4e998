"""Reads topic ``dead-letters``, and decides on what is in it."""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import msgspec

from broker.kafka import Kafka
from broker.producing import Writer
from broker.reading import read_all
from dossiers.errors import UserError
from dossiers.time.day_table import LATEST
from dossiers.wire.dead_letters import DROPPED, MARKS, DeadLetter
from dossiers.wire.reading import decoder
from dossiers.wire.topics import DEAD_LETTERS, EVENTS
from dunghen.settings.installation import Installation

_log = logging.getLogger(__name__)
_letter: Callable[[bytes], DeadLetter] = decoder(DeadLetter)

MAX_WHY = 500  # characters of the reason for a drop


class ListedLetter(msgspec.Struct, frozen=True):
    """One dead letter. ``number``: its offset in the topic. ``detected``: ISO time.

    ``replayed``: it was sent again. ``dropped``: why it was settled without that.
    """

    number: int
    detected: str
    letter: DeadLetter
    replayed: bool = False
    dropped: str | None = None

    @property
    def state(self) -> str:
        """open | replayed | dropped."""
        return "replayed" if self.replayed else "open" if self.dropped is None else "dropped"


def read_dead_letters(installation: Installation, *, closed: bool = False) -> list[ListedLetter]:
    """The dead letters of the installation's timeline; see ``read_letters``."""
    return read_letters(installation.kafka, closed=closed)


def read_letters(kafka: Kafka, *, closed: bool = False) -> list[ListedLetter]:
    """The open dead letters in order; with ``closed`` also those replayed or dropped.

    Raises UserError if Kafka does not answer.
    """
    found = []
    marked: dict[tuple[str, int, int], DeadLetter] = {}
    messages = read_all(kafka, DEAD_LETTERS)
    for message in messages:
        value, offset = message.value(), message.offset()
        if value is None or offset is None:
            continue
        try:
            letter = _letter(value)
        except msgspec.DecodeError:
            _log.warning("dead-letters@%d is no dead letter", offset)
            continue
        if letter.reason in MARKS:
            marked.setdefault(_place(letter), letter)
            continue
        found.append(ListedLetter(offset, _time(letter.detected_at), letter))
    entries = [_decided(entry, marked) for entry in found]
    return [entry for entry in entries if closed or entry.state == "open"]


def _time(at: int) -> str:
    """ISO; "?" if another than we wrote what no calendar has."""
    if not 0 <= at < LATEST:
        return "?"
    found = datetime.fromtimestamp(at / 1000, UTC)
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _decided(entry: ListedLetter, marked: dict[tuple[str, int, int], DeadLetter]) -> ListedLetter:
    dropped = marked.get((DEAD_LETTERS, 0, entry.number))
    return msgspec.structs.replace(
        entry,
        # What never reached Kafka has no place of its own, and cannot be sent again.
        replayed=entry.letter.offset >= 0 and _place(entry.letter) in marked,
        dropped=None if dropped is None else dropped.detail,
    )


def by_sender(entries: list[ListedLetter]) -> dict[str, dict[str, int]]:
    """How many of each reason a source has caused, who caused most first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        counts[entry.letter.source][entry.letter.reason] += 1
    ordered = sorted(counts.items(), key=lambda each: (-each[1].total(), each[0]))
    return {source: dict(reasons.most_common()) for source, reasons in ordered}


def numbered_letter(entries: list[ListedLetter], number: int) -> ListedLetter:
    """The one with this number. ``entries``: closed ones too. Raises UserError."""
    found = {entry.number: entry for entry in entries}
    if number not in found:
        raise UserError(
            f"There is no dead letter {number}.",
            f"Numbers go from 0 to {max(found)}." if found else "There are none at all.",
        )
    return found[number]


def open_letter(entries: list[ListedLetter], number: int) -> ListedLetter:
    """The same, if nothing was decided on it yet. Raises UserError."""
    found = numbered_letter(entries, number)
    if found.state != "open":
        raise UserError(f"Dead letter {number} was {found.state} already.")
    return found


def sent_as(letter: DeadLetter) -> tuple[str, str, str]:
    """Dossier, madonvi and event id of the record behind it, as far as its payload was kept."""
    try:
        found = msgspec.json.decode(letter.payload)
        return letter.key, str(found.get("madonvi", "")), str(found.get("event_id", ""))
    except (msgspec.DecodeError, AttributeError):
        return letter.key, "", ""


def never_taken(letters: Iterable[ListedLetter]) -> set[tuple[int, int]]:
    """Places (partition, offset) in topic dossier-events of records that changed no dossier: none
    that was sent again, unless it was refused again. ``letters``: closed ones too."""
    found = [entry for entry in letters if entry.letter.topic == EVENTS]
    waiting = {sent_as(entry.letter) for entry in found if not entry.replayed}
    return {
        (entry.letter.partition, entry.letter.offset)
        for entry in found
        if not entry.replayed or sent_as(entry.letter) in waiting
    }


def drop_letter(kafka: Kafka, number: int, why: str, by: str) -> ListedLetter:
    """Settle a dead letter without its record, which stays where it is; the decision is a record
    too. ``why``: for people; ``by``: cli or api. Raises UserError."""
    why = " ".join(why.split())
    if not 0 < len(why) <= MAX_WHY:
        raise UserError(f"The reason must have 1 to {MAX_WHY} characters.")
    entry = open_letter(read_letters(kafka, closed=True), number)
    mark = DeadLetter(
        timeline=entry.letter.timeline,
        reason=DROPPED,
        detail=why,
        source=by,
        topic=DEAD_LETTERS,
        partition=0,
        offset=number,
        detected_at=time.time_ns() // 1_000_000,
        key=entry.letter.key,
    )
    with Writer(kafka) as writer:
        writer.send(DEAD_LETTERS, 0, entry.letter.key.encode(), msgspec.json.encode(mark))
    return msgspec.structs.replace(entry, dropped=why)


def _place(letter: DeadLetter) -> tuple[str, int, int]:
    return letter.topic, letter.partition, letter.offset
