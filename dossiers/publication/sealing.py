"""Rows under a hash that tells nothing: SHA-256 of a salt and the row.

Salts follow from a secret made at the freeze, so the same freeze made again has the same hashes.
They are published with the rows. Once rows, names and secret are erased, nobody can try out what a
hash was of.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Literal, TypeVar

import msgspec

from dossiers.text.canonical import canonical_json
from dossiers.wire.late_lists import (
    DossierLine,
    ExcludedLine,
    OfficerLine,
    ReceptionLine,
    Sealed,
)

SECRET_BYTES = 32
Kind = Literal["officers", "dossiers", "receptions", "excluded", "sheet"]
AnyLine = TypeVar("AnyLine", OfficerLine, DossierLine, ReceptionLine, ExcludedLine)
_SALT_BYTES = 16


def salt_of(secret: bytes, kind: Kind, key: str) -> str:
    """In hexadecimal. ``key``: of the row within its kind."""
    mac = hmac.digest(secret, f"{kind}\n{key}".encode(), hashlib.sha256)
    return mac[:_SALT_BYTES].hex()


def sealed(secret: bytes, kind: Kind, row: AnyLine) -> Sealed[AnyLine]:
    """The row with its salt."""
    return Sealed(salt=salt_of(secret, kind, _key_of(row)), row=row)


def row_hash(salt: str, row: bytes) -> str:
    """In hexadecimal. ``row``: its canonical JSON."""
    return hashlib.sha256(bytes.fromhex(salt) + row).hexdigest()


def hash_of(found: Sealed[AnyLine]) -> str:
    """Of a sealed row."""
    return row_hash(found.salt, canonical_json(found.row))


def hashes_of(rows: Iterable[Sealed[AnyLine]]) -> tuple[str, ...]:
    """Of all of them, in order."""
    return tuple(map(hash_of, rows))


def _key_of(row: msgspec.Struct) -> str:
    """What is one within its kind; of officers published without names, the line itself."""
    if isinstance(row, OfficerLine) and not row.officer:
        return canonical_json(row).decode()
    dossier = getattr(row, "dossier", "")
    return f"{dossier}\n{getattr(row, 'unit', '')}\n{getattr(row, 'officer', '')}"
