"""How much of the data a principal sees. Pure: from roles, units and the officer to a reach."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from api.access.principal import Principal, Role
from dossiers.wire.keys import officer_scope, unit_scope
from dossiers.wire.reference import Reference

_KEPT = 512  # reaches whose part of the reference data is kept
WHOLE_ROLES = frozenset[Role]({"admin", "leader", "reform_office", "monitor"})


@dataclass(frozen=True)
class Reach:
    """``units``: their dossiers, officers and figures, those of units below them included.
    ``officer``: the own dossiers and figures, and the figures of the own unit. ``named``: whose
    officers appear with their full names; ``all_named``: everybody."""

    whole: bool = False
    units: frozenset[str] = frozenset()
    officer: str = ""
    named: frozenset[str] = frozenset()
    all_named: bool = False


ACCESS = "dunghen.access"  # in the scope of a request


@dataclass(frozen=True)
class Access:
    """Who asks, and how far the rule of the route lets them see."""

    principal: Principal
    reach: Reach


EVERYTHING = Reach(whole=True)
NOTHING = Reach()


def reach_of(principal: Principal, allowed: frozenset[Role]) -> Reach:
    """By those of the principal's roles that ``allowed`` has; several add up. A key of a named wall
    opens nothing but that wall: what it shows is ``api.feed.displays`` to say."""
    if principal.wall:
        return NOTHING
    return _whole_reach(principal, allowed)


def key_reach(principal: Principal) -> Reach:
    """Of the key of a wall, whatever the wall shows."""
    return _whole_reach(principal, frozenset({"wall"}))


def _whole_reach(principal: Principal, allowed: frozenset[Role]) -> Reach:
    roles = principal.roles & allowed
    units = frozenset(principal.units)
    supervised = units if "supervisor" in roles else frozenset()
    shown = units if "wall" in roles else frozenset()
    return Reach(
        whole=bool(roles & WHOLE_ROLES) or ("wall" in roles and not units),
        units=supervised | shown,
        officer=principal.officer if "officer" in roles else "",
        named=supervised,
        all_named="reform_office" in roles,
    )


@dataclass(frozen=True)
class Within:
    """A reach in one version of the reference data. ``units``: with dossiers and officers;
    ``counted``: with figures. ``named``: officers with their full names. ``scopes``: a dossier has
    one of them, and only one, exactly if it is within the reach."""

    units: frozenset[str]
    counted: frozenset[str]
    officers: frozenset[str]
    named: frozenset[str]
    scopes: tuple[str, ...]
    reference: Reference


def within(reach: Reach, reference: Reference) -> Within:
    """What of the reference data lies in a reach; unknown units have nothing below them."""
    units = below(reach.units, reference)
    named_units = below(reach.named, reference)
    own = {reach.officer} if reach.officer else set()
    homes = {officer.id: officer.unit for officer in reference.officers}
    officers = {id_ for id_, unit in homes.items() if unit in units} | own
    named = {id_ for id_, unit in homes.items() if unit in named_units} | own
    home = {homes[reach.officer]} - {""} if reach.officer in homes else set()
    counted = units | home
    parents = {unit.id: unit.parent for unit in reference.units}
    tops = sorted(unit for unit in reach.units if unit and parents.get(unit, "") not in units)
    alone = bool(reach.officer) and homes.get(reach.officer, "") not in units
    return Within(
        units=units,
        counted=frozenset(counted),
        officers=frozenset(officers),
        named=frozenset(named),
        scopes=(
            *(unit_scope(unit) for unit in tops),
            *((officer_scope(reach.officer),) if alone else ()),
        ),
        reference=msgspec.structs.replace(
            reference,
            units=tuple(unit for unit in reference.units if unit.id in counted),
            officers=tuple(each for each in reference.officers if each.id in officers),
        ),
    )


def below(roots: Iterable[str], reference: Reference) -> frozenset[str]:
    """The roots and all units under them, at any depth; a circle of parents ends."""
    children: dict[str, list[str]] = {}
    for unit in reference.units:
        children.setdefault(unit.parent, []).append(unit.id)
    found: set[str] = set()
    left = [root for root in roots if root]
    while left:
        unit_id = left.pop()
        if unit_id not in found:
            found.add(unit_id)
            left += children.get(unit_id, [])
    return frozenset(found)


class ReachResolver:
    """Knows for each reach what of the present reference data lies in it."""

    def __init__(self) -> None:
        self._known: OrderedDict[Reach, tuple[Reference, Within]] = OrderedDict()

    def within(self, reach: Reach, reference: Reference) -> Within:
        """Made once for each version of the reference data; the longest unused are forgotten."""
        known = self._known.get(reach)
        if known is None or known[0] is not reference:
            known = (reference, within(reach, reference))
            self._known[reach] = known
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(reach)
        return known[1]
