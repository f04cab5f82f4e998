"""One identity of text: what two spellings of the same word may not differ in.

Names arrive in composed and in decomposed Unicode (NFC, NFD), with no-break blanks from
spreadsheets and with invisible format characters from web pages. Whatever is compared, grouped or
used as a key goes through ``identity`` at every entrance, so that one officer is not two.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_CACHED = 200  # characters: longer texts are rare, and a cache of them would grow by their length
_MARKS = 30  # combining marks that are put in order as they stand; no word of any language has more


def identity(text: str) -> str:
    """``text`` in NFC, without format characters (category Cf) and outer blanks, every other kind
    of blank (category Zs: NBSP and its like) as a plain one. Idempotent; its time grows with the
    text's length, also if that is nothing but marks to be put in order."""
    if text.isascii():
        return text.strip()
    return _identity(text) if len(text) <= _CACHED else _identity.__wrapped__(text)


@lru_cache(maxsize=16_384)
def _identity(text: str) -> str:
    changes: dict[int, str | None] = {}
    for char in set(text):
        kind = unicodedata.category(char)
        if kind == "Cf":
            changes[ord(char)] = None
        elif kind == "Zs":
            changes[ord(char)] = " "
    return unicodedata.normalize("NFC", _in_order(text.translate(changes))).strip()


def _in_order(text: str) -> str:
    """The same text, decomposed, if it has many marks: in canonical order already, since putting
    them in order as it normalizes takes Python n² steps for a run of n marks."""
    marks = {char for char in set(text) if unicodedata.category(char)[0] == "M"}
    if sum(map(marks.__contains__, text)) <= _MARKS:
        return text
    # One character at a time: none has more than four marks in itself.
    apart = "".join(unicodedata.normalize("NFD", char) for char in text)
    found: list[str] = []
    run: list[str] = []
    for char in apart:
        if unicodedata.combining(char):
            run.append(char)
            continue
        found += sorted(run, key=unicodedata.combining)
        found.append(char)
        run.clear()
    return "".join([*found, *sorted(run, key=unicodedata.combining)])


def folded(text: str) -> str:
    """The identity of ``text`` without case and with single blanks: for names that people type."""
    return identity(" ".join(identity(text).casefold().split()))
