"""What the cells of a row say of a dossier's traits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from dossiers.text.identity import folded, identity
from dossiers.wire.traits import MAX_CODES, Traits
from sources.mapping import Mapping
from sources.trait_codes import is_trait_code

_MOST = 10_000  # characters of one cell that is looked at
_CACHED = 400  # characters of all cells that are remembered
_FLAGS = frozenset({"digitised", "result_file", "result_code", "verified_account"})
_CODES = frozenset({"databases", "supplement_components"})
_YES, _NO = frozenset({"1", "true", "yes", "có"}), frozenset({"0", "false", "no", "không"})
_DIGITS = 5  # of the largest number that is one here
Problem = tuple[str, str, str]
"""Reason code, a sentence, and the sentence for whoever imports."""


class TraitCells:
    """Of the columns that ``mapping`` names, in its order."""

    def __init__(self, mapping: Mapping) -> None:
        self._columns = tuple(mapping.traits.mapped().items())
        self._missing = mapping.missing_values
        self._remembered = lru_cache(maxsize=4_096)(self._read)  # rows of a dossier repeat them

    def read(self, cells: Sequence[str]) -> tuple[bytes, Problem | None]:
        """The traits as JSON, empty if nothing is said, and what cannot be understood. Absent
        stays absent, and so does what is no such value."""
        short = sum(map(len, cells)) <= _CACHED
        return (self._remembered if short else self._read)(*cells)

    def _read(self, *cells: str) -> tuple[bytes, Problem | None]:
        said: dict[str, Any] = {}
        odd: list[str] = []
        for (trait, column), cell in zip(self._columns, cells, strict=True):
            text = identity(cell) if len(cell) <= _MOST else "?"
            if text in self._missing:
                continue
            value = _value(trait, text)
            try:
                msgspec.convert({trait: value}, Traits)
            except msgspec.ValidationError:
                value = None
            if value is None:
                odd.append(column)
            else:
                said[trait] = value
        problem = None
        if odd:
            names = ", ".join(map(repr, odd))
            told = f"column {names} holds what is no number, yes or no, or code of a trait"
            problem = ("bad_trait", told, told)
        return (msgspec.json.encode(said) if said else b""), problem


def _value(trait: str, text: str) -> object:
    """None for what is no such value."""
    if trait in _CODES:
        codes = sorted({code for part in text.split("|") if (code := part.strip())})
        return codes if len(codes) <= MAX_CODES and all(map(is_trait_code, codes)) else None
    if trait in _FLAGS:
        word = folded(text)
        return True if word in _YES else False if word in _NO else None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
