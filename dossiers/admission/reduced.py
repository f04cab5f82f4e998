"""What is shown of a record that could not be taken: what may be kept, else type and length.

Such a record may be anything: columns shifted by one, a citizen's whole form. So what is kept of it
are single values of the wire format in their own form, and nothing that is nested.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dossiers.text.ids import is_id
from dossiers.text.kept_ids import IdForm, may_be_kept
from dossiers.time.day_table import EARLIEST, LATEST
from dossiers.wire.acted import Acted
from dossiers.wire.events import DOSSIER_EVENTS, Activate, Described, Tick

_IDS = frozenset({"event_id", "dossier_id", "target", "madonvi", "owner"})
_CODES = frozenset({"unit", "officer", "responsible", "step", "procedure"})
_TIMES = frozenset({"occurred_at", "received_at", "due_at", "dossier_received_at", "now", "since"})
_NUMBERS = frozenset({"source_seq", "carried", "status"})
_OTHERS = frozenset({"kind", "reason", "source", "backfill", "hash", "limit"})
KNOWN = _IDS | _CODES | _TIMES | _NUMBERS | _OTHERS
_EVENTS = (*DOSSIER_EVENTS, Described, Acted, Tick, Activate)
_KINDS = frozenset(str(kind.__struct_config__.tag) for kind in _EVENTS)
_REASONS = frozenset({"extension", "correction"})  # of dossiers.wire.events.DueSet
_FORM = IdForm(letters="ascii")  # of codes and of whatever else is none of ours
_HEX = frozenset("0123456789abcdef")
_SHORT = 10**8  # a number below it is nobody's


def reduced(record: Mapping[str, Any], form: IdForm | None) -> dict[str, Any]:
    """The fields of the wire format in ``record``, each with its value or what describes it.

    ``form``: of ids that are kept; None if all are, in a replay or simulation.
    """
    return {name: _value(name, record[name], form) for name in record if name in KNOWN}


def kept_id(text: str, form: IdForm | None) -> bool:
    """Whether an id may be shown as it is."""
    return is_id(text) if form is None else may_be_kept(text, form)


def kept_source(text: str, form: IdForm | None) -> bool:
    """The same for a sender: its name, or "portal:" and a madonvi."""
    return kept_id(text.removeprefix("portal:"), form)


def named(text: str) -> str:
    """An id in a sentence; if it may be anything, that it is not shown."""
    return text if may_be_kept(text, IdForm()) else "(not shown)"


def is_code(text: str) -> bool:
    """Whether ``text`` may be shown as a code of an office, officer, step or procedure."""
    return may_be_kept(text, _FORM)


def described(value: object) -> str:
    """Type and length of a value, and nothing of what it says."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case str():
            return f"text of {len(value):,} characters"
        case int():
            return "whole number"
        case float():
            return "number"
        case list() | tuple():
            return f"list of {len(value):,}"
        case dict():
            return f"object of {len(value):,} fields"
        case _:
            return "something else"


def _value(name: str, value: object, form: IdForm | None) -> object:
    kept = False
    match value:
        case None | bool():
            kept = True
        case str():
            kept = _text(name, value, form)
        case int():
            kept = EARLIEST <= value < LATEST if name in _TIMES else name in _NUMBERS and (
                -_SHORT < value < _SHORT
            )  # fmt: skip
    return value if kept else f"({described(value)})"


def _text(name: str, text: str, form: IdForm | None) -> bool:
    if not text:
        return True
    if name in _IDS:
        return kept_id(text, form)
    if name in _CODES:
        return is_code(text)
    if name == "source":
        return kept_source(text, form)
    if name == "hash":
        return len(text) == 64 and _HEX.issuperset(text)
    words = {"kind": _KINDS, "reason": _REASONS}.get(name, frozenset[str]())
    return text in words
