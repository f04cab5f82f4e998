"""Reference data made ready for use: calendar, ancestors of units, limits of procedures."""

from __future__ import annotations

import copy
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from functools import cached_property, lru_cache

from dossiers.reference.codes import Codes
from dossiers.reference.matching import Directory, StepNames
from dossiers.reference.policies import Policies
from dossiers.reference.succession import Endings, endings_of, successor_of
from dossiers.reference.unlisted import with_names
from dossiers.time.calendar import Calendar, calendar_of
from dossiers.time.day_table import day_number
from dossiers.time.hours import DAY, HOUR, NOMINAL_HOURS, CalendarError, clock_ms
from dossiers.time.limits import due_after, same_day_due
from dossiers.wire.facts import Fact, Limit
from dossiers.wire.keys import ALL, officer_scope, unit_scope
from dossiers.wire.reference import Reference, Rules, RuleVersion, content_hash

UNKNOWN = "unknown"


class Context:
    """One version of the reference data, compiled. ``hash`` names it in every state it made.

    Raises CalendarError if a calendar or a rule version cannot be used, or a unit names a
    calendar that is not there.
    """

    def __init__(self, reference: Reference, hash_: str | None = None) -> None:
        self.reference = reference
        self.hash = hash_ or content_hash(reference)
        self.rules = reference.rules
        clock_ms(self.rules.same_day_cutoff)
        self.calendar: Calendar = calendar_of(reference.calendar, reference.timezone)
        self._calendars = {"": self.calendar}
        for spec in reference.calendars:
            if not spec.name or spec.name in self._calendars:
                raise CalendarError(
                    f"calendars: the name {spec.name!r} is empty or there twice: give each "
                    "calendar a name of its own"
                )
            self._calendars[spec.name] = calendar_of(spec, reference.timezone)
        self._versions = reference.rule_versions
        self._sinces = [self.since_of(version) for version in self._versions]
        if self._sinces != sorted(set(self._sinces)):
            raise CalendarError("rule_versions: each must begin on a later day than the one before")
        self.by_date = any(
            rules.on_time_by == "date" for rules in (self.rules, *(v.rules for v in self._versions))
        )
        self.due_soon = self.rules.due_soon_hours * HOUR
        self._same_day = frozenset(p.id for p in reference.procedures if p.same_day)
        # ms that a closed dossier stays; None: for ever, and tallies count all time.
        self.retention = self.rules.retention_days * DAY if self.rules.tombstones else None
        self._limits = {p.id: p.limit for p in reference.procedures if p.limit is not None}
        self._steps = {p.id: p.steps for p in reference.procedures if p.steps}
        self._step_names = {procedure: StepNames(own) for procedure, own in self._steps.items()}
        self.steps_of = lru_cache(maxsize=100_000)(self.step_limits)  # to be read only
        self.alert_settings = Policies(reference).of  # by unit and procedure; "" for any
        self._parents = {u.id: u.parent for u in reference.units if u.parent}
        self._own_calendars = {u.id: u.calendar for u in reference.units if u.calendar}
        for unit, name in self._own_calendars.items():
            if name not in self._calendars:
                raise CalendarError(
                    f"unit {unit!r} names the calendar {name!r}, which is not there: add it to "
                    "calendars, or correct the unit"
                )
        self.endings: Endings = endings_of(reference.units, self.calendar)
        self._ended: Endings = {}
        self._calendar_names: dict[str, str] = {}
        self._scopes: dict[tuple[str, str], tuple[str, ...]] = {}
        # Every event of a dossier asks again for the same due time.
        self.reminders = lru_cache(maxsize=100_000)(self._reminders)
        self.hours_after = lru_cache(maxsize=100_000)(self._hours_after)

    def _reminders(
        self, due_at: int, calendar: str, hours: tuple[int, ...]
    ) -> tuple[int, tuple[tuple[int, int], ...]]:
        """When a dossier due at ``due_at`` by the calendar of that name becomes due soon, and when
        each alert level (``hours`` of work left) is reached, in ms."""
        before = self._calendars.get(calendar, self.calendar).subtract
        levels = tuple((h, before(due_at, h * HOUR)) for h in sorted(hours))
        return before(due_at, self.due_soon), levels

    def _hours_after(self, at: int, calendar: str, hours: tuple[int, ...]) -> tuple[int, ...]:
        """So many working hours after ``at``, by the calendar of that name, in ms."""
        found = self.calendar_named(calendar)
        return tuple(found.add_hours(at, each) for each in hours)

    def calendar_name(self, unit: str) -> str:
        """Which of ``reference.calendars`` the unit works by; "" is the reference's own."""
        if not self._own_calendars:
            return ""
        name = self._calendar_names.get(unit)
        if name is None:
            own = self._own_calendars
            chain = (unit, *self.ancestors(unit))
            name = next((own[u] for u in chain if u in own), "")
            self._calendar_names[unit] = name
        return name

    def calendar_named(self, name: str) -> Calendar:
        """The calendar of that name; the reference's own if there is none."""
        return self._calendars.get(name, self.calendar)

    def calendar_for(self, unit: str) -> Calendar:
        """The calendar by which the unit works."""
        return self._calendars[self.calendar_name(unit)]

    def since_of(self, version: RuleVersion) -> int:
        """The local midnight (ms) from which a version counts."""
        clock_ms(version.rules.same_day_cutoff)
        try:
            day = date.fromisoformat(version.since)
        except ValueError:
            raise CalendarError(
                f"rule_versions: {version.name!r} has since = {version.since!r}, which is no date: "
                "write it as 2025-07-01"
            ) from None
        return self.calendar.at_clock(day_number(day), 0)

    def version_at(self, at: int) -> RuleVersion | None:
        """The rule version of a dossier received at ``at`` (ms); None before the first one."""
        if not self._sinces:
            return None
        index = bisect_right(self._sinces, at)
        return self._versions[index - 1] if index else None

    def rules_at(self, at: int | None) -> Rules:
        """The rules of a dossier received at ``at`` (ms, None if it is not known)."""
        if at is None or not self._sinces:
            return self.rules
        index = bisect_right(self._sinces, at)
        return self._versions[index - 1].rules if index else self.rules

    def breach_at(self, due_at: int, received_at: int | None) -> int:
        """The last instant (ms) that is not late for a dossier due at ``due_at``: that itself or,
        if dates are compared, the end of its day."""
        if not self.by_date or self.rules_at(received_at).on_time_by != "date":
            return due_at
        return self.calendar.at_clock(self.calendar.day_of(due_at) + 1, 0) - 1

    def limit_of(self, procedure: str, received_at: int | None = None) -> Limit | None:
        """The procedure's limit for a dossier received at ``received_at`` (ms), else the one that
        holds for all, else None; None also if it is to be done on the same day."""
        version = self.version_at(received_at) if received_at is not None else None
        if version is not None and procedure in version.limits:
            return version.limits[procedure]
        if procedure in self._same_day:
            return None
        return self._limits.get(procedure, self.reference.limit)

    def due_of(
        self, begins_at: int, procedure: str, limit: Limit | None, calendar: str, rules: Rules
    ) -> int | None:
        """The due time (ms) by a limit that begins at ``begins_at``; None if nothing limits it.

        ``limit``: the dossier's own, else limit_of the procedure. ``calendar``: a calendar_name.
        ``rules``: those of the dossier's reception.
        """
        if limit is not None:
            return due_after(begins_at, limit, self.calendar_named(calendar), rules)
        if procedure in self._same_day:
            return same_day_due(begins_at, self.calendar_named(calendar), rules)
        return None

    def step_limits(self, procedure: str, calendar: str) -> dict[str, int]:
        """Working ms of each step of the procedure, in order, by the calendar of that name; empty
        if it has no steps. Eight nominal hours are one working day, whatever its length, unless
        the calendar counts hours by the clock."""
        found = self.calendar_named(calendar)
        hour = HOUR if found.by_clock else found.day_length / NOMINAL_HOURS
        return {step.id: round(step.hours * hour) for step in self._steps.get(procedure, ())}

    def step_id(self, procedure: str, text: str) -> str:
        """The id of the step of ``procedure`` that ``text`` names, else ``text``."""
        names = self._step_names.get(procedure)
        return text if names is None else names.id_of(text)

    @cached_property
    def _directory(self) -> Directory:
        return Directory(self.reference)

    @cached_property
    def codes(self) -> Codes:
        """Which unit is which madonvi."""
        return Codes(self.reference, self._directory)

    def with_ended(self, ended: Endings) -> Context:
        """The same, at a time at which these units have ended. ``endings`` are all that it says."""
        self.codes  # noqa: B018 (made once for all of them)
        found = copy.copy(self)
        found._ended = dict(ended)
        return found

    @property
    def ended(self) -> Endings:
        """Units that have ended and have a successor."""
        return self._ended

    def present_unit(self, unit: str) -> str:
        """The unit for which what ``unit`` holds counts: itself or, if it has ended, its
        successor."""
        return successor_of(unit, self._ended) if self._ended else unit

    def heir_of(self, madonvi: str) -> str:
        """The madonvi that continues with the dossiers of this one; itself if its unit goes on."""
        unit = self.codes.unit(madonvi)
        heir = self.present_unit(unit)
        return madonvi if heir == unit else self.codes.madonvi(heir) or madonvi

    def named(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """``facts`` with the names that are known here in place of their hashes."""
        hashed = self.reference.hashed
        return [with_names(fact, hashed) for fact in facts] if hashed else facts

    def officer_named(self, unit: str, name: str, at: int) -> str | None:
        """The id of the one officer of ``unit`` with that name at ``at`` (ms), else None. Of a unit
        that has ended, the successor's officers as well."""
        day = self.calendar.local_date(at).isoformat()
        found = self._directory.officer(unit, name, day)
        if found is None and self._ended and (heir := self.present_unit(unit)) != unit:
            return self._directory.officer(heir, name, day)
        return found

    def unit_named(self, text: str) -> str:
        """The id of the unit with that id or, if no other has it, that name; else the text."""
        return self._directory.unit(text)

    def ancestors(self, unit: str) -> tuple[str, ...]:
        """Parent, its parent and so on; a circle in the data ends the walk."""
        found: list[str] = []
        seen = {unit}
        while (parent := self._parents.get(unit)) is not None and parent not in seen:
            found.append(parent)
            seen.add(parent)
            unit = parent
        return tuple(found)

    def scopes(self, unit: str, officer: str) -> tuple[str, ...]:
        """Every scope in which a dossier held by ``officer`` of ``unit`` counts."""
        key = (unit, officer)
        scopes = self._scopes.get(key)
        if scopes is None:
            units = (unit or UNKNOWN, *self.ancestors(unit))
            scopes = (ALL, *(unit_scope(u) for u in units), officer_scope(officer or UNKNOWN))
            self._scopes[key] = scopes
        return scopes
