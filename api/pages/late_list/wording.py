"""A month's list in words, for one reader and one moment."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from api.labels import OfficerNames, officer_label
from api.pages.dossiers.alert_wording import person_label
from api.pages.dossiers.amounts import Written
from api.pages.words import Words
from api.viewer import Viewer
from dossiers.publication.figures import (
    AT_DESKS,
    NONE,
    days_mean,
    days_most,
    number_text,
    rate_text,
)
from dossiers.publication.reasons import reason_words, relief_of
from dossiers.reference.unlisted import shown_name
from dossiers.time.calendar import Calendar
from dossiers.time.hours import HOUR, MINUTE
from dossiers.wire.late_lists import Counts, Days, ListCore, NameSheet, OfficerName, Relief
from dossiers.wire.publications import month_and_scope


@dataclass(frozen=True)
class ListWords:
    """``sheet``: None if the names were erased; ``now``: data time (ms). ``named``: officers whose
    full names the reader sees, who sees what is about to be published of them; None: all."""

    viewer: Viewer
    words: Words
    calendar: Calendar
    now: int
    core: ListCore | None = None
    sheet: NameSheet | None = None
    named: Set[str] | None = frozenset()
    texts: Mapping[str, str | None] = field(default_factory=dict)

    @cached_property
    def _people(self) -> Mapping[str, OfficerName]:
        return {} if self.sheet is None else {each.officer: each for each in self.sheet.officers}

    @cached_property
    def _units(self) -> Mapping[str, str]:
        return {} if self.core is None else dict(self.core.unit_names)

    @cached_property
    def _procedures(self) -> Mapping[str, str]:
        return {} if self.core is None else dict(self.core.procedure_names)

    @cached_property
    def _steps(self) -> Mapping[str, str]:
        return {} if self.core is None else dict(self.core.step_names)

    @cached_property
    def written(self) -> Written:
        """Amounts and instants."""
        return Written(self.words, self.calendar)

    def officer(self, id_: str) -> str:
        """By the name sheet, as the reader may see it: who works on the list reads it in full."""
        if not id_:
            return self.words("late_unit_itself")
        known = self._people.get(id_)
        if self.core is not None and self.sheet is None:
            return self.words("late_name_erased")
        if known is None:
            return self.viewer.labels.officer(id_) or shown_name(id_)
        return officer_label(known.name, "full" if self._in_full(id_) else self._mode) or id_

    @property
    def _mode(self) -> OfficerNames:
        return self.viewer.labels.mode

    def _in_full(self, id_: str) -> bool:
        return self.named is None or id_ in self.named

    def position(self, id_: str) -> str:
        """As of the month's end, "" if none is known."""
        known = self._people.get(id_)
        return "" if known is None else known.position

    def unit(self, id_: str) -> str:
        """As of the month's end."""
        return self._units.get(id_) or self.viewer.labels.unit(id_)

    def procedure(self, id_: str) -> str:
        """As of the month's end."""
        return self._procedures.get(id_) or self.viewer.labels.procedure(id_)

    def step(self, id_: str) -> str:
        """As of the month's end, "" for none."""
        return self._steps.get(id_) or shown_name(id_) if id_ else ""

    def person(self, id_: str, capacity: str = "") -> str:
        """Somebody who did something. ``capacity``: as what, for whoever has no name."""
        if id_ == "system":
            return self.words("late_system")
        if id_ and id_ == self.viewer.principal.person:
            return self.words("inbox_you")
        if id_ in self._people:
            return self.officer(id_)
        if id_ not in self.viewer.labels.names.officers and capacity in ("reform_office", "leader"):
            return self.words(f"late_as_{capacity}")
        return person_label(id_, self.viewer.labels, self.words)

    def reason(self, code: str) -> str:
        """Of an explanation or a decision, "" for none."""
        return reason_words(code, self.words.language) if code else ""

    def text(self, digest: str) -> str:
        """What was written, or what became of it."""
        if not digest:
            return ""
        found = self.texts.get(digest)
        return self.words("desk_text_erased") if found is None else found

    def month(self, list_: str) -> str:
        """Tháng 10/2026."""
        month, _ = month_and_scope(list_)
        return self.words("late_month", month=month[5:], year=month[:4])

    def in_month(self, list_: str) -> str:
        """The same within a sentence."""
        month, _ = month_and_scope(list_)
        return self.words("late_in_month", month=month[5:], year=month[:4])

    def scope(self, list_: str) -> str:
        """The unit that a list is of, "" if it is of all."""
        _, scope = month_and_scope(list_)
        return self.unit(scope) if scope else ""

    def day(self, at: int) -> str:
        """10/12 of an instant (ms)."""
        return self.calendar.local(at).strftime("%d/%m")

    def at(self, at: int) -> str:
        """10/12 17:00 of an instant (ms)."""
        return self.written.short(at)

    def number(self, value: int) -> str:
        """With thousands separated."""
        return self.words.number(value)

    def amount(self, length: int) -> str:
        """Working ms as "9 giờ 23 phút"."""
        return self.written.amount(length)

    def hours(self, length: int) -> str:
        """Working ms as "9 giờ 23", for columns of them."""
        hours, minutes = divmod(length + MINUTE // 2, HOUR)
        return self.words("late_hours", hours=self.number(hours), minutes=f"{minutes // MINUTE:02}")

    def relief(self, code: str) -> Relief | Literal[""]:
        """Whom a reason relieves, "" nobody."""
        return relief_of(code) or ""

    def rate(self, counts: Counts) -> str:
        """In percent with one decimal; "–" where too few are counted."""
        if self.core is None:
            return NONE
        return rate_text(counts, self.core.thresholds, self.words.language, AT_DESKS)

    def printed_rate(self, counts: Counts) -> str:
        """As documents have it."""
        if self.core is None:
            return NONE
        return rate_text(counts, self.core.thresholds, self.words.language)

    def most(self, days: Days, counts: Counts) -> str:
        """Days late at most, "–" without any."""
        return self._decimal(days_most(days) if counts.late else None)

    def mean(self, days: Days, counts: Counts) -> str:
        """Days late on average, "–" without any."""
        return self._decimal(days_mean(days, counts.late))

    def _decimal(self, value: Decimal | None) -> str:
        return number_text(value, self.words.language)
