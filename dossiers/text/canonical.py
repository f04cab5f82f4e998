"""Canonical JSON (RFC 8785): one content has one text, and so one SHA-256.

Of what is hashed here, numbers are integers and keys are ASCII. For these, sorted keys without
blanks are what the RFC asks for.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

_encode = msgspec.json.Encoder(order="sorted").encode


def canonical_json(content: Any) -> bytes:
    """UTF-8. ``content``: structs, tuples, strings, integers below 2**53, booleans, None."""
    return _encode(content)


def sha256_of(content: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(content).hexdigest()
