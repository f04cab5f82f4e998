"""A planner over the tests' city, told by local times."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dossiers.alerting.grouping import Planner
from dossiers.alerting.sendings import AlertGroup, Digest, Withheld
from dossiers.reference.context import Context
from dossiers.wire.actions import Action
from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.alerts import Alert
from dossiers.wire.roster import RosterEntry
from tests.dossiers.alerting.city import CITY
from tests.dossiers.days import at

SECOND = 1000


def city(policy: AlertPolicy) -> Context:
    """The city under a policy for all."""
    return Context(msgspec.structs.replace(CITY.reference, alert_policies=(policy,)))


USUAL = city(AlertPolicy(group_seconds=30, regroup_seconds=300, storm=5, digest=()))


class Telling:
    """``groups``, ``digests``, ``withheld``: everything that came of it, in order."""

    def __init__(self, start: str, *entries: RosterEntry, context: Context = USUAL) -> None:
        self.context, self.entries = context, entries
        self.planner = Planner(context, entries)
        self.groups: list[AlertGroup] = []
        self.digests: list[Digest] = []
        self.withheld: list[Withheld] = []
        self.to(start)

    def to(self, moment: str | int, *, jump: bool = False) -> None:
        """Advance, from one thing to be done to the next, or at once."""
        end = at(moment) if isinstance(moment, str) else moment
        if not jump and self.planner.now:
            self._advance(self.planner.now)
            while self.planner.next_at < end:
                self._advance(self.planner.next_at)
        self._advance(end)

    def after(self, seconds: int) -> None:
        """Advance by so much."""
        self.to(self.planner.now + seconds * SECOND)

    def take(self, *alerts: Alert) -> None:
        """As the topic has them; what is not dated is detected now."""
        for alert in alerts:
            self.planner.take(alert)

    def restart(self) -> None:
        """Another planner goes on with what this one has stored."""
        self.planner = Planner(self.context, self.entries, list(self.planner.parts()))

    def lines(self, receiver: str = "") -> list[tuple[str, str, str, str]]:
        """Of the groups: receiver, alert with sequence, news, and what held it."""
        return [
            (group.receiver, line.key, line.news, line.held)
            for group in self.groups
            for line in group.lines
            if receiver in ("", group.receiver)
        ]

    def reasons(self, receiver: str = "") -> list[str]:
        """Why something was withheld."""
        return [each.why for each in self.withheld if receiver in ("", each.receiver)]

    def _advance(self, now: int) -> None:
        done = self.planner.advance(now)
        self.groups += done.groups
        self.digests += done.digests
        self.withheld += done.withheld


def acted(alert: Alert, action: Action, actor: str, **more: object) -> Alert:
    """The record of what somebody did, the next of its alert."""
    return msgspec.structs.replace(
        alert, sequence=alert.sequence + 1, action=action, actor=actor, **more
    )


def told(lines: Iterable[tuple[str, str, str, str]]) -> list[str]:
    """Receivers of lines."""
    return [line[0] for line in lines]
