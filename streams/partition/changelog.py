"""What a partition of topic dossiers holds: the states, and how far they are folded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

import msgspec

from dossiers.wire.reading import decoder
from dossiers.wire.records import POSITION_KEY, Header, Owned, Position, has_left
from streams.partition.departed import DepartedOwners

_decode_position: Callable[[bytes], Position] = decoder(Position)
_decode_header: Callable[[bytes], Header] = decoder(Header)
# Millions of dossiers may have left, of a few hundred owners.
_decode_owned: Callable[[bytes], Owned] = lru_cache(maxsize=10_000)(decoder(Owned))


class Changelog(NamedTuple):
    """States stay bytes. ``position``: None where nothing was ever committed. ``odd``: keys of
    records that no worker of the timeline wrote, and what is wrong with them."""

    position: Position | None
    states: dict[str, bytes]
    odd: dict[bytes, str]


def wrong(timeline: str, key: bytes, value: bytes | None) -> str:
    """What is wrong with a record of the topic, in words; empty where it can be used."""
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
    """The newest of every key, from (key, value) records in their order; None is a tombstone. What
    is known of dossiers without a state goes into ``departed``. States are not looked at: whoever
    rebuilds from them does."""
    position: Position | None = None
    states: dict[str, bytes] = {}
    odd: dict[bytes, str] = {}
    for key, value in records:
        if key == POSITION_KEY:
            if why := wrong(timeline, key, value):
                odd[key] = why
            else:
                position = _decode_position(value or b"")
            continue
        try:
            dossier_id = key.decode()
        except UnicodeDecodeError as error:
            odd[key] = str(error)
            continue
        if value is None or has_left(value):
            states.pop(dossier_id, None)
            try:
                departed.put(dossier_id, None if value is None else _decode_owned(value))
            except msgspec.DecodeError as error:
                odd[key] = str(error)
        else:
            states[dossier_id] = value
    return Changelog(position, states, odd)


class _Epoch(msgspec.Struct):
    epoch: int = 0


_decode_epoch: Callable[[bytes], _Epoch] = decoder(_Epoch)
_FAR = 1_000  # the last owners may have written no state


def epoch_after(values: Iterable[bytes | None]) -> int:
    """A new epoch, later than that of any state: where the position is lost, that would say."""
    found = 0
    for value in values:
        with suppress(msgspec.DecodeError):
            found = max(found, _decode_epoch(value or b"").epoch % 2**31)
    return found + _FAR
