"""Times as event logs write them, as UTC milliseconds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from dossiers.calendar import instant

_OFFSET = re.compile(r"\s+([+-]\d{2}(?::?\d{2})?)$")


def parse_time(text: str, zone: ZoneInfo) -> int:
    """Milliseconds of an ISO 8601 date, or date and time; raises ValueError.

    Between date and time stands T or a space; fractions may have any number of digits (what is
    below a millisecond is cut off); offsets are Z, +01, +0100 or +01:00, and ``zone`` counts where
    there is none. A date alone is its first instant. Where a clock change skips or repeats a local
    time, the offset before the change counts.
    """
    text = text.strip()
    if text[4:5] != "-" or text[7:8] != "-" or text[10:11] not in ("", "T", "t", " "):
        raise ValueError(f"{text[:40]!r} is no ISO 8601 time")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.fromisoformat(_tidied(text))
    return instant(moment if moment.tzinfo is not None else moment.replace(tzinfo=zone))


def time_parser(zone: ZoneInfo) -> Callable[[str], int]:
    """``parse_time`` in one zone; remembers, since every row repeats its dossier's dates."""

    @lru_cache(maxsize=65_536)
    def parse(text: str) -> int:
        return parse_time(text, zone)

    return parse


def _tidied(text: str) -> str:
    """The rarer spellings: lower-case t and z, the words UTC and GMT, a space before the offset."""
    upper = text.upper()
    for word in ("UTC", "GMT"):
        if upper.endswith(word):
            upper = upper.removesuffix(word).rstrip() + "Z"
    return _OFFSET.sub(r"\1", upper).replace(" Z", "Z")
