"""How a log writes its times, besides ISO 8601: named forms, and those of strptime.

A form is said in the mapping as ``dd/mm/yyyy``, ``mm/dd/yyyy``, ``yyyy/mm/dd`` or ``iso``, with or
without a time behind it, or as a pattern of Python's strptime (``%H:%M %d/%m/%Y``). Slashes stand
for dots and hyphens, too. Without being told, day and month are read if only one order fits.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

Order = Literal["iso", "dmy", "mdy", "ymd"]
MAX_FORM = 100  # characters
_NAMED: dict[str, Order] = {
    "iso": "iso",
    "iso8601": "iso",
    "dd/mm/yyyy": "dmy",
    "mm/dd/yyyy": "mdy",
    "yyyy/mm/dd": "ymd",
}
NAMES = ("iso", "dd/mm/yyyy", "mm/dd/yyyy", "yyyy/mm/dd")
_CLOCK = re.compile(r"[Hhms]{1,2}(?::[Hhms]{2}){1,2}(?:[.,]f{1,6})?")
_DIGITAL = re.compile(
    r"([0-9]{1,4})([/.-])([0-9]{1,2})\2([0-9]{1,4})"
    r"(?:(?:[Tt]|,? )(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?: ?(?P<half>[AaPp][Mm]|[Ss][Aa]|[Cc][Hh]))?"
    r"(?: ?(?P<offset>[Zz]|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_MIDNIGHT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]24:00(?::00(?:[.,]0{1,9})?)?")
_SAMPLE = datetime(2026, 11, 23, 13, 45, 56)


class Form(NamedTuple):
    """``order``: of a date in digits; None for a pattern of strptime, which is ``pattern``."""

    order: Order | None
    pattern: str = ""


class Digits(NamedTuple):
    """A date in digits: its three numbers as they stand, and the match with its time."""

    first: int
    second: int
    third: int
    match: re.Match[str]

    @property
    def year_first(self) -> bool:
        """Whether the first number is the year."""
        return len(self.match[1]) == 4

    @property
    def year_last(self) -> bool:
        """Whether the last number is the year."""
        return len(self.match[4]) == 4 and len(self.match[1]) <= 2

    @property
    def either_way(self) -> bool:
        """Whether both orders of day and month give a date, and not the same."""
        return self.first <= 12 and self.second <= 12 and self.first != self.second


def read_form(text: str) -> Form:
    """The form that a mapping asks for. Raises ValueError with a sentence."""
    if len(text) > MAX_FORM:
        raise ValueError(f"has {len(text):,} characters, over {MAX_FORM}")
    if "%" in text:
        try:
            again = datetime.strptime(_SAMPLE.strftime(text), text)
        except (ValueError, re.error) as error:
            raise ValueError(f"{text!r} is no pattern of strptime: {error}") from None
        if again.date() != _SAMPLE.date():
            raise ValueError(f"{text!r} gives no whole date: it needs year, month and day")
        return Form(None, text)
    day, _, clock = text.strip().partition(" ")
    order = _NAMED.get(day.lower().replace(".", "/").replace("-", "/"))
    if order is None or (clock and _CLOCK.fullmatch(clock.strip()) is None):
        raise ValueError(
            f"{text!r} is no form of time: write one of {', '.join(NAMES)}, or a pattern as "
            '"%d/%m/%Y %H:%M"'
        )
    return Form(order)


def digits_of(text: str) -> Digits | None:
    """A date in digits with separators, with or without a time; None for anything else."""
    match = _DIGITAL.fullmatch(text)
    if match is None:
        return None
    found = Digits(int(match[1]), int(match[3]), int(match[4]), match)
    return found if found.year_first or found.year_last else None


def moment_of(digits: Digits, order: Order) -> datetime:
    """The local time, or with its offset. Raises ValueError."""
    first, second, third, match = digits
    if digits.year_first:
        day = datetime(first, second, third)
    elif order == "mdy":
        day = datetime(third, first, second)
    else:
        day = datetime(third, second, first)
    if match["hour"] is None:
        return day
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    micros = int((match["fraction"] or "0").ljust(6, "0")[:6])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if match["half"].lower() in ("pm", "ch") else 0)
    if hour == 24 and not minute + second + micros:
        moment = day + timedelta(days=1)
    else:
        moment = day.replace(hour=hour, minute=minute, second=second, microsecond=micros)
    if match["offset"]:
        moment = datetime.fromisoformat(moment.isoformat() + match["offset"].upper())
    return moment


def by_pattern(text: str, pattern: str) -> datetime:
    """The same by a pattern of strptime, which knows no 24:00. Raises ValueError."""
    try:
        return datetime.strptime(text, pattern)
    except ValueError:
        if "24:00" not in text:
            raise
    moment = datetime.strptime(text.replace("24:00", "00:00", 1), pattern)
    if moment.hour or moment.minute or moment.second or moment.microsecond:
        raise ValueError("a time after 24:00")
    return moment + timedelta(days=1)


def with_midnight(text: str) -> str | None:
    """An ISO 8601 time at 24:00 as 00:00 of the next day; None for any other text. Raises
    ValueError for a day that is none."""
    match = _MIDNIGHT.match(text)
    if match is None:
        return None
    day = datetime.fromisoformat(text[:10]) + timedelta(days=1)
    return f"{day.date().isoformat()}T00:00:00{text[match.end() :]}"
