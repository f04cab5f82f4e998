"""Records of topics, decoded: whatever a record holds, a reader meets one kind of exception."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from dossiers.wire.facts import AnyFact, Fact

T = TypeVar("T")
Json = bytes | str | msgspec.Raw

# ms: what a DateTime64 of ClickHouse has, 1900 to 2299. A record with another time has no row.
STORED_FROM, STORED_UNTIL = -2_208_988_800_000, 10_413_792_000_000


def decoder(kind: type[T]) -> Callable[[Json], T]:
    """A decoder of JSON records of this type, for every reader of a topic that anybody may have
    written to. Whatever a record holds, also text that is none and a nesting without end, it
    raises nothing but ``msgspec.DecodeError`` (``ValidationError`` is one)."""
    decode = msgspec.json.Decoder(kind).decode

    def read(value: Json) -> T:
        try:
            return decode(value)
        except UnicodeDecodeError as error:
            raise msgspec.DecodeError(f"not UTF-8: {error.reason}") from None
        except RecursionError:
            raise msgspec.ValidationError("nested too deeply") from None

    return read


read_facts: Callable[[Json], list[Fact]] = decoder(list[AnyFact])  # type: ignore[arg-type]
"""A dossier's facts; raises as every decoder does."""


def is_stored(at: int | None) -> bool:
    """Whether an instant (ms) has a place in ClickHouse."""
    return at is None or STORED_FROM <= at < STORED_UNTIL


def read_or_none(read: Callable[[bytes], T], value: bytes | None) -> T | None:
    """What a decoder reads; None for what is nothing of ours, and is skipped."""
    try:
        return read(value or b"")
    except msgspec.DecodeError:
        return None
