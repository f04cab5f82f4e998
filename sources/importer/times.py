"""Times as event logs write them, as UTC milliseconds."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from dossiers.time.day_table import instant

MAX_TIME = 100  # characters; a time with nanoseconds and an offset has 35
# Of the last characters only: tried at every blank of a long run, it would take n² steps.
_OFFSET = re.compile(r"\s([+-][0-9]{2}(?::?[0-9]{2})?)$")
_OFFSET_LENGTH = 7


def parse_time(text: str, zone: ZoneInfo) -> int:
    """Milliseconds of an ISO 8601 date, or date and time; raises ValueError.

    Between date and time stands T or a space; fractions may have any number of digits (what is
    below a millisecond is cut off); offsets are Z, +01, +0100 or +01:00, and ``zone`` counts if
    there is none. A date alone is its first instant. If a clock change skips or repeats a local
    time, the offset before the change counts. A text of more than MAX_TIME characters is no time,
    and is not looked at.
    """
    if len(text) > MAX_TIME:
        raise ValueError(f"a text of {len(text):,} characters is no ISO 8601 time")
    text = text.strip()
    if text[4:5] != "-" or text[7:8] != "-" or text[10:11] not in ("", "T", "t", " "):
        raise ValueError(f"{text[:40]!r} is no ISO 8601 time")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.fromisoformat(_tidied(text))
    return instant(moment if moment.tzinfo is not None else moment.replace(tzinfo=zone))


def _tidied(text: str) -> str:
    """The rarer spellings: lower-case t and z, the words UTC and GMT, a space before the offset."""
    upper = text.upper()
    for word in ("UTC", "GMT"):
        if upper.endswith(word):
            upper = upper.removesuffix(word).rstrip() + "Z"
    offset = _OFFSET.search(upper[-_OFFSET_LENGTH:])
    if offset is not None:
        upper = upper[: -len(offset[0])].rstrip() + offset[1]
    return upper.replace(" Z", "Z")
