"""What stands in topic ``settings`` under ``read:HASH``: what somebody has read of the inbox.

No figure depends on it. The key has a hash of who it is, so the topic names nobody; a record is
bounded, and the newest one of a key counts.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

import msgspec
from msgspec import Meta

MOST_THREADS = 300
MOST_MARK_BYTES = 16_384  # of a record; what is longer is junk
_PREFIX = "read:"
_HASH = 32  # hex digits
_SHORT = 16

_ThreadHash = Annotated[str, Meta(max_length=_SHORT)]


class ReadMarks(msgspec.Struct, frozen=True, omit_defaults=True):
    """``until``: everything that changed up to then (data time, ms) is read. ``threads``: what was
    read beyond it, by ``thread_hash``, with when it had changed last."""

    until: int = 0
    threads: Annotated[dict[_ThreadHash, int], Meta(max_length=MOST_THREADS)] = {}


def reader_hash(person: str) -> str:
    """By what a person's marks are kept."""
    return hashlib.sha256(person.encode()).hexdigest()[:_HASH]


def thread_hash(key: str) -> str:
    """By what a mark names a dossier or scope."""
    return hashlib.sha256(key.encode()).hexdigest()[:_SHORT]


def read_key(reader: str) -> bytes:
    """In topic settings. ``reader``: see ``reader_hash``."""
    return f"{_PREFIX}{reader}".encode()


def reader_of(key: bytes) -> str:
    """Whose marks stand under ``key``; "" if it is no such key."""
    text = key.decode("utf-8", "replace")
    reader = text.removeprefix(_PREFIX)
    return reader if reader != text and len(reader) == _HASH else ""
