"""Times and days as the home writes them in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.pages.home.day import OfficeDay
from api.pages.words import Words, hour_minute

Piece = tuple[str, bool]  # a text, and whether it is strong


def pieces(text: str) -> tuple[Piece, ...]:
    """A message whose strong parts stand between ``**``."""
    parts = text.split("**")
    return tuple((part, number % 2 == 1) for number, part in enumerate(parts) if part)


@dataclass(frozen=True)
class DayTelling:
    """Writes for one reader, as of one day."""

    words: Words
    day: OfficeDay

    def weekday(self, when: date) -> str:
        """ "hôm nay", or "thứ Hai" of another day."""
        today = when == self.day.today
        return self.words("home_today" if today else f"home_weekday_{when.isoweekday()}")

    def date(self, when: date) -> str:
        """ "hôm nay", or "thứ Hai 30/11" of another day."""
        said = self.weekday(when)
        return said if when == self.day.today else f"{said} {when:%d/%m}"

    def time(self, at: int) -> str:
        """ "08:40" of an instant (ms) on the due day, "08:40 thứ Hai 30/11" of another."""
        when, clock = self.day.calendar.local_date(at), hour_minute(at, self.day.calendar)
        return clock if when == self.day.due_day else f"{clock} {self.date(when)}"

    def moment(self, at: int) -> str:
        """As ``time``, and always with the day."""
        when = self.day.calendar.local_date(at)
        return f"{hour_minute(at, self.day.calendar)} {self.date(when)}"

    def hours(self) -> str:
        """What to know of office hours now; "" within them, and where all time is working time."""
        day, words = self.day, self.words
        if day.calendar.always or (day.working and not day.before_hours and not day.after_hours):
            return ""
        if day.before_hours:
            return words("home_hours_before", time=hour_minute(day.opens_at, day.calendar))
        opening = day.calendar.next_working(day.now)
        key = "home_hours_after" if day.after_hours else "home_hours_closed"
        return words(key, time=self.moment(opening))
