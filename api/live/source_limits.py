"""How long each source may say nothing: as sources.csv has it, else an hour of working time."""

from __future__ import annotations

from typing import NamedTuple

from dossiers.time.calendar import Calendar, calendar_of
from dossiers.time.hours import HOUR, MINUTE
from dossiers.wire.reference import Reference

USUAL = HOUR  # ms of working time


class SilenceLimit(NamedTuple):
    """``span``: working ms of ``calendar``."""

    span: int
    calendar: Calendar

    def age(self, last: int, now: int) -> int:
        """Working ms from ``last`` to ``now`` (both ms)."""
        return self.calendar.between(last, now) if last < now else 0


class SourceLimits:
    """Of one version of the reference data. ``listed``: the ids of sources.csv."""

    def __init__(self, reference: Reference) -> None:
        own = calendar_of(reference.calendar, reference.timezone)
        named = {spec.name: spec for spec in reference.calendars}
        self._usual = SilenceLimit(USUAL, own)
        self._limits = {
            source.id: SilenceLimit(
                source.minutes * MINUTE,
                calendar_of(named[source.calendar], reference.timezone)
                if source.calendar in named
                else own,
            )
            for source in reference.sources
        }
        self.listed = tuple(self._limits)

    def of(self, source: str) -> SilenceLimit:
        """The limit of a source, listed or not."""
        return self._limits.get(source, self._usual)
