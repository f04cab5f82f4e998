"""Messages in two languages, and times and amounts in words."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from dossiers.time.calendar import Calendar
from dossiers.time.hours import HOUR, MINUTE

Language = Literal["vi", "en"]


class Words:
    """The messages of one language. ``words("key", n=3)`` fills in the braces."""

    def __init__(self, language: Language) -> None:
        self.language = language
        file = Path(__file__).with_name(f"messages.{language}.json")
        self.messages = msgspec.json.decode(file.read_bytes(), type=dict[str, str])

    def __call__(self, key: str, **values: object) -> str:
        return self.messages[key].format(**values)

    def number(self, value: int) -> str:
        """With thousands separated as the language does it."""
        text = f"{value:,}"
        return text.replace(",", ".") if self.language == "vi" else text

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


@cache
def words_of(language: Language) -> Words:
    """Messages are read once."""
    return Words(language)


def local_time(at: int | None, calendar: Calendar, *, seconds: bool = False) -> str:
    """An instant (ms) as officials write it: 14:30 22/11/2026, in the calendar's time zone."""
    if at is None:
        return "–"
    return calendar.local(at).strftime("%H:%M:%S %d/%m/%Y" if seconds else "%H:%M %d/%m/%Y")
