"""Text as it is compared in a search: how people type on a phone, without marks and in any case."""

from __future__ import annotations

import re
import unicodedata

from dossiers.text.identity import folded

_APART = re.compile(r"[^0-9a-z]+")
_LETTERS = str.maketrans({"đ": "d", "ð": "d"})  # letters that no normalization takes apart


def plain(text: str) -> str:
    """``text`` in small letters without diacritics, everything between words as one blank:
    "Phường Cầu Ông Lãnh" is "phuong cau ong lanh"."""
    apart = unicodedata.normalize("NFD", folded(text).translate(_LETTERS))
    letters = "".join(char for char in apart if not unicodedata.combining(char))
    return _APART.sub(" ", letters).strip()
