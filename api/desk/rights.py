"""Who may do what about an alert, and in what capacity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from api.access.principal import Principal
from api.access.reach import reach_of
from api.core import Live
from api.desk.asking import ACTIONS
from api.desk.judging import fits
from api.viewer import Viewer
from dossiers.alerting.people import Duties
from dossiers.alerting.receivers import capacity_of, receivers_of
from dossiers.reference.context import Context
from dossiers.reference.policies import AlertSettings, rule_name
from dossiers.wire.actions import Action, Capacity
from dossiers.wire.alerts import Alert
from dossiers.wire.keys import unit_scope

_OWN = frozenset[Action]({"acknowledge", "snooze", "explain", "apologise"})
_TAKEN = frozenset[Action]({"snooze", "explain", "apologise"})
_OF_LINKS = frozenset[Action]({"acknowledge", "snooze"})
_OF_SOURCES = frozenset[Action]({"acknowledge", "snooze", "explain", "hand_over", "accept"})
_ALL = frozenset(ACTIONS)
_NONE = frozenset[Action]()
_LATE = ("overdue", "escalation")  # for what else there is no letter to a citizen
_ABOVE = ("escalation_2", "escalation_3")  # whose receivers are not the unit's own head


@dataclass(frozen=True)
class Rights:
    """``person``: who is recorded. ``may``: what of all actions is theirs to do."""

    person: str
    capacity: Capacity
    may: frozenset[Action]


def sees(viewer: Viewer, alert: Alert) -> bool:
    """Whether an alert lies in what somebody sees: in their units, their own, taken by them,
    offered to them, or told to them, as to whoever stands in for somebody on leave."""
    if viewer.reach.whole:
        return True
    if viewer.within is not None and alert.unit and alert.unit in viewer.within.units:
        return True
    mine, person = {alert.taken_by, alert.offered_to} - {""}, viewer.principal.person
    if person in mine or viewer.reach.officer in {alert.officer} - {""}:
        return True
    return told_as(viewer.live, alert, person) is not None


def rights_of(viewer: Viewer, alert: Alert) -> Rights:
    """By the roles of who asks: officer the own dossiers, supervisor the own subtree, leader what
    was escalated to leaders; the reform office asks, an administrator acts on sources. Whoever is
    told by name, in somebody's place too, may do on the page what the mail's links do."""
    who = viewer.principal
    person = who.person
    told = told_as(viewer.live, alert, person)
    by_role: list[tuple[Capacity, frozenset[Action]]] = [
        ("holder", _of_officer(who, alert)),
        ("above", _ALL if _supervises(viewer, alert) else _NONE),
        (
            "leader",
            _ALL if _is_for_leaders(viewer.live, alert) and "leader" in who.roles else _NONE,
        ),
        ("reform_office", _of_reform_office(who, alert)),
        ("admin", _of_admin(who, alert)),
        ("above", _TAKEN if alert.taken_by == person else _NONE),
        (told or "above", _OF_LINKS if told else _NONE),
    ]
    may = frozenset().union(*(each for _, each in by_role))
    capacity: Capacity = next((name for name, each in by_role if each), "above")
    if person == alert.officer:
        capacity = "holder"
    elif capacity != "holder" and _is_told(viewer, alert, person):
        capacity = "receiver"
    if alert.offered_to == person:
        may |= {"accept"}
    return Rights(person, capacity, may)


def rights_by_link(live: Live, alert: Alert, person: str) -> Rights:
    """Of who comes by a link in a mail: what a receiver or the holder may do with one tap, as long
    as they are one."""
    found = told_as(live, alert, person)
    return Rights(person, found or "holder", _OF_LINKS if found else _NONE)


def concerns(viewer: Viewer, alert: Alert) -> bool:
    """Whether somebody is told of an alert that is in none of their units: in another's place, or
    by what the policy tells leaders."""
    who = viewer.principal
    if told_as(viewer.live, alert, who.person) is not None:
        return True
    return "leader" in who.roles and _is_for_leaders(viewer.live, alert)


def told_as(live: Live, alert: Alert, person: str) -> Capacity | None:
    """As what somebody is told of an alert by name: by reference data and roster, whatever their
    roles. None: they are not."""
    context = live.view.context
    at = max(live.view.watermark or 0, alert.detected_at)
    settings = context.alert_settings(alert.unit, alert.procedure)
    found = capacity_of(person, alert, _duties(context), settings, live.roster.entries, at)
    return found if found in ("holder", "receiver") else None


def offered(viewer: Viewer, alert: Alert) -> tuple[Action, ...]:
    """For what somebody gets a button now, in the order of actions."""
    if viewer.live.acting is None:
        return ()
    rights = rights_of(viewer, alert)
    may = rights.may if alert.kind in _LATE else rights.may - {"apologise"}
    return tuple(a for a in ACTIONS if a in may and fits(a, alert, rights.person))


def _of_officer(who: Principal, alert: Alert) -> frozenset[Action]:
    if "officer" not in who.roles or not who.officer:
        return _NONE
    return _OWN if alert.dossier_id and alert.officer == who.officer else _NONE


def _supervises(viewer: Viewer, alert: Alert) -> bool:
    reach = reach_of(viewer.principal, frozenset({"supervisor"}))
    return bool(alert.unit and reach.units) and alert.unit in viewer.live.within(reach).units


def _is_for_leaders(live: Live, alert: Alert) -> bool:
    if alert.kind == "escalation" and alert.level == 3:
        return True
    settings = live.view.context.alert_settings(alert.unit, alert.procedure)
    return "leader" in settings.told.get(rule_name(alert.kind, alert.level), ())


def _of_reform_office(who: Principal, alert: Alert) -> frozenset[Action]:
    asks = "reform_office" in who.roles and alert.kind != "source_silent"
    return frozenset({"ask"}) if asks else _NONE


def _of_admin(who: Principal, alert: Alert) -> frozenset[Action]:
    return _OF_SOURCES if "admin" in who.roles and alert.kind == "source_silent" else _NONE


def _is_told(viewer: Viewer, alert: Alert, person: str) -> bool:
    """Whether they are a receiver of the level that the alert has; where no person is known to be
    one, whoever supervises the very unit is."""
    context, at = viewer.live.view.context, max(viewer.live.view.watermark or 0, alert.detected_at)
    settings: AlertSettings = context.alert_settings(alert.unit, alert.procedure)
    told = receivers_of(alert, _duties(context), settings, viewer.live.roster.entries, at)
    people = {each.person for each in told} | {each.instead_of for each in told}
    if person in people:
        return True
    units = viewer.principal.units if "supervisor" in viewer.principal.roles else ()
    if any(unit_scope(unit) in people for unit in units):
        return True
    nobody = all(each.capacity == "holder" for each in told)
    return nobody and alert.unit in units and rule_name(alert.kind, alert.level) not in _ABOVE


@lru_cache(maxsize=4)
def _duties(context: Context) -> Duties:
    return Duties(context)
