"""Alerts in words, for one reader and one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from api.inbox.items import Moment
from api.labels import step_name
from api.pages.dossiers.alert_wording import person_label
from api.pages.dossiers.amounts import Written
from api.pages.parts.marks import Shape, Tone
from api.pages.words import Words
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name
from dossiers.time.calendar import Calendar
from dossiers.time.hours import DAY
from dossiers.wire.alerts import Alert, AlertKind

MARKS: Mapping[AlertKind, tuple[Shape, Tone]] = {
    "escalation": ("escalation", "late"),
    "overdue": ("overdue", "late"),
    "due_soon": ("soon", "soon"),
    "late_reception": ("reception", "late"),
    "step_overdue": ("step", "neutral"),
    "waiting_too_long": ("waiting", "neutral"),
    "repeat_supplement": ("repeated", "neutral"),
    "reopened": ("repeated", "neutral"),
    "date_rewritten": ("rewritten", "neutral"),
    "extension_without_reason": ("rewritten", "neutral"),
    "backdated": ("rewritten", "neutral"),
    "unit_backlog": ("backlog", "late"),
    "officer_backlog": ("backlog", "late"),
    "source_silent": ("silent", "neutral"),
}
_LATE = ("escalation", "overdue", "late_reception", "step_overdue")  # say how long it is late


@dataclass(frozen=True)
class AlertWords:
    """``at``: now and today, data time."""

    viewer: Viewer
    words: Words
    at: Moment

    @property
    def city(self) -> Calendar:
        """The calendar whose clock and days are shown."""
        return self.viewer.view.context.calendar

    def calendar(self, alert: Alert) -> Calendar:
        """By which working time of an alert counts: that of its unit."""
        return self.viewer.view.context.calendar_for(alert.unit)

    def amount(self, start: int, end: int, alert: Alert) -> str:
        """Working time between two instants (ms), to the minute."""
        calendar = self.calendar(alert)
        return Written(self.words, calendar).amount(max(0, calendar.between(start, end)))

    def title(self, alert: Alert) -> str:
        """What is the matter, in a few words."""
        key = f"inbox_what_{alert.kind}"
        if alert.transition in ("resolved", "retracted"):
            return self.words(f"inbox_was_{alert.kind}")
        if alert.kind in _LATE:
            return self.words(key, amount=self.amount(alert.due_at, self.at.now, alert))
        if alert.kind == "due_soon":
            return self.words(key, amount=self.amount(self.at.now, alert.due_at, alert))
        number = self.words.number
        return self.words(
            key, at=self.clock(alert.due_at), day=self.day(alert.due_at),
            overdue=number(alert.overdue), open=number(alert.open),
        )  # fmt: skip

    def badge(self, alert: Alert) -> str:
        """Beside the title; "" for most."""
        if alert.kind == "escalation":
            return self.words("inbox_level", n=alert.level)
        return ""

    def about(self, alert: Alert) -> str:
        """Which dossier, and what it is of; or which unit or source."""
        labels = self.viewer.labels
        if alert.dossier_id:
            procedure = labels.procedure(alert.procedure) if alert.procedure else ""
            return " · ".join(part for part in (alert.dossier_id, procedure) if part)
        if alert.kind == "officer_backlog":
            return self.holder(alert)
        return self.source(alert.source) if alert.source else self.unit(alert.unit)

    def holder(self, alert: Alert) -> str:
        """In whose hands."""
        if alert.officer:
            return self.viewer.labels.officer(alert.officer) or self.words("officer_hidden")
        return self.words("inbox") if alert.dossier_id else ""

    def person(self, id_: str) -> str:
        """Somebody who acted."""
        if id_ == self.viewer.sight.who.person:
            return self.words("inbox_you")
        return person_label(id_, self.viewer.labels, self.words)

    def unit(self, id_: str) -> str:
        """A unit's name."""
        return self.viewer.labels.unit(id_) if id_ else ""

    def source(self, id_: str) -> str:
        """A source's name, as sources.csv has it."""
        sources = self.viewer.view.context.reference.sources
        return next((each.name for each in sources if each.id == id_), "") or shown_name(id_)

    def step(self, alert: Alert) -> str:
        """At which step, "" if none is known."""
        reference = self.viewer.view.context.reference
        return step_name(reference, alert.step, alert.procedure) if alert.step else ""

    def clock(self, at: int) -> str:
        """09:40 of today, else 27/11 09:40, of an instant (ms)."""
        local = self.city.local(at)
        return local.strftime("%H:%M" if self._is_today(at) else "%d/%m %H:%M")

    def short(self, at: int) -> str:
        """An instant (ms): 09:40 of today, CN 09:40 of the last days, else 27/11."""
        local = self.city.local(at)
        if self._is_today(at):
            return local.strftime("%H:%M")
        if self.at.day - 6 * DAY <= at < self.at.day:
            return f"{self.words(f'day_{local.weekday()}')} {local:%H:%M}"
        return local.strftime("%d/%m")

    def until(self, at: int) -> str:
        """An instant (ms): 10:27 of today, T3 10:27 of the days after, else 07/12 10:27."""
        local = self.city.local(at)
        if self._is_today(at):
            return local.strftime("%H:%M")
        if self.at.day <= at < self.at.day + 6 * DAY:
            return f"{self.words(f'day_{local.weekday()}')} {local:%H:%M}"
        return local.strftime("%d/%m %H:%M")

    def day(self, at: int) -> str:
        """27/11 of an instant (ms)."""
        found: date = self.city.local_date(at)
        return found.strftime("%d/%m")

    def _is_today(self, at: int) -> bool:
        return self.at.day <= at < self.at.day + DAY
