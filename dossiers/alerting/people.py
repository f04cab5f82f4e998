"""Who has which duty in a unit and above it, and who stands there at an instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from dossiers.reference.context import Context
from dossiers.reference.matching import serves
from dossiers.wire.alert_policy import Duty
from dossiers.wire.keys import unit_scope
from dossiers.wire.reference import Officer
from dossiers.wire.roster import Leave, RosterEntry

ADMIN = "role:admin"  # whoever operates the installation: no officer
_NOT_PEOPLE = ("role:", "unit:")
Roster = Mapping[str, RosterEntry]  # by officer
Why = Literal["self", "deputy", "superior", "nobody"]


class Address(NamedTuple):
    """A mail address. ``shared``: others read there, so a link in a mail must not act."""

    text: str
    shared: bool


class Stand(NamedTuple):
    """Who stands in the place of ``officer``. ``person``: "" if nobody does before ``until`` (ms,
    else 0). ``gap``: whose plan names no deputy who is there, so that the superior was asked; ""
    if the plan holds."""

    officer: str
    person: str
    why: Why
    gap: str = ""
    until: int = 0


class Duties:
    """The duties of one version of the reference data.

    A unit for which receivers.csv names no head is headed by whom most of its officers name as
    their superior, if that is one of them.
    """

    def __init__(self, context: Context) -> None:
        reference = context.reference
        self._context = context
        self._officers = {officer.id: officer for officer in reference.officers}
        self._mailboxes = {u.id: u.supervisor_email for u in reference.units if u.supervisor_email}
        self._holders: dict[tuple[str, Duty], tuple[str, ...]] = {}
        for each in reference.duties:
            key = (each.unit, each.duty)
            self._holders[key] = (*self._holders.get(key, ()), each.officer)
        for unit, head in _heads(self._officers).items():
            self._holders.setdefault((unit, "head"), (head,))
        self._units = tuple(unit.id for unit in reference.units)

    def officer(self, id_: str) -> Officer | None:
        """The officer of that id, None if there is none."""
        return self._officers.get(id_)

    def officers(self) -> tuple[str, ...]:
        """Ids of all officers, in the order of the directory."""
        return tuple(self._officers)

    def serves(self, id_: str, at: int) -> bool:
        """Whether there is such an officer, in office at ``at`` (ms)."""
        officer = self._officers.get(id_)
        if officer is None:
            return False
        if not officer.valid_from and not officer.valid_to:
            return True
        return serves(officer, self._context.calendar.local_date(at).isoformat())

    def chain(self, unit: str) -> tuple[str, ...]:
        """The unit, or the one that continues with its dossiers, and those above it."""
        here = self._context.present_unit(unit)
        return (here, *self._context.ancestors(here))

    def holders(self, unit: str, duty: Duty, at: int) -> tuple[str, ...]:
        """Who has the duty in this very unit at ``at`` (ms)."""
        found = self._holders.get((unit, duty), ())
        return tuple(id_ for id_ in found if self.serves(id_, at))

    def nearest(self, units: tuple[str, ...], duty: Duty, at: int) -> tuple[str, ...]:
        """Who has the duty in the first of ``units`` where somebody has it."""
        return next((found for unit in units if (found := self.holders(unit, duty, at))), ())

    def anywhere(self, duty: Duty, at: int) -> tuple[str, ...]:
        """Everybody who has the duty."""
        found = (id_ for unit in self._units for id_ in self.holders(unit, duty, at))
        return tuple(dict.fromkeys(found))

    def duties_of(self, person: str) -> Iterator[tuple[str, Duty]]:
        """(unit, duty) of everything that a person has."""
        return (key for key, people in self._holders.items() if person in people)

    def superior(self, id_: str, at: int) -> str:
        """The superior whom the directory names, else the next head above; "" if nobody is."""
        officer = self._officers.get(id_)
        if officer is None:
            return ""
        if officer.superior != id_ and self.serves(officer.superior, at):
            return officer.superior
        units = self.chain(officer.unit) if officer.unit else ()
        heads = (head for unit in units for head in self.holders(unit, "head", at))
        above = next((head for head in heads if head != id_), "")
        leaders = self.nearest(units, "leader", at)
        return above or next((each for each in leaders if each != id_), "")

    def mailbox(self, units: tuple[str, ...]) -> str:
        """The receiver ``unit:ID`` of the first of ``units`` with a mailbox; "" if none has one."""
        return next((unit_scope(unit) for unit in units if unit in self._mailboxes), "")

    def address(self, receiver: str) -> Address | None:
        """Where mail reaches a receiver: the own address, else the mailbox of the unit; None if
        there is neither."""
        officer = self._officers.get(receiver)
        if officer is not None and officer.email:
            return Address(officer.email, shared=False)
        unit = officer.unit if officer is not None else receiver.removeprefix("unit:")
        box = self._mailboxes.get(unit, "") if unit != receiver else ""
        return Address(box, shared=True) if box else None

    def home(self, receiver: str) -> str:
        """The unit by whose calendar and policy a receiver is told."""
        officer = self._officers.get(receiver)
        return officer.unit if officer is not None else _after(receiver, "unit:")


def _after(text: str, prefix: str) -> str:
    return text.removeprefix(prefix) if text.startswith(prefix) else ""


def _heads(officers: Mapping[str, Officer]) -> dict[str, str]:
    """By unit: whom most of its officers name as their superior, if that is one of them."""
    named: dict[str, Counter[str]] = {}
    for officer in officers.values():
        superior = officers.get(officer.superior)
        if officer.unit and superior is not None and superior.unit == officer.unit:
            named.setdefault(officer.unit, Counter())[superior.id] += 1
    return {unit: max(found, key=lambda id_: (found[id_], id_)) for unit, found in named.items()}


def leave_at(entry: RosterEntry | None, at: int) -> Leave | None:
    """The leave that somebody is on at ``at`` (ms)."""
    leaves = entry.leaves if entry is not None else ()
    return next((each for each in leaves if each.begins_at <= at < each.ends_at), None)


def on_duty(officer: str, duties: Duties, roster: Roster, at: int) -> Stand:
    """Who stands in the place of ``officer`` at ``at`` (ms): that one, else the deputy, the
    deputy's deputy and so on. Where the plan has a gap, the superior stands in, by the same rule;
    if nobody is left, nobody does until the first of those who were asked is back."""
    if officer.startswith(_NOT_PEOPLE):
        return Stand(officer, officer, "self")
    away: dict[str, int] = {}  # whom we asked, and when they are back
    person, gap = officer, ""
    why: Why = "self"
    while True:
        leave = leave_at(roster.get(person), at)
        if leave is None:
            return Stand(officer, person, why, gap)
        away[person] = leave.ends_at
        deputy = leave.deputy
        if deputy and deputy not in away and duties.serves(deputy, at):
            person, why = deputy, why if why == "superior" else "deputy"
            continue
        gap = gap or person
        above = _next_above(away, duties, at)
        if not above:
            return Stand(officer, "", "nobody", gap, min(away.values()))
        person, why = above, "superior"


def _next_above(away: Mapping[str, int], duties: Duties, at: int) -> str:
    """The first superior, of those who are away in the order in which they were asked, who was
    not asked yet."""
    found = (duties.superior(each, at) for each in away)
    return next((each for each in found if each and each not in away), "")
