"""Names that no reference data knows travel as a keyed hash, and are known again once it does.

Free text in a record may be anything, a citizen's name among it, so only those names pass the
entrances in clear that the reference data has. For others a keyed hash travels on
(dossiers.text.keyed): equal names stay equal, and nobody reads what they were. Reference data of a
live timeline carries the hashes of all names that it knows (``Reference.hashed``), made by whoever
loads it. So the fold needs no secret, and neither does a recount: a hash that stands in the
reference data is the name that stands beside it, as if that had been known when the record came.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Literal

import msgspec

from dossiers.text.keyed import looks_hashed
from dossiers.wire.facts import Fact, ProgressedFact, ReceivedFact, SnapshotFact, SubmittedFact

_NUMBERS = 100_000
_FIELDS = ("unit", "officer", "responsible", "step")
# What else is a name, by kind of fact.
_MORE: dict[type[Fact], str] = {
    ProgressedFact: "officer_name", ReceivedFact: "procedure", SubmittedFact: "procedure",
}  # fmt: skip
Language = Literal["vi", "en"]
_SHOWN = {"vi": "chưa có trong danh mục ({})", "en": "not in the reference data ({})"}
_VIETNAMESE = re.compile(r"chưa có trong danh mục \((\d{1,5})\)")


def number_of(hash_: str) -> int:
    """What tells hashes apart where people see them; the same in every process, for it comes from
    the hash alone. Two of 40 have one number with a likelihood of less than 1 in 100."""
    return zlib.crc32(hash_.encode()) % _NUMBERS


def shown_name(text: str, language: Language = "vi") -> str:
    """``text`` for people: of a hash, that the reference data lacks the name, and its number."""
    return _SHOWN[language].format(number_of(text)) if looks_hashed(text) else text


def in_english(text: str) -> str:
    """``text`` with what ``shown_name`` put into it in English."""
    return _VIETNAMESE.sub(_SHOWN["en"].format(r"\1"), text)


def with_names(fact: Fact, hashed: Mapping[str, str]) -> Fact:
    """``fact`` as it would be if its names had been known when it was sent. ``hashed``: hash to
    name, of the reference data by which it is folded."""
    changed: dict[str, object] = {}
    more = _MORE.get(type(fact))
    for field in _FIELDS if more is None else (*_FIELDS, more):
        text = getattr(fact, field)
        if text and text in hashed:
            changed[field] = hashed[text]
    if isinstance(fact, SnapshotFact) and (procedure := fact.content.procedure) in hashed:
        changed["content"] = msgspec.structs.replace(fact.content, procedure=hashed[procedure])
    return msgspec.structs.replace(fact, **changed) if changed else fact
