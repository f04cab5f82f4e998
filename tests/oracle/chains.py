"""Chains of records of topic publications, made by hand."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from dossiers.wire.late_lists import Cut
from dossiers.wire.publications import (
    AnyPublication,
    Approved,
    Case,
    Decided,
    Explained,
    Frozen,
    ListSubmitted,
    Published,
    PublishedFile,
    Reduced,
)

CASE = Case("H-1", "u1", "cb-1")
PDF = PublishedFile(name="a.pdf", media="application/pdf", sha256="c" * 64, size=9)
Messages = list[tuple[int, bytes]]


def hash_of(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()


def encoded(record: AnyPublication) -> bytes:
    """As it stands in the topic."""
    return msgspec.json.encode(record, order="sorted")


class Chain:
    """``messages``: what stands in the topic; ``state`` is what counts of it, by whoever folds."""

    def __init__(self) -> None:
        self.messages: Messages = []
        self.head, self.number = "", 0

    def made(self, kind: type[Any], by: str, capacity: str, **more: Any) -> AnyPublication:
        """The next record."""
        common = {
            "number": self.number + 1, "before": self.head, "request": f"r{len(self.messages)}",
            "list": "2026-10", "edition": 1, "at": 1, "written_at": 2, "by": by,
            "capacity": capacity,
        }  # fmt: skip
        found: AnyPublication = kind(**(common | more))
        return found

    def put(self, record: AnyPublication, *, counts: bool = True) -> str:
        """Into the topic; its hash."""
        value = encoded(record)
        self.messages.append((len(self.messages), value))
        if counts:
            self.head, self.number = hash_of(value), record.number
        return hash_of(value)

    def add(self, kind: type[Any], by: str, capacity: str, **more: Any) -> str:
        return self.put(self.made(kind, by, capacity, **more))

    def freeze(self, **more: Any) -> str:
        return self.put(self.made(Frozen, "system", "system", **(FREEZE | more)))


FREEZE: dict[str, Any] = {
    "timeline": "t", "simulation": True, "cut": Cut(events=(1,), dead_letters=0, reference=0),
    "watermark": 1, "core": "1" * 64, "rows": "2" * 64, "sheet": "3" * 64, "secret": "4" * 64,
    "total": 9, "late": 2, "explain_until": 3, "review_until": 4, "publish_until": 5,
}  # fmt: skip


def published(**files: str) -> Chain:
    """A month from the freeze to its publication, one case of it explained and accepted. ``files``:
    hashes instead of made-up ones."""
    named = {"core": "5" * 64, "rows": "6" * 64, "sheet": "7" * 64} | files
    chain = Chain()
    chain.freeze()
    chain.add(Explained, "cb-1", "officer", cases=(CASE,), reason="leave")
    chain.add(Decided, "reviewer", "reform_office", accepted=(CASE,), rejected=(), reason="leave")
    chain.add(ListSubmitted, "reviewer", "reform_office", **named)
    chain.add(Approved, "boss", "leader", frozen="1" * 64, core=named["core"])
    chain.add(Published, "boss", "leader", core=named["core"], envelope="8" * 64,
              document_no="12/TB", dated="2026-11-05", files=(PDF,))  # fmt: skip
    return chain


def reduced(chain: Chain) -> Chain:
    """And its names have had their time."""
    chain.add(Reduced, "system", "system", cites=chain.head, core="9" * 64, rows="a" * 64,
              files=(), erased=("2" * 64, "3" * 64, "4" * 64))  # fmt: skip
    return chain
