"""What a partition of topic dossiers holds: the states, and how far they are folded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from dossiers.records import POSITION_KEY, Position

_decode_position = msgspec.json.Decoder(Position).decode


class Changelog(NamedTuple):
    """States stay bytes. ``position``: None where nothing was ever committed."""

    position: Position | None
    states: dict[str, bytes]


def read_changelog(records: Iterable[tuple[bytes, bytes | None]]) -> Changelog:
    """The newest of every key, from (key, value) records in their order; None is a tombstone."""
    position: Position | None = None
    states: dict[str, bytes] = {}
    for key, value in records:
        if key == POSITION_KEY:
            position = _decode_position(value) if value is not None else position
        elif value is None:
            states.pop(key.decode(), None)
        else:
            states[key.decode()] = value
    return Changelog(position, states)
