"""The state of all lists: a pure fold over topic publications, the same for every reader."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from dossiers.publication.applying import apply
from dossiers.publication.chain import record_bytes, record_hash
from dossiers.publication.editions import ChainHead, Register
from dossiers.publication.refusals import RefusedStep, refused
from dossiers.publication.rules import why_not
from dossiers.wire.publications import AnyPublication, read_publication

MOST_RECORD_BYTES = 900_000  # Kafka takes records of a million at most, as it is set up


class Void(NamedTuple):
    """A record that means nothing. ``record``: None if it cannot be read."""

    reason: RefusedStep
    record: AnyPublication | None = None


class Publications(Register):
    """Everything that counts, record by record in the order of the topic."""

    def take(self, value: bytes) -> AnyPublication | Void:
        """The record, which counts from now on; or why it is void, and nothing has changed."""
        if len(value) > MOST_RECORD_BYTES:
            return Void(refused("too_long"))
        try:
            record = read_publication(value)
        except msgspec.DecodeError:
            return Void(refused("unreadable"))
        if record_bytes(record) != value:
            return Void(refused("not_canonical"), record)
        if (record.number, record.before) != (self.head.number + 1, self.head.hash):
            return Void(refused("not_next"), record)
        if (reason := why_not(self, record)) is not None:
            return Void(reason, record)
        self._count(record, record_hash(value))
        return record

    def _count(self, record: AnyPublication, hash_: str) -> None:
        apply(self, record, hash_)
        self.requests[record.by, record.request] = record.number
        self.head = ChainHead(record.number, hash_)
