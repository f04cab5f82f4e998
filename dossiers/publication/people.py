"""In which order people are named: by unit, then by name as Vietnamese lists have it.

The given name, which stands last, comes first; letters come in the order of the Vietnamese
alphabet, tones after letters. A place in this order says nothing about anybody.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from dossiers.wire.late_lists import NameSheet, OfficerLine

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLACES = {letter: place for place, letter in enumerate(_LETTERS, 256)}
_TONES = {tone: place for place, tone in enumerate("\u0300\u0309\u0303\u0301\u0323", 1)}
WordKey = tuple[tuple[int, ...], tuple[int, ...]]  # letters, then tones
NameKey = tuple[WordKey, WordKey, str]


@lru_cache(maxsize=65_536)
def name_key(name: str) -> NameKey:
    """By which names are sorted."""
    words = name.casefold().split()
    return _key(" ".join(words[-1:])), _key(" ".join(words[:-1])), name


def _key(text: str) -> WordKey:
    parts = [_parted(character) for character in unicodedata.normalize("NFC", text)]
    return tuple(_place(letter) for letter, _ in parts), tuple(tone for _, tone in parts)


def _place(letter: str) -> int:
    """Blanks and the like come before letters, letters of other alphabets behind."""
    code = ord(letter)
    return _PLACES.get(letter, code if code < 256 else code + 256)


def _parted(character: str) -> tuple[str, int]:
    """A letter of the alphabet without its tone, and the tone; what is no letter as it is."""
    parts = unicodedata.normalize("NFD", character)
    tone = next((_TONES[part] for part in parts if part in _TONES), 0)
    bare = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
    return bare[:1] or character, tone


def by_name(lines: Iterable[OfficerLine], names: Mapping[str, str]) -> tuple[OfficerLine, ...]:
    """The order of rows. ``names``: by officer (``names_of``)."""
    return tuple(
        sorted(
            lines,
            key=lambda line: (
                line.unit,
                name_key(names.get(line.officer, "")),
                line.officer,
                line.position,
            ),
        )
    )


def names_of(sheet: NameSheet | None) -> dict[str, str]:
    """By officer."""
    return {one.officer: one.name for one in sheet.officers} if sheet is not None else {}
