"""Reads topic ``dead-letters``."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from dossiers.records import DEAD_LETTERS, REPLAYED, DeadLetter
from dunghen.context import Context
from dunghen.kafka_read import Client, read_all


class Entry(msgspec.Struct, frozen=True):
    """One dead letter. ``number``: its offset in the topic. ``detected``: ISO time.

    ``replayed``: it was sent again.
    """

    number: int
    detected: str
    letter: DeadLetter
    replayed: bool = False


def read_dead_letters(context: Context, *, replayed: bool = False) -> list[Entry]:
    """All dead letters of the context's time line; see ``read_letters``."""
    return read_letters(context.endpoints().kafka, context.client, replayed=replayed)


def read_letters(bootstrap: str, client: Client, *, replayed: bool = False) -> list[Entry]:
    """All dead letters in order, also those that were ``replayed`` if asked for.

    Raises UserError if Kafka does not answer.
    """
    decoder = msgspec.json.Decoder(DeadLetter)
    found = []
    marked: set[tuple[str, int, int]] = set()
    messages = read_all(bootstrap, DEAD_LETTERS, client=client)
    for message in messages:
        value, offset = message.value(), message.offset()
        if value is None or offset is None:
            continue
        letter = decoder.decode(value)
        if letter.reason == REPLAYED:
            marked.add(_place(letter))
            continue
        at = datetime.fromtimestamp(letter.detected_at / 1000, UTC)
        detected = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        found.append(Entry(offset, detected, letter))
    entries = [msgspec.structs.replace(e, replayed=_place(e.letter) in marked) for e in found]
    return [entry for entry in entries if replayed or not entry.replayed]


def _place(letter: DeadLetter) -> tuple[str, int, int]:
    return letter.topic, letter.partition, letter.offset


def as_json(value: object) -> str:
    """One line of JSON."""
    return msgspec.json.encode(value).decode()
