"""Events whose names stand in their identity form, whoever wrote them into the topic.

Every reader of the topic sees them so (dossiers.wire.events.decode_event): the fold, the rows in
ClickHouse, the recounts. Ids are not changed: under another one an event would lie in another
partition, so the worker refuses those that are not in that form (dossiers.text.ids).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from dossiers.text.identity import identity

_COMMON = ("unit", "officer", "responsible", "step")
# What only some kinds have. A fact's text may also be an id or a reason, which are in that form.
_MORE = frozenset(["madonvi", "procedure", "officer_name", "content", "facts"])
_OF_FACT = (*_COMMON, "text")
_CACHED = 300  # characters of all four together, as in dossiers.text.identity
_Struct = TypeVar("_Struct", bound=msgspec.Struct)
_Four = tuple[str, str, str, str]
BLANK, BACKSLASH = b" \\"  # as numbers, which bytes are searched for four times as fast


def spelled(event: _Struct) -> _Struct:
    """The event of a dossier with all names in their identity form; the same one if they are
    already."""
    changed: dict[str, Any] = {}
    named: Any = event  # its kinds are defined by who calls this
    four = (named.unit, named.officer, named.responsible, named.step)
    short = len(four[0]) + len(four[1]) + len(four[2]) + len(four[3]) <= _CACHED
    found = _four(*four) if short else _four.__wrapped__(*four)
    if found is not None:
        changed.update(zip(_COMMON, found, strict=True))
    for name in _more_of(type(event)):
        value = getattr(event, name)
        if value and (right := _right(value)) is not value:
            changed[name] = right
    return msgspec.structs.replace(event, **changed) if changed else event


@lru_cache(maxsize=8_192)
def _four(unit: str, officer: str, responsible: str, step: str) -> _Four | None:
    """The identities of the four, None if nothing changes: events repeat them together."""
    found = (identity(unit), identity(officer), identity(responsible), identity(step))
    return None if found == (unit, officer, responsible, step) else found


@lru_cache(maxsize=64)
def _more_of(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(name for name in kind.__struct_fields__ if name in _MORE)


def _right(value: Any) -> Any:
    """A procedure, an officer's name, a snapshot's content, or the facts of a restored dossier."""
    if isinstance(value, str):
        found = identity(value)
        return value if found == value else found
    if isinstance(value, tuple):
        facts = tuple(_replaced(fact, _OF_FACT) for fact in value)
        return value if all(a is b for a, b in zip(facts, value, strict=True)) else facts
    return _replaced(value, ("procedure",))


def _replaced(value: _Struct, names: tuple[str, ...]) -> _Struct:
    texts = {name: getattr(value, name) for name in names}
    changed = {name: found for name, text in texts.items() if (found := identity(text)) != text}
    return msgspec.structs.replace(value, **changed) if changed else value
