"""Facts by the name of their kind."""

from __future__ import annotations

from typing import Any, get_args

from dossiers.wire.facts import AnyFact, Fact

_KINDS: dict[str, type[Fact]] = {str(k.__struct_config__.tag): k for k in get_args(AnyFact)}


def made_fact(
    at: int, source: str, number: int, event_id: str, kind: str, received_at: int, **fields: Any
) -> Fact:
    """One dated ``at`` (ms). Of ``fields`` those that are None are as by default."""
    given = {name: value for name, value in fields.items() if value is not None}
    return _KINDS[kind](at, source, number, event_id, received_at, **given)
