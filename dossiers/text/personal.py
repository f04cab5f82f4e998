"""What in a text of an official may be a citizen's: telephone and identity numbers, mail addresses.

Found however it is grouped, in full-width digits or with invisible characters between. Dates and
ids of dossiers are not taken for numbers. Who finds something says what and where, and never
repeats it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

PersonalKind = Literal["telephone", "identity", "mail"]

_MAIL = re.compile(  # from its @ on: what stands before it is looked for backwards
    r"(?:@|\((?:at|AT)\)|\[(?:at|AT)\]) ?(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}"
)
_BEFORE_MAIL = frozenset(' @<>()[],;:"\t')
_LONGEST_NAME = 64  # characters before the @
_HARMLESS = re.compile(
    r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{4}(?!\d)"  # a date
    r"|(?<!\w)(?:\d{3}\.\d{2}\.\d{2,3}\.)?[A-Z]\d{2}(?:[.-]\d{1,8}(?!\d))+"  # an id of a dossier
)
_TELEPHONE = re.compile(r"(?<![\d.])(?:\+?\(?84\)?|0)(?:[ .()-]{0,2}\d){8,10}(?!\d)")
_IDENTITY = re.compile(
    r"\d{9,}"
    r"|(?<![\d.])\d{3}(?:[ -]\d{3}){2,3}(?![\d.])"
    r"|(?<!\w)[A-Z]\d{7,8}(?!\w)"  # a passport
)


@dataclass(frozen=True)
class PersonalMark:
    """Something personal: of which ``kind``, in which ``line``, from character ``first`` to
    ``last``, all counted from 1."""

    kind: PersonalKind
    line: int
    first: int
    last: int


def personal_marks(text: str) -> list[PersonalMark]:
    """All that may be personal in ``text``, in its order."""
    return [
        mark for number, line in enumerate(text.split("\n"), 1) for mark in _in_line(line, number)
    ]


def _in_line(line: str, number: int) -> Iterator[PersonalMark]:
    plain, places = _plain(line)
    found: list[tuple[int, int, PersonalKind]] = []
    plain = _without_mails(plain, found)
    plain = _HARMLESS.sub(lambda each: "x" * len(each[0]), plain)
    plain = _taken(_TELEPHONE, plain, "telephone", found)
    _taken(_IDENTITY, plain, "identity", found)
    for begin, end, kind in sorted(found):
        yield PersonalMark(kind, number, places[begin] + 1, places[end - 1] + 1)


def _without_mails(plain: str, found: list[tuple[int, int, PersonalKind]]) -> str:
    """``plain`` without mail addresses, which are noted in ``found``."""
    for match in _MAIL.finditer(plain):
        end = match.start() - (plain[match.start() - 1 : match.start()] == " ")
        begin = end
        while begin > max(0, end - _LONGEST_NAME) and plain[begin - 1] not in _BEFORE_MAIL:
            begin -= 1
        if begin < end:
            found.append((begin, match.end(), "mail"))
    for begin, end, _ in found:
        plain = plain[:begin] + "x" * (end - begin) + plain[end:]
    return plain


def _taken(
    pattern: re.Pattern[str],
    plain: str,
    kind: PersonalKind,
    found: list[tuple[int, int, PersonalKind]],
) -> str:
    """``plain`` without what ``pattern`` finds, which is noted in ``found``."""

    def take(match: re.Match[str]) -> str:
        found.append((match.start(), match.end(), kind))
        return "x" * len(match[0])

    return pattern.sub(take, plain)


def _plain(line: str) -> tuple[str, list[int]]:
    """With plain digits and blanks and nothing invisible; and where each character stood."""
    letters, places = [], []
    for place, letter in enumerate(line):
        if plain := _plain_letter(letter):
            letters.append(plain)
            places.append(place)
    return "".join(letters), places


def _plain_letter(letter: str) -> str:
    """ "" for what nobody sees."""
    category = unicodedata.category(letter)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    if category in ("Zs", "Cc"):
        return " "
    if category == "Pd":
        return "-"
    folded = unicodedata.normalize("NFKC", letter)
    return folded if len(folded) == 1 else letter
