"""Texts of others as a document can show them: composed, in sight, in one direction, in their cell.

A PDF/A must not hold a character that its fonts lack, and a name must read as it is written: marks
that turn the direction around are left out, a pile of diacritics is cut.
"""

from __future__ import annotations

import re
import unicodedata

from documents.typeset.fonts import known_characters, word_width

_LACKING = "□"
_BREAK = "\u200b"  # a line may end here; it has no width
_WIDEST = 1.1  # em, of a letter
_MARKS_WITHIN = re.compile(r"(?<=[-./_])")
_MOST_MARKS = 2  # on one letter: Vietnamese needs one once it is composed


def printable(text: str) -> str:
    """The text in one line."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    known, marks, kept = known_characters(), 0, []
    for char in composed:
        kind = unicodedata.category(char)
        if kind in ("Cc", "Cf", "Cs", "Co"):
            continue
        marks = marks + 1 if kind in ("Mn", "Me", "Mc") else 0
        if marks <= _MOST_MARKS:
            kept.append(char if ord(char) in known else "" if marks else _LACKING)
    return "".join(kept)


def breakable(text: str, room: float) -> str:
    """The printable text, with places to break in words that are wider than ``room`` (em), so that
    none runs out of its cell: behind the marks within an id, else anywhere."""
    words = printable(text).split(" ")
    return " ".join(word if _fits(word, room) else _broken(word, room) for word in words)


def _fits(word: str, room: float) -> bool:
    return len(word) * _WIDEST <= room or word_width(word) <= room


def _broken(word: str, room: float) -> str:
    parts = _MARKS_WITHIN.split(word)
    return _BREAK.join(part if _fits(part, room) else _anywhere(part) for part in parts if part)


def _anywhere(part: str) -> str:
    kept = [
        char if unicodedata.category(char) == "Mn" else _BREAK + char for char in part
    ]  # never between a letter and its marks
    return "".join(kept).removeprefix(_BREAK)
