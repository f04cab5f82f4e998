"""The changelog of a partition (topic dossiers): its states, and how far they are folded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

import msgspec

from dossiers.wire.keys import POSITION_KEY
from dossiers.wire.reading import decoder
from dossiers.wire.records import Header, Owned, Position, has_left
from streams.partition.departed import DepartedOwners

_decode_position: Callable[[bytes], Position] = decoder(Position)
_decode_header: Callable[[bytes], Header] = decoder(Header)
# Millions of dossiers may have left, of a few hundred owners.
_decode_owned: Callable[[bytes], Owned] = lru_cache(maxsize=10_000)(decoder(Owned))


class Changelog(NamedTuple):
    """States stay bytes. ``position``: None if nothing was ever committed. ``unusable``: keys of
    records that no worker of the timeline wrote, and what is wrong with them."""

    position: Position | None
    states: dict[str, bytes]
    unusable: dict[bytes, str]


def fault_of(timeline: str, key: bytes, value: bytes | None) -> str:
    """What is wrong with a record of the topic, in words; empty if it can be used."""
    try:
        key.decode()
        if value is None:
            return "no position" if key == POSITION_KEY else ""
        if key != POSITION_KEY and has_left(value):
            _decode_owned(value)
            return ""
        found = _decode_position(value) if key == POSITION_KEY else _decode_header(value)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return str(error)
    if found.timeline != timeline:
        return "of another timeline"
    if isinstance(found, Position):
        numbers = (found.next_offset, found.now, found.epoch)
        if min(numbers) < 0 or max(numbers) >= 2**53:
            return "a position that nobody can have"
    return ""


def read_changelog(
    timeline: str, records: Iterable[tuple[bytes, bytes | None]], departed: DepartedOwners
) -> Changelog:
    """The newest record of every key, from (key, value) records in offset order; None is a
    tombstone. The owners of dossiers without a state go into ``departed``. States stay
    bytes: the rebuild decodes their headers."""
    position: Position | None = None
    states: dict[str, bytes] = {}
    unusable: dict[bytes, str] = {}
    for key, value in records:
        if key == POSITION_KEY:
            if why := fault_of(timeline, key, value):
                unusable[key] = why
            else:
                position = _decode_position(value or b"")
            continue
        try:
            dossier_id = key.decode()
        except UnicodeDecodeError as error:
            unusable[key] = str(error)
            continue
        if value is None or has_left(value):
            states.pop(dossier_id, None)
            try:
                departed.put(dossier_id, None if value is None else _decode_owned(value))
            except msgspec.DecodeError as error:
                unusable[key] = str(error)
        else:
            states[dossier_id] = value
    return Changelog(position, states, unusable)


class _Epoch(msgspec.Struct):
    epoch: int = 0


_decode_epoch: Callable[[bytes], _Epoch] = decoder(_Epoch)
_EPOCH_GAP = 1_000  # the last owners may have written no state


def epoch_after(values: Iterable[bytes | None]) -> int:
    """An epoch later than that of any state, for a partition whose position is lost."""
    found = 0
    for value in values:
        with suppress(msgspec.DecodeError):
            found = max(found, _decode_epoch(value or b"").epoch % 2**31)
    return found + _EPOCH_GAP
