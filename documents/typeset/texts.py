"""Texts of others as a document can show them: composed, in sight, in one direction, in their cell.

A PDF/A must not hold a character that its fonts lack, and a name must read as it is written: marks
that turn the direction around are left out, a pile of diacritics is cut.
"""

from __future__ import annotations

import re
import unicodedata

from documents.typeset.fonts import known_characters

_LACKING = "□"
_BREAK = "\u200b"  # a line may end here; it has no width
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


def breakable(text: str, most: int) -> str:
    """The printable text, with places to break in words of more than ``most`` characters, so that
    none runs out of its cell."""
    return re.sub(
        rf"\S{{{most + 1},}}",
        lambda word: _BREAK.join(
            word[0][start : start + most] for start in range(0, len(word[0]), most)
        ),
        printable(text),
    )
