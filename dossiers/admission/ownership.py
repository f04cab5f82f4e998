"""Whose a dossier is, and whose events are taken: a key of one unit changes no other's dossiers.

A dossier belongs to the madonvi of its reception; before one, to that of any record it has. Where
that is "", it belongs to the madonvi of the unit that received it (before a reception: of the first
unit that it names), by units.csv: the unit's own, or else of the nearest unit above that has one.
With none there, anybody may act.

What counts as the reception is the event with which it became known, in the order of arrival: a
reception that comes later with an earlier date takes no dossier away from anybody. An owner stays
when the dossier leaves the stream (``Owned`` is what is remembered then) and comes back.

An event is taken from nobody in particular (madonvi ""), from an owner, from a madonvi whose unit
is above the dossier's present one, and from that of a unit to which an owner handed it, which flags
it ``handed_over``. What has no madonvi acts for all, so what it hands over is handed over, too. All
others are ``not_yours``. Who continues with the work of a unit that has ended is its heir in all of
this (dossiers.reference.succession). Rules of our own: no law says who may send for whom.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from dossiers.fold.folding import alive, elementary
from dossiers.portal.phases import RUNNING, STOPPED, UNCLEAR, phase_of
from dossiers.reference.context import Context
from dossiers.wire.archived import unarchived
from dossiers.wire.events import AnyDossierEvent, Reassigned, Restored
from dossiers.wire.facts import Content, Fact, ReassignedFact, ReceivedFact, SnapshotFact
from dossiers.wire.records import Owned

NOT_YOURS = "not_yours"  # reason of the dead letter

Right = Literal["own", "above", "handed", ""]


def owners_of(
    owned: Owned | None, facts: Callable[[], Sequence[Fact]], context: Context
) -> tuple[str, ...]:
    """The madonvi to which a dossier with ``facts`` (in order) belongs; none: anybody may act."""
    if owned is not None and owned.owners:
        return owned.owners
    if not context.codes.any:
        return ()
    # Of those who own nothing by themselves: nobody's reception of an earlier date counts here.
    unstamped = [fact for fact in facts() if not fact.madonvi]
    madonvi = context.codes.madonvi(_receiver(elementary(unstamped, context)))
    return (madonvi,) if madonvi else ()


def _receiver(told: Sequence[Fact]) -> str:
    """The unit that received it: what is known of the holder at its reception, or is said first
    afterwards; before a reception the first unit at all."""
    first = unit = ""
    received = False
    for fact in told:
        unit = fact.unit or unit
        first = first or unit
        received = received or isinstance(fact, ReceivedFact)
        if received and unit:
            return unit
    return first


def right_of(
    madonvi: str,
    owners: Sequence[str],
    unit: str,
    facts: Callable[[], Sequence[Fact]],
    context: Context,
) -> Right:
    """By what right ``madonvi`` (not "") may act on a dossier of ``owners`` that ``unit`` holds;
    "" if by none. Of one that has left, nobody knows who held it: its owners count as that."""
    if not owners or madonvi in owners:
        return "own"
    if context.ended:
        owners = [*owners, *map(context.heir_of, owners)]
        unit = context.present_unit(unit)
        if madonvi in owners:
            return "own"
    codes = context.codes
    if any(codes.is_above(madonvi, holder) for holder in ((unit,) if unit else owners)):
        return "above"
    return "handed" if madonvi in _handed_to(facts(), owners, context) else ""


def _handed_to(facts: Sequence[Fact], owners: Sequence[str], context: Context) -> set[str]:
    """A unit of which units.csv knows no madonvi is known by what the owner calls it."""
    givers = {"", *owners}
    named = {fact.unit for fact in alive(facts) if fact.unit and fact.madonvi in givers}
    found = {context.codes.madonvi(unit) or unit for unit in named}
    return found | set(map(context.heir_of, found)) if context.ended else found


def owned_after(
    owned: Owned | None, event: AnyDossierEvent, before: int | None, after: int | None
) -> Owned | None:
    """What is known of the owner once ``event`` was taken. ``before``, ``after``: when the dossier
    was received (ms), as known without the event and with it."""
    known = owned or Owned()
    if isinstance(event, Reassigned):
        return Owned((event.owner,), True, known.handed)
    if known.settled:
        return owned
    if isinstance(event, Restored):
        return _of_facts([*map(unarchived, event.facts)], known) if before is None else owned
    if before is not None:
        return owned
    madonvi = event.madonvi
    if after is not None:
        return _settled(madonvi, known)
    if madonvi and madonvi not in known.owners:
        return Owned((*known.owners, madonvi), False, known.handed)
    return owned


def claimants(owned: Owned | None, facts: Sequence[Fact]) -> tuple[str, ...]:
    """The madonvi to which a dossier with ``facts`` (in order) belongs by what they sent."""
    if owned is not None and owned.owners:
        return owned.owners
    found = _of_facts(facts, owned or Owned())
    return () if found is None else found.owners


def _of_facts(facts: Sequence[Fact], known: Owned) -> Owned | None:
    """Of an archived dossier whose owner nobody remembered: it left with an earlier version."""
    moved = [fact.owner for fact in facts if isinstance(fact, ReassignedFact)]
    if moved:
        return Owned((moved[-1],), True, known.handed)
    first = next((fact for fact in facts if _receives(fact)), None)
    if first is not None:
        return _settled(first.madonvi, known)
    stamps = tuple(dict.fromkeys(fact.madonvi for fact in facts if fact.madonvi))
    found = Owned(tuple(dict.fromkeys((*known.owners, *stamps))), False, known.handed)
    return found if found != Owned() else None


def _settled(madonvi: str, known: Owned) -> Owned | None:
    """By the madonvi of its reception. If nobody ever named one, nothing is to be remembered."""
    found = Owned((madonvi,) if madonvi else (), True, known.handed)
    return found if madonvi or known != Owned() else None


def _receives(fact: Fact) -> bool:
    return isinstance(fact, ReceivedFact) or (
        isinstance(fact, SnapshotFact) and shows_reception(fact.content)
    )


def shows_reception(content: Content) -> bool:
    """Whether a snapshot, looked at alone, shows a dossier that has been received."""
    phase = phase_of(content, (), False)
    dated = phase in ("withdrawn", UNCLEAR) and content.accepted_at is not None
    return dated or phase in (RUNNING, STOPPED, "finished")
