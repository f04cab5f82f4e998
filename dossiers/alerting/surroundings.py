"""What the planner goes by: reference data and roster, as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dossiers.alerting.people import Duties, on_duty
from dossiers.alerting.quiet import may_go_at, quiet_hours
from dossiers.alerting.receivers import ToldTo, receivers_of
from dossiers.reference.context import Context
from dossiers.reference.policies import AlertSettings, Policies
from dossiers.time.calendar import Calendar
from dossiers.time.hours import MINUTE
from dossiers.wire.alerts import Alert
from dossiers.wire.roster import RosterEntry

# Those that time alone raises: what a silent source has not told could have prevented them.
_BY_TIME = frozenset({
    "due_soon", "overdue", "escalation", "late_reception", "step_overdue", "waiting_too_long",
})  # fmt: skip


class Surroundings:
    """``refer`` and ``know`` change them; nothing of this is remembered by the planner."""

    def __init__(self, context: Context, roster: Iterable[RosterEntry] = ()) -> None:
        self.roster = {entry.officer: entry for entry in roster}
        self._told_at = 0  # ms; at one instant many alerts have the same receivers
        self._told: dict[tuple[str, int, str, str, str], tuple[ToldTo, ...]] = {}
        self.refer(context)

    def refer(self, context: Context) -> None:
        """Other reference data counts from now on."""
        self._told.clear()
        self.context = context
        self.duties = Duties(context)
        self.policies = Policies(context.reference)
        units = ("", *(unit.id for unit in context.reference.units))
        self.digest_clocks = sorted({self.policies.of(unit, "").digest_at for unit in units})
        self._limits = {each.id: each for each in context.reference.sources}

    def know(self, officer: str, entry: RosterEntry | None) -> None:
        """What the roster says of somebody now; None: nothing."""
        self._told.clear()
        if entry is None:
            self.roster.pop(officer, None)
        else:
            self.roster[officer] = entry

    def settings(self, alert: Alert) -> AlertSettings:
        """Of the alert's unit and procedure."""
        return self.policies.of(alert.unit, alert.procedure)

    def settings_for(self, receiver: str) -> AlertSettings:
        """By which a receiver is told."""
        return self.policies.of(self.duties.home(receiver), "")

    def calendar(self, receiver: str) -> Calendar:
        """Of the receiver's unit."""
        return self.context.calendar_for(self.duties.home(receiver))

    def told(self, alert: Alert, at: int) -> tuple[ToldTo, ...]:
        """Who is told of an alert at ``at`` (ms)."""
        if at != self._told_at:
            self._told_at = at
            self._told.clear()
        key = (alert.kind, alert.level, alert.unit, alert.officer, alert.procedure)
        found = self._told.get(key)
        if found is None:
            found = receivers_of(alert, self.duties, self.settings(alert), self.roster, at)
            self._told[key] = found
        return found

    def in_place_of(self, officer: str, at: int) -> ToldTo:
        """``officer`` themselves, whatever the policy says, or who stands in."""
        stand = on_duty(officer, self.duties, self.roster, at)
        return ToldTo(
            person=stand.person, capacity="receiver", duty="holder", gap=stand.gap,
            instead_of=officer if stand.person != officer else "", until=stand.until,
        )  # fmt: skip

    def may_go_at(self, receiver: str, at: int) -> int:
        """The first instant from ``at`` on at which the receiver may be told."""
        entry = self.roster.get(receiver)
        own = entry.quiet if entry is not None else None
        quiet = quiet_hours(own if own is not None else self.settings_for(receiver).quiet)
        return may_go_at(at, quiet, self.calendar(receiver))

    def silent_since(self, alert: Alert) -> int:
        """The instant (ms) of the last event before a silence: its cause, less the limit."""
        limit = self._limits.get(alert.source)
        if limit is None:
            return alert.due_at
        calendar = self.context.calendar_named(limit.calendar)
        return calendar.subtract(alert.due_at, limit.minutes * MINUTE)


def may_be_silence(alert: Alert, silent: Mapping[str, int]) -> bool:
    """Whether a silent source may have caused the alert. ``silent``: by source, since when (ms)."""
    since = silent.get(alert.source) if alert.source and alert.kind in _BY_TIME else None
    return since is not None and alert.due_at >= since
