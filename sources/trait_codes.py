"""Which codes may stand among the traits of a dossier: of a database, of a dossier's component.

Senders put anything into a field. A code has no blanks and no letters beyond ASCII, is no person's
number, and does not look like a word or a file's name.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dossiers.text.kept_ids import IdForm
from dossiers.text.keyed import looks_hashed
from dossiers.wire.traits import MAX_CODE
from sources.person_numbers import NUMBER

_FORM = IdForm(letters="ascii", longest=MAX_CODE)
_BEGINS = re.compile(r"[A-Za-z0-9]")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_WORD = re.compile(r"[a-z]{4}|[A-Z][a-z]{2}")  # codes are written in capitals
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|jpe?g|png|zip|rar|tiff?|p7[ms]|xml|txt)$", re.IGNORECASE)


def is_trait_code(text: str) -> bool:
    """Whether ``text``, in its identity form, may be kept as such a code."""
    return len(text) <= MAX_CODE and _is_code(text)


@lru_cache(maxsize=4_096)  # senders repeat the same ones
def _is_code(text: str) -> bool:
    if not _BEGINS.match(text):
        return False
    if _GUID.fullmatch(text):
        return True
    odd = _WORD.search(text) or _FILE.search(text) or NUMBER.search(text)
    return not odd and text.isascii() and _FORM.keeps(text) and not looks_hashed(text)
