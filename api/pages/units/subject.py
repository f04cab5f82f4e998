"""What a page of a unit is about, and how its numbers are written and linked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from api.asked import Language
from api.insight.filters import Filter
from api.insight.linked import LinkedCount, scope_of
from api.pages.parts.controls import Download
from api.pages.parts.marks import Link, LiveBinding, Tone
from api.pages.parts.table import TableCell
from api.pages.words import Words, local_time, words_of
from api.viewer import Viewer
from dossiers.time.calendar import Calendar
from dossiers.time.hours import HOUR


def unit_path(unit: str) -> str:
    """The page of a unit."""
    return f"/units/{quote(unit, safe='')}"


def downloads_of(subject: UnitSubject, path: str) -> tuple[Download, ...]:
    """Files of what a page shows, by the same address."""
    query = subject.viewer.asked.address().partition("?")[2]
    rest = f"?{query}" if query else ""
    return tuple(Download(kind, f"{path}.{kind.lower()}{rest}") for kind in ("CSV", "XLSX"))


@dataclass(frozen=True)
class UnitSubject:
    """One page for one reader. ``of``: whose dossiers, with the page's own conditions."""

    viewer: Viewer
    lang: Language
    of: Filter

    @cached_property
    def words(self) -> Words:
        return words_of(self.lang)

    @cached_property
    def calendar(self) -> Calendar:
        """Of the unit: its closing times, its working hours."""
        return self.viewer.view.context.calendar_for(self.of.unit)

    @property
    def scope(self) -> str:
        """Whose live figures these are."""
        return scope_of(self.of)

    def may_list(self, filter_: Filter) -> bool:
        """Whether the reader sees the dossiers themselves, and not only how many they are."""
        within = self.viewer.within
        if within is None or self.viewer.reach.whole:
            return True
        return filter_.unit in within.units or bool(
            filter_.officer and filter_.officer == self.viewer.reach.officer
        )

    def href(self, filter_: Filter) -> str:
        """The list of ``filter_``; "" for somebody who may not see it."""
        return filter_.url() if self.may_list(filter_) else ""

    def count(
        self, counted: LinkedCount, tone: Tone = "neutral", field: str = "", *, strong: bool = False
    ) -> TableCell:
        """A number that leads to its list. ``field``: of the tally that keeps it live."""
        return TableCell(
            self.words.number(counted.number),
            href=self.href(counted.filter) if counted.number else "",
            tone=tone if counted.number else "neutral",
            live=LiveBinding(self.scope, field) if field and counted.live else None,
            strong=strong,
        )

    def listed(self, text: str, filter_: Filter) -> tuple[Link, ...]:
        """A link to a list, if the reader may see it."""
        return (Link(text, filter_.url()),) if self.may_list(filter_) else ()

    def age(self, as_of: int) -> str:
        """The instant (ms) that a figure is of, in words."""
        return self.words("units_as_of", time=local_time(as_of, self.calendar, seconds=True))

    def hours(self, length: int) -> str:
        """Working time (ms) in hours: one decimal below 100, none above."""
        hours = length / HOUR
        return self.words.decimal(hours, 1) if 0 < hours < 100 else self.words.number(round(hours))
