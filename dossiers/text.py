"""One identity of text: what two spellings of the same word may not differ in.

Names arrive in composed and in decomposed Unicode (NFC, NFD), with no-break blanks from
spreadsheets and with invisible format characters from web pages. Whatever is compared, grouped or
used as a key goes through ``identity`` at every door, so that one officer is not two.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_CACHED = 200  # characters: longer texts are rare, and a cache of them would grow by their length


def identity(text: str) -> str:
    """``text`` in NFC, without format characters (category Cf) and outer blanks, every other kind
    of blank (category Zs: NBSP and its like) as a plain one. Idempotent; linear in its length."""
    if text.isascii():
        return text.strip()
    return _identity(text) if len(text) <= _CACHED else _identity.__wrapped__(text)


@lru_cache(maxsize=65_536)
def _identity(text: str) -> str:
    kinds = {char: unicodedata.category(char) for char in set(text)}
    drop = {ord(char): None for char, kind in kinds.items() if kind == "Cf"}
    blank = {ord(char): " " for char, kind in kinds.items() if kind == "Zs"}
    return unicodedata.normalize("NFC", text.translate(drop | blank)).strip()


def folded(text: str) -> str:
    """The identity of ``text`` without case and with single blanks: for names that people type."""
    return unicodedata.normalize("NFC", " ".join(identity(text).casefold().split()))
