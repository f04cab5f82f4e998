"""Messages in two languages, and times and amounts in words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from api.asked import Language
from api.pages.places import MESSAGES
from dossiers.time.calendar import Calendar
from dossiers.time.hours import HOUR, MINUTE


def merged(files: Iterable[Path]) -> dict[str, str]:
    """The messages of all ``files`` of one language. Raises ValueError for a key that stands in
    two: one of the pages would show the other's words."""
    found: dict[str, str] = {}
    for file in sorted(files):
        messages = msgspec.json.decode(file.read_bytes(), type=dict[str, str])
        if twice := found.keys() & messages.keys():
            raise ValueError(f"{file.name} repeats {', '.join(sorted(twice))} of another file")
        found |= messages
    return found


class Words:
    """The messages of one language. ``words("key", n=3)`` fills in the braces."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.messages = merged(MESSAGES.glob(f"*.{language}.json"))

    def __call__(self, key: str, **values: object) -> str:
        return self.messages[key].format(**values)

    def number(self, value: int) -> str:
        """With thousands separated as the language does it."""
        text = f"{value:,}"
        return text.replace(",", ".") if self.language == "vi" else text

    def decimal(self, value: float | None, digits: int = 1) -> str:
        """With so many decimals and a true minus, as the language writes it; "–" for None."""
        if value is None:
            return "–"
        text = f"{value:,.{digits}f}".replace("-", "\u2212")
        return text.translate(_SWAPPED) if self.language == "vi" else text

    def has(self, key: str) -> bool:
        """Whether there is such a message."""
        return key in self.messages

    def percent(self, value: float | None) -> str:
        """With one decimal, as the language writes it."""
        if value is None:
            return "–"
        text = f"{value:.1f}"
        return f"{text.replace('.', ',')} %" if self.language == "vi" else f"{text}%"

    def amount(self, length: int, calendar: Calendar) -> str:
        """An amount of working time (ms): the two largest of days, hours and minutes."""
        length = max(0, length)
        days, rest = divmod(length, calendar.day_length)
        hours, rest = divmod(rest, HOUR)
        day_word = "days" if calendar.always else "working_days"
        parts = [(day_word, days), ("hours", hours), ("minutes", rest // MINUTE)]
        shown = [self(name, n=n) for name, n in parts if n][:2]
        return " ".join(shown) or self("minutes", n=0)


_SWAPPED = str.maketrans(",.", ".,")


@cache
def words_of(language: Language) -> Words:
    """Messages are read once."""
    return Words(language)


def hour_minute(at: int, calendar: Calendar) -> str:
    """14:30 of an instant (ms), in the calendar's time zone."""
    return calendar.local(at).strftime("%H:%M")


def local_time(at: int | None, calendar: Calendar, *, seconds: bool = False) -> str:
    """An instant (ms) as officials write it: 14:30 22/11/2026, in the calendar's time zone."""
    if at is None:
        return "–"
    return calendar.local(at).strftime("%H:%M:%S %d/%m/%Y" if seconds else "%H:%M %d/%m/%Y")
