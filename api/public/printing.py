"""Figures, times and names of a list in one language, as they stand on the public's pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from api.pages.words import Words
from api.public.opened import OpenedEdition
from dossiers.publication import figures
from dossiers.publication.reasons import reason_words
from dossiers.wire.late_lists import Counts, Days

NBSP = "\u00a0"
_HOUR = 3_600_000  # ms


@dataclass(frozen=True)
class Printer:
    """``words``: of the reader's language; ``opened``: what is printed."""

    words: Words
    opened: OpenedEdition

    def number(self, number: int) -> str:
        """With thousands apart and a true minus."""
        text = figures.number_text(abs(number), self.words.language)
        return f"\u2212{text}" if number < 0 else text

    def rate(self, counts: Counts) -> str:
        """Of a hundred, without the sign; "–" for too few."""
        thresholds = self.opened.core.thresholds
        return figures.rate_text(counts, thresholds, self.words.language)

    def percent(self, counts: Counts) -> str:
        """With the sign; "" for too few."""
        found = self.rate(counts)
        if found == figures.NONE:
            return ""
        return f"{found}{NBSP}%" if self.words.language == "vi" else f"{found}%"

    def of_total(self, counts: Counts) -> str:
        """Of how many, and the rate if there is one: in a row of a phone."""
        return ", ".join(
            filter(None, (self.words("pub_of", n=self.number(counts.total)), self.percent(counts)))
        )

    def most(self, days: Days) -> str:
        """The largest lateness in working days."""
        return figures.number_text(figures.days_most(days), self.words.language)

    def mean(self, days: Days, late: int) -> str:
        """In working days."""
        return figures.number_text(figures.days_mean(days, late), self.words.language)

    def days(self, amount: int, length: int) -> str:
        """``amount`` (working ms) in working days of ``length`` (ms)."""
        return figures.number_text(figures.days_late(amount, length), self.words.language)

    def hours(self, amount: int) -> str:
        """``amount`` (working ms) in hours."""
        return figures.number_text(figures.days_late(amount, _HOUR), self.words.language)

    def day(self, at: int | None) -> str:
        """The date of an instant (ms), where the list is of; "–" for none."""
        return figures.NONE if at is None else self._local(at).strftime("%d/%m/%Y")

    def minute(self, at: int) -> str:
        """Date and time of an instant (ms)."""
        return self._local(at).strftime("%d/%m/%Y %H:%M")

    def _local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, ZoneInfo(self.opened.core.timezone))

    def reason(self, code: str) -> str:
        """In words; "" for none."""
        return reason_words(code, self.words.language)

    def unit(self, unit: str) -> str:
        """The name of a unit."""
        return self.opened.unit_name(unit)

    def unit_in_full(self, unit: str) -> str:
        """With the unit of the first table that it belongs to."""
        tops = {line.unit for line in self.opened.tops}
        above = next((each for each in self.opened.trail(unit) if each in tops), "")
        return f"{self.unit(unit)}, {self.unit(above)}" if above else self.unit(unit)

    def procedure(self, id_: str) -> str:
        """The name of a procedure, else its id."""
        return self.opened.procedure_names.get(id_) or id_

    def step(self, id_: str) -> str:
        """The name of a step, else its id."""
        return self.opened.step_names.get(id_) or id_

    def officer(self, id_: str, position: str = "") -> str:
        """The name if it is published, else the position, else that it is not published."""
        one = self.opened.people.get(id_)
        return one.name if one else position or self.words("pub_no_name")

    def position(self, id_: str) -> str:
        """Of a named officer; "" if unknown."""
        one = self.opened.people.get(id_)
        return one.position if one else ""


def month_text(month: str) -> str:
    """10/2026 of 2026-10."""
    return f"{month[5:]}/{month[:4]}"


def iso_day_text(day: str) -> str:
    """13/11/2026 of 2026-11-13."""
    return f"{day[8:]}/{day[5:7]}/{day[:4]}"


def size_text(size: int, words: Words) -> str:
    """Of a file of ``size`` bytes, in kB or MB."""
    if size < 1_000_000:
        return f"{words.number(max(1, round(size / 1000)))}{NBSP}kB"
    return f"{words.decimal(size / 1_000_000)}{NBSP}MB"


def grouped(digest: str) -> tuple[str, ...]:
    """A hash in groups of eight, as it is read aloud and compared."""
    return tuple(digest[place : place + 8] for place in range(0, len(digest), 8))
