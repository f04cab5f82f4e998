"""Whose or which data a request was about, for the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from fastapi import Request

_KNOWN = ("unit", "officer")
_DIGITS = 18


def target_of(
    request: Request, parameters: Mapping[str, str], status: int, known: Callable[[str, str], bool]
) -> str:
    """Whose or which, if there is such a thing: what somebody merely typed may be anything, a
    citizen's name among it, and the trail is kept for years. ``parameters``: of the path;
    ``status``: of the answer; ``known``: whether there is a unit or officer with an id."""
    for name, value in parameters.items():
        if name == "form":  # in which a dossier's letter was asked for
            continue
        if name in _KNOWN:
            return value if known(name, value) else ""
        number = name == "number" and value.isdecimal() and len(value) <= _DIGITS
        return value if status < 400 or number else ""
    given = parse_qs(request.scope["query_string"].decode("latin-1"))
    for name in _KNOWN:
        if name in given:
            value = given[name][0]
            return f"{name}:{value if known(name, value) else ''}"
    return ""
