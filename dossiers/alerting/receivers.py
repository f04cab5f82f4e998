"""Who is told of an alert: duties by the policy, people by the roster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from dossiers.alerting.people import ADMIN, Duties, Roster, on_duty
from dossiers.reference.policies import AlertSettings, rule_name
from dossiers.wire.actions import Capacity
from dossiers.wire.alert_policy import Told
from dossiers.wire.alerts import Alert

As = Literal["holder", "receiver"]


class ToldTo(msgspec.Struct, frozen=True, kw_only=True):
    """One receiver of an alert. ``person``: an officer, ``unit:ID`` (its mailbox) or ADMIN; "" if
    nobody is on duty before ``until`` (ms). ``capacity``, ``duty``: why. ``instead_of``: whose
    place it is, if not the own. ``gap``: who left a plan with a gap, so that the superior is told.
    ``digest``: in the morning digest only."""

    person: str
    capacity: As
    duty: Told
    instead_of: str = ""
    gap: str = ""
    digest: bool = False
    until: int = 0


def receivers_of(
    alert: Alert, duties: Duties, settings: AlertSettings, roster: Roster, at: int
) -> tuple[ToldTo, ...]:
    """Who is told of ``alert`` at ``at`` (ms), each once: at once rather than in the digest, and as
    the holder rather than as a receiver."""
    found: dict[str, ToldTo] = {}
    for each in sorted(_all_of(alert, duties, settings, at), key=lambda each: each[2]):
        told = _standing(*each, duties=duties, roster=roster, at=at)
        # Those for whom nobody stands are told apart by whose place it is.
        found.setdefault(told.person or f"\x00{told.instead_of}", told)
    return tuple(found.values())


def _standing(
    officer: str, duty: Told, digest: bool, *, duties: Duties, roster: Roster, at: int
) -> ToldTo:
    stand = on_duty(officer, duties, roster, at)
    return ToldTo(
        person=stand.person,
        capacity="holder" if duty == "holder" else "receiver",
        duty=duty,
        instead_of=officer if stand.person != officer else "",
        gap=stand.gap,
        digest=digest,
        until=stand.until,
    )


def _all_of(
    alert: Alert, duties: Duties, settings: AlertSettings, at: int
) -> Iterator[tuple[str, Told, bool]]:
    """(officer, duty, in the digest only), by the policy alone; some may be there twice."""
    rule = rule_name(alert.kind, alert.level)
    told = settings.told.get(rule, ())
    for duty in told:
        for officer in holders_of(duty, alert, duties, at):
            yield officer, duty, False
    if rule in settings.digest and "head" not in told:
        for officer in holders_of("head", alert, duties, at):
            yield officer, "head", True


def holders_of(duty: Told, alert: Alert, duties: Duties, at: int) -> tuple[str, ...]:
    """Who has ``duty`` for an alert. A step that does not exist goes to the next one up; above the
    highest it comes back to that. Without any people: the mailbox of the nearest unit."""
    if duty == "holder" and duties.serves(alert.officer, at):
        return (alert.officer,)
    if duty == "admin":
        return (ADMIN,)
    units = duties.chain(alert.unit) if alert.unit else ()
    if duty == "deputy":
        return duties.nearest(units[:1], "deputy", at)
    if duty == "reform":
        return duties.nearest(units, "reform", at) or duties.anywhere("reform", at)
    found = _step(duty, units, duties, at)
    mailbox = duties.mailbox(units)
    return found or ((mailbox,) if mailbox else ())


def _step(duty: Told, units: tuple[str, ...], duties: Duties, at: int) -> tuple[str, ...]:
    """``duty``: holder, head, above or leader; of a holder who is not known the head is told."""
    leaders = duties.nearest(units, "leader", at)
    highest = duties.nearest(units[::-1], "head", at)
    if duty == "leader":
        return leaders or highest
    upwards = units[1:] if duty == "above" else units
    return duties.nearest(upwards, "head", at) or leaders or highest


def capacity_of(
    person: str, alert: Alert, duties: Duties, settings: AlertSettings, roster: Roster, at: int
) -> Capacity | None:
    """In what capacity somebody may act on an alert, by what reference data and roster say alone:
    ``above`` heads the unit or one above it and is no receiver of this level. None: in none."""
    if not person:
        return None
    if person == alert.officer:
        return "holder"
    for told in receivers_of(alert, duties, settings, roster, at):
        # Whose place it is may act as well: who comes back early, or looks in from leave.
        if person in (told.person, told.instead_of):
            return told.capacity
    own = set(duties.duties_of(person))
    units = duties.chain(alert.unit) if alert.unit else ()
    if any((unit, duty) in own for unit in units for duty in ("head", "deputy")):
        return "above"
    if any((unit, "leader") in own for unit in units):
        return "leader"
    return "reform_office" if any(duty == "reform" for _, duty in own) else None
