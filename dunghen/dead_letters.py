"""Reads topic ``dead-letters``."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from dossiers.records import DEAD_LETTERS, DeadLetter
from dunghen.context import Context
from dunghen.kafka_read import read_all


class Entry(msgspec.Struct, frozen=True):
    """One dead letter. ``number``: its offset in the topic. ``detected``: ISO time."""

    number: int
    detected: str
    letter: DeadLetter


def read_dead_letters(context: Context) -> list[Entry]:
    """All dead letters in order. Raises UserError if Kafka does not answer."""
    decoder = msgspec.json.Decoder(DeadLetter)
    found = []
    messages = read_all(context.endpoints().kafka, DEAD_LETTERS, client=context.client)
    for message in messages:
        value, offset = message.value(), message.offset()
        if value is None or offset is None:
            continue
        letter = decoder.decode(value)
        at = datetime.fromtimestamp(letter.detected_at / 1000, UTC)
        detected = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        found.append(Entry(offset, detected, letter))
    return found


def as_json(value: object) -> str:
    """One line of JSON."""
    return msgspec.json.encode(value).decode()
