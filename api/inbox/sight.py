"""Which alerts somebody has in the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.access.principal import Principal, Role
from dossiers.wire.alerts import Alert
from dossiers.wire.keys import officer_scope, unit_scope

TOP_LEVEL = 3  # of escalations: what leaders are told
_WHOLE = frozenset[Role]({"admin", "reform_office"})


@dataclass(frozen=True)
class Recipient:
    """Who reads. ``person``: whose marks and snoozes count. ``officer``: "" if they are none.
    ``whole``: has the alerts of everybody; ``leader``: those that went up to leaders; ``holder``:
    those of the own dossiers."""

    person: str
    officer: str = ""
    whole: bool = False
    leader: bool = False
    holder: bool = False


@dataclass(frozen=True)
class Sight:
    """A recipient with the units whose alerts they have (those below included)."""

    who: Recipient
    units: frozenset[str] = frozenset()

    @property
    def everywhere(self) -> bool:
        """Whether alerts of any unit may be among them."""
        return self.who.whole or self.who.leader

    def scopes(self) -> Iterator[str]:
        """Where the others are found."""
        yield from (unit_scope(unit) for unit in self.units)
        if self.who.officer:
            yield officer_scope(self.who.officer)

    def sees(self, alert: Alert) -> bool:
        """Whether an alert is in the inbox. What somebody has taken, or was offered, is theirs
        wherever it comes from."""
        who = self.who
        if who.whole or (alert.unit and alert.unit in self.units):
            return True
        if who.leader and alert.kind == "escalation" and alert.level >= TOP_LEVEL:
            return True
        mine = (alert.taken_by, alert.offered_to, alert.officer if who.holder else "")
        return bool(who.officer) and who.officer in mine


def recipient_of(principal: Principal, allowed: frozenset[Role]) -> Recipient:
    """By those of the principal's roles that ``allowed`` has; several add up."""
    roles = principal.roles & allowed
    return Recipient(
        person=principal.person,
        officer=principal.officer,
        whole=bool(roles & _WHOLE),
        leader="leader" in roles,
        holder="officer" in roles,
    )
