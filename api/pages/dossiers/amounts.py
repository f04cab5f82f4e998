"""Amounts and instants as the pages of dossiers write them."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.words import Words
from dossiers.reports.wording import in_english, in_vietnamese
from dossiers.time.calendar import Calendar
from dossiers.time.hours import HOUR


@dataclass(frozen=True)
class Written:
    """How one reader reads amounts and instants: in words' language, on the clocks of a place."""

    words: Words
    calendar: Calendar

    def amount(self, length: int) -> str:
        """Working ms as "12 giờ 30 phút"."""
        return (in_vietnamese if self.words.language == "vi" else in_english)(length)

    def hours(self, count: int, unit: int, *, signed: bool = False) -> str:
        """``count`` times ``unit`` (ms) in hours: "3,5"; whole hours without decimals."""
        value = count * unit / HOUR
        digits = 0 if value == int(value) else 1 if unit == HOUR // 10 else 2
        text = self.words.decimal(value, digits)
        return f"+{text}" if signed and count > 0 else text

    def short(self, at: int) -> str:
        """02/11 08:30 of an instant (ms)."""
        return self.calendar.local(at).strftime("%d/%m %H:%M")

    def near(self, at: int | None, now: int) -> str:
        """02/11 08:30, with the year if it is not that of ``now`` (ms), "–" without an instant."""
        if at is None:
            return "–"
        same = self.calendar.local(at).year == self.calendar.local(now).year
        return self.short(at) if same else self.moment(at)

    def moment(self, at: int | None) -> str:
        """02/11/2026 08:30 of an instant (ms), "–" without one."""
        return "–" if at is None else self.calendar.local(at).strftime("%d/%m/%Y %H:%M")

    def span(self, start: int, end: int) -> str:
        """02/11 08:30 – 13:30, the day once if it is one (ms)."""
        same = self.calendar.day_of(start) == self.calendar.day_of(end)
        shape = "%H:%M" if same else "%d/%m %H:%M"
        return f"{self.short(start)} – {self.calendar.local(end).strftime(shape)}"

    def weekday(self, at: int) -> str:
        """T3 01/12 13:30 of an instant (ms)."""
        day = self.words(f"day_{self.calendar.local(at).weekday()}")
        return f"{day} {self.short(at)}"
