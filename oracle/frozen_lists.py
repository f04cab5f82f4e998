"""A frozen month counted again from the raw log up to the freeze's offsets: who is late, who is
charged, and how many dossiers everybody had.

Each dossier is judged by the reference data of its end, an open one by that of the month's end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
from confluent_kafka import Message

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.wire.acted import Acted
from dossiers.wire.dead_letters import MARKS, DeadLetter
from dossiers.wire.events import Activate, AnyDossierEvent, Described, Tick, decode_event
from dossiers.wire.late_lists import Cut
from dossiers.wire.reading import decoder
from dossiers.wire.topics import DEAD_LETTERS, EVENTS
from oracle.late_list import ListJudgement, RecountedEntry, Who, judge, said_before
from oracle.ports import ReadTopic

NOBODY = "unknown"  # an officer or unit that no reference data names
Compiled = Callable[[str], Context]  # by content hash
_letter = decoder(DeadLetter)


class FrozenMonth(NamedTuple):
    """``start``, ``end`` and ``as_of`` (ms): the month, and when its dossiers are judged; ``now``:
    until when the log was known. ``scope``: a unit, "" for all."""

    start: int
    end: int
    as_of: int
    now: int
    scope: str


@dataclass
class LogAtCut:
    """What of the log stood before a cut. ``activated``: (since, now when it came, content hash),
    as partition 0 has them."""

    dossiers: dict[str, dict[tuple[str, str], AnyDossierEvent]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    activated: list[tuple[int, int, str]] = field(default_factory=list)
    now: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def in_force(self, compiled: Compiled) -> InForce:
        """What counted when."""
        found = InForce()
        for since, now, hash_ in self.activated:
            found.add(compiled(hash_), since, now)
        return found


@dataclass
class RecountedMonth:
    """``late``: by dossier. ``totals``: dossiers by (unit, officer), and by (unit, "") of the unit
    with those below it. ``merged``: units through whose hands something went that were merged, with
    their successors and all above: nothing is said about them."""

    late: dict[str, RecountedEntry] = field(default_factory=dict)
    totals: Counter[Who] = field(default_factory=Counter)
    held: int = 0
    merged: set[str] = field(default_factory=set)


def known_log(read: ReadTopic, timeline: str, cut: Cut) -> LogAtCut:
    """The events before ``cut`` that were taken, the first of each identity. ``read`` may raise
    errors of its own."""
    found, refused = LogAtCut(), _refused(read(DEAD_LETTERS), timeline, cut.dead_letters)
    for message in read(EVENTS):
        place = message.partition() or 0, message.offset() or 0
        inside = place[0] < len(cut.events) and place[1] < cut.events[place[0]]
        if inside and place not in refused:
            with suppress(msgspec.MsgspecError):
                _take(found, place[0], message)
    return found


def _refused(letters: Iterable[Message], timeline: str, until: int) -> set[tuple[int, int]]:
    found = set()
    for message in letters:
        with suppress(msgspec.DecodeError):
            letter = _letter(message.value() or b"")
            ours = letter.timeline == timeline and letter.topic == EVENTS
            if ours and (message.offset() or 0) < until and letter.reason not in MARKS:
                found.add((letter.partition, letter.offset))
    return found


def _take(found: LogAtCut, partition: int, message: Message) -> None:
    event = decode_event(message.value() or b"")
    if isinstance(event, Tick):
        found.now[partition] = max(found.now[partition], event.now)
    elif isinstance(event, Activate):
        if partition == 0:
            found.activated.append((event.since, found.now[0], event.hash))
    elif not isinstance(event, Acted | Described):
        found.dossiers[event.dossier_id].setdefault((event.madonvi, event.event_id), event)


def recount(log: LogAtCut, month: FrozenMonth, in_force: InForce) -> RecountedMonth:
    """Everything that a frozen list counts, but late receptions."""
    found = RecountedMonth()
    present = in_force.at(min(month.now, month.end - 1))
    for dossier, events in log.dossiers.items():
        judged, context = _judged(list(events.values()), month, in_force, present)
        merged = {hand.unit for hand in judged.whole if hand.unit in context.ended}
        if merged:
            found.merged |= {u for unit in merged for u in _all_around(unit, context)}
        _count(found, dossier, judged, month.scope, present)
    return found


def _judged(
    events: list[AnyDossierEvent], month: FrozenMonth, in_force: InForce, present: Context
) -> tuple[ListJudgement, Context]:
    until, span = min(month.now + 1, month.end), (month.start, month.end)
    found = judge(said_before(events, until, present), span, month.as_of, present)
    if in_force.single or found.end is None:
        return found, present
    then = in_force.at(found.end)
    return judge(said_before(events, until, then), span, month.as_of, then), then


def _all_around(unit: str, context: Context) -> Iterator[str]:
    for each in (unit, context.present_unit(unit)):
        yield from (each, *context.ancestors(each))


def _count(
    found: RecountedMonth, dossier: str, judged: ListJudgement, scope: str, context: Context
) -> None:
    who = {(unit or NOBODY, officer) for unit, officer in judged.who}
    inside = {unit: _inside(unit, scope, context) for unit, _ in who}
    units = {each for above in inside.values() for each in above}
    people = {one for one in who if one[1] not in ("", NOBODY) and inside[one[0]]}
    found.totals.update({(unit, "") for unit in units} | people)
    found.held += bool(units)
    entry = judged.entry
    if entry is not None and any(inside[unit or NOBODY] for unit, _ in entry.charges):
        found.late[dossier] = entry


def _inside(unit: str, scope: str, context: Context) -> list[str]:
    """A unit and those above it, as far as they are of the scope."""
    above = (unit, *context.ancestors(unit))
    return [each for each in above if not scope or scope in (each, *context.ancestors(each))]


def shares_of(charges: Iterable[Mapping[str, object]]) -> dict[Who, int]:
    """Working ms by (unit, officer) and, with "", by unit, from a row's charges."""
    found: Counter[Who] = Counter()
    for charge in charges:
        unit, officer = str(charge["unit"]), str(charge["officer"])
        for who in {(unit, officer), (unit, "")}:
            found[who] += int(str(charge["amount"]))
    return dict(found)
