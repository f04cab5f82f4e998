"""JSON of strangers: whether every program reads the same in it, and its canonical form if it has
one."""

from __future__ import annotations

import json
from typing import Any

from dossiers.text.canonical import canonical_json


def is_ambiguous(content: bytes) -> bool:
    """Whether a name stands twice in one object: some programs take the first, others the last."""
    try:
        json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return True
    return False


def canonical_or_nothing(content: Any) -> bytes:
    """Empty for what has no canonical form, such as numbers of more than 64 bits."""
    try:
        return canonical_json(content)
    except (OverflowError, RecursionError, TypeError, ValueError):
        return b""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found
