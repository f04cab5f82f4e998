"""JSON merge patches (RFC 7396) between two states."""

from __future__ import annotations

from typing import Any


def diff(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The patch that turns ``old`` into ``new``; empty if they are equal.

    A merge patch cannot say "null" inside an object: a value that becomes None is removed by it,
    so readers treat an absent member and null alike.
    """
    patch: dict[str, Any] = {}
    for name, value in new.items():
        before = old.get(name)
        if before is value or before == value:
            continue
        if isinstance(value, dict) and isinstance(before, dict):
            inner = diff(before, value)
            if inner:
                patch[name] = inner
        else:
            patch[name] = value
    for name, before in old.items():
        if name not in new and before is not None:
            patch[name] = None
    return patch


def merge(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """``target`` with ``patch`` applied, as a new object (RFC 7396)."""
    result = dict(target)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            before = result.get(name)
            result[name] = merge(before if isinstance(before, dict) else {}, value)
        else:
            result[name] = value
    return result
