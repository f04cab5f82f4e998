"""What is kept of an id: the id itself, or a keyed hash if it may be a citizen's number.

Ids name dossiers, events and units, and senders put anything into them. An id is kept if it has
the form that ids have; if it has not, or if it is a mobile number or an identity number as a
whole or in a part of its own, its hash takes its place, everywhere and for ever: in topics, tables,
answers and logs. The same id has the same hash, so whoever knows the id finds its dossier.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

from dossiers.text.ids import IdFault, checked_id
from dossiers.text.keyed import Keyed, looks_hashed

PURPOSE = "id"  # of the hashes (dossiers.text.keyed)
Letters = Literal["latin", "ascii"]
MARKS = "._-/"
LONGEST = 100
_GAP = " "  # no form has blanks

_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ0-9]*")  # Vietnamese letters are among them
_ASCII = re.compile(r"[A-Za-z0-9]*")
_FORMS: dict[Letters, re.Pattern[str]] = {"latin": _LATIN, "ascii": _ASCII}
# 03, 05, 07, 08 and 09 are mobile numbers; with the country's code, also "84 (0) 9..." runs on.
_MOBILE = re.compile(r"(?:0|(?:00)?840?)[35789][0-9]{8}")
_CITIZEN = re.compile(r"[0-9]{12}")
_OLD_CITIZEN = re.compile(r"[0-9]{9}")
# The first three digits of a citizen's identity number: the province of the first registration
# (Circular 59/2021/TT-BCA, annex I; numbers given before provinces merged stay as they are).
_PROVINCES = (
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36,
    37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74,
    75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
)  # fmt: skip
PROVINCES = frozenset(f"{number:03}" for number in _PROVINCES)


@dataclass(frozen=True)
class IdForm:
    """The form of ids: letters, digits and ``marks``, ``longest`` characters at most.

    ``letters``: "latin" (Vietnamese ones included) or "ascii". Digits are 0 to 9.
    """

    letters: Letters = "latin"
    marks: str = MARKS
    longest: int = LONGEST

    def keeps(self, text: str) -> bool:
        """Whether ``text``, in its identity form, may be kept as it is: it has the form, and no
        part of it is a person's number. Judged as compatibility forms (NFKC) have it, so that
        full-width digits are digits."""
        judged = unicodedata.normalize("NFKC", text)
        if len(judged) > self.longest or _GAP in judged:
            return False
        parts = judged.translate(_gaps(self.marks)).split(_GAP)
        whole = "".join(parts)
        if not _FORMS[self.letters].fullmatch(whole):
            return False
        return not (_OLD_CITIZEN.fullmatch(whole) or any(map(_is_number, (whole, *parts))))


@lru_cache(maxsize=16)
def _gaps(marks: str) -> dict[int, str]:
    return dict.fromkeys(map(ord, marks), _GAP)


def _is_number(text: str) -> bool:
    """A mobile number, or a citizen's identity number of 12 digits."""
    if _MOBILE.fullmatch(text):
        return True
    return _CITIZEN.fullmatch(text) is not None and text[:3] in PROVINCES


class KeptIds:
    """The one function for ids that senders give and that people look for. ``keyed``: None if
    ids are kept as they come, in a replay or simulation."""

    def __init__(self, keyed: Keyed | None, form: IdForm | None = None) -> None:
        self._keyed = keyed
        self.form = form or IdForm()

    @property
    def hashing(self) -> bool:
        """Whether what may not be kept is hashed."""
        return self._keyed is not None

    def kept(self, given: str) -> str:
        """What is kept of the id that ``given`` writes; of a hash that this made, the hash. Raises
        IdFault for what is no id at all."""
        found = checked_id(given)
        if self._keyed is None:
            return found
        if looks_hashed(found):
            # One of ours names its dossier. Another is a text of somebody who would like it to be.
            ours = self._keyed.is_hashed(PURPOSE, found)
            return found if ours else self._keyed.hashed(PURPOSE, found)
        return found if self.form.keeps(found) else self._keyed.hashed(PURPOSE, found)

    def made(self, purpose: str, content: str | bytes) -> str:
        """An id of our own for something with this content: the same content, the same id. Keyed
        if ids are, so that nobody can try out what an id was made of."""
        if self._keyed is not None:
            return self._keyed.digest(purpose, content)
        raw = content.encode() if isinstance(content, str) else content
        return blake2b(raw, digest_size=16).hexdigest()

    def sought(self, given: str) -> str:
        """As ``kept``, for whoever looks for something: what is no id is nobody's. It stays as it
        is or, if ids are hashed, has a hash, since it may be anything as well."""
        try:
            return self.kept(given)
        except IdFault:
            return self._keyed.hashed(PURPOSE, given) if self._keyed and given else given


ALL_KEPT = KeptIds(None)  # as they come


def may_be_kept(text: str, form: IdForm) -> bool:
    """Whether ``text`` is an id that any entrance would keep, or has the form of a hash: for those
    who show what came past the entrances, and have no key."""
    try:
        return looks_hashed(text) or form.keeps(checked_id(text))
    except IdFault:
        return False
