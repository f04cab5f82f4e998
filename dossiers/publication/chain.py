"""The chain of records: each is written in canonical form and carries the hash of the one before
it."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from dossiers.publication.editions import ChainHead
from dossiers.text.canonical import canonical_json, sha256_of
from dossiers.wire.publications import AnyPublication, Publication

Record = TypeVar("Record", bound=Publication)


def record_bytes(record: AnyPublication) -> bytes:
    """As it stands in the topic."""
    return canonical_json(record)


def record_hash(value: bytes) -> str:
    """By which the next one cites it: SHA-256 in hexadecimal."""
    return sha256_of(value)


def next_record(head: ChainHead, kind: type[Record], **fields: Any) -> Record:
    """A record of this kind that follows the head. ``fields``: all but its place. Raises
    msgspec.ValidationError for what the topic could not hold."""
    place = {"number": head.number + 1, "before": head.hash}
    made = kind(**{**fields, **place})
    # A struct that is made does not look at its constraints; what is read again does.
    return msgspec.json.decode(msgspec.json.encode(made), type=kind)


def moved(head: ChainHead, record: Record) -> Record:
    """The same record behind another head."""
    return msgspec.structs.replace(record, number=head.number + 1, before=head.hash)
