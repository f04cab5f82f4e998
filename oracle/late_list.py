"""The month's late list, made again from the raw events: who is in it, who held what, whose hours.

It shares the calendar, the limits of steps, names and the reading of records with the product, but
neither fold, holdings, attribution nor late list. Amounts are fractions: what the product rounds to
milliseconds may differ by a few. Units that were merged on the way are left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from dossiers.reference.context import Context
from dossiers.wire.events import AnyDossierEvent
from oracle.due_changes import judge_changes
from oracle.hands import Hand, hands
from oracle.late_shares import NOTHING, LateShares, shares
from oracle.reading import read
from oracle.statements import ENDS, Statement, kind_of
from oracle.walk import WalkResult, last_in_time, stopped_in_time, walk

Who = tuple[str, str]  # unit, officer; "" for the unit as a whole
Stops = list[tuple[int, int]]


@dataclass
class RecountedEntry:
    """A dossier of the list. ``ended``: it was over by then. ``days``: working days late.
    ``charges``: days by whom; of one that charges nobody, 0 for the unit that held it when the due
    time passed."""

    ended: bool
    days: Fraction
    charges: dict[Who, Fraction]


@dataclass
class RecountedList:
    """``late``: the dossiers of the list, by id. ``totals``: dossiers held in the month, or
    charged, by whom. ``held``: how many dossiers these are."""

    late: dict[str, RecountedEntry] = field(default_factory=dict)
    totals: Counter[Who] = field(default_factory=Counter)
    held: int = 0


class ListJudgement(NamedTuple):
    """``end``: when it was over (ms), None if it was not. ``whole``: every hand it went through;
    ``who`` held it in the month, or is charged; ``entry``: None if it is in no list."""

    end: int | None
    whole: list[Hand]
    who: set[Who]
    entry: RecountedEntry | None


def listing(
    dossiers: Mapping[str, Sequence[AnyDossierEvent]],
    month: tuple[int, int],
    as_of: int,
    context: Context,
) -> RecountedList:
    """The list of ``month`` (its first instant and that of the next one, ms) as of ``as_of`` (ms),
    from the events of each dossier (any order, no two of one identity)."""
    found = RecountedList()
    as_of = min(as_of, month[1])
    for dossier, events in dossiers.items():
        _count(found, dossier, said_before(events, min(as_of + 1, month[1]), context), month, as_of,
               context)  # fmt: skip
    return found


def said_before(events: Iterable[AnyDossierEvent], until: int, context: Context) -> list[Statement]:
    """What ``events`` say that is dated before ``until`` (ms), whenever a snapshot told it."""
    valid = [e for e in events if e.occurred_at < until or kind_of(e) == "snapshot"]
    said = read(valid, context)
    if any(event.occurred_at >= until for event in valid):
        said = [told for told in said if told.at < until]
    return said


def _count(
    found: RecountedList, dossier: str, said: list[Statement], month: tuple[int, int], as_of: int,
    context: Context,
) -> None:  # fmt: skip
    judged = judge(said, month, as_of, context)
    if judged.entry is not None:
        found.late[dossier] = judged.entry
    found.held += bool(judged.who)
    found.totals.update(judged.who)


def judge(
    said: Iterable[Statement], month: tuple[int, int], as_of: int, context: Context
) -> ListJudgement:
    """One dossier, by what was said about it before the end of ``month``, as of ``as_of`` (ms)."""
    line = [told for told in said if not told.instead]
    way = walk(line, context, judge_changes(line, context).counting)
    end = as_of if way.end is None else way.end
    if way.received is None or end < month[0]:
        return ListJudgement(way.end, [], set(), None)
    whole: list[Hand] = []
    if end >= way.received:
        whole = hands(line, way.received, end, way, context)
    who = {(hand.unit, hand.officer) for hand in whole if hand.end >= month[0]}
    who |= {(unit, "") for unit, _ in who}
    entry = None
    if is_late(way, as_of, context) and end < month[1] + (way.end is None) and end <= as_of:
        entry = _entry(line, whole, way, end, context)
        who |= entry.charges.keys()
    return ListJudgement(way.end, whole, who, entry)


def is_late(way: WalkResult, as_of: int, context: Context) -> bool:
    """Whether it ended, or stands at ``as_of`` (ms), after its due time."""
    last = last_in_time(way.due, way.received, context)
    if last is None or way.received is None:
        return False
    if way.end is not None:
        counts = way.ended_by == "finished" or way.received <= way.end
        return counts and way.end > last
    waits = way.stopped is not None and stopped_in_time(way, context)
    return not waits and as_of > last


def _entry(
    line: list[Statement], whole: list[Hand], way: WalkResult, end: int, context: Context
) -> RecountedEntry:
    day = context.calendar_named(way.calendar).day_length
    split = split_of(line, whole, way, end, context)
    charges: dict[Who, Fraction] = defaultdict(Fraction)
    for hand, charge in split.charged:
        for who in {(hand.unit, hand.officer), (hand.unit, "")} if charge else set():
            charges[who] += charge / day
    if not charges:
        due = _late_since(way, context)
        last = [hand.unit for hand in whole if hand.start <= due] or [h.unit for h in whole[:1]]
        charges[(last[-1] if last else way.holder, "")] = Fraction()
    return RecountedEntry(way.end is not None, split.late / day, dict(charges))


def split_of(
    line: list[Statement], whole: list[Hand], way: WalkResult, end: int, context: Context
) -> LateShares:
    """Whose hours a late dossier's were up to ``end`` (ms). ``whole``: all hands that it went
    through; nobody is charged for the time before its limit began anew."""
    if not whole:
        return NOTHING
    mine = whole
    if way.restarts:
        mine = hands(line, max(way.received or 0, way.restarts[-1]), end, way, context)
    calendar = context.calendar_named(way.calendar)
    stops = stops_of(line, end, way, context)

    def working(start: int, stop: int) -> int:
        if stop < start:
            return -working(stop, start)
        off = [(max(low, start), min(high, stop)) for low, high in stops]
        lost = sum(calendar.between(low, high) for low, high in off if low < high)
        return calendar.between(start, stop) - lost

    limits = context.step_limits(way.procedure, way.calendar)
    return shares(mine, _late_since(way, context), limits, working, calendar.between)


def _late_since(way: WalkResult, context: Context) -> int:
    """From when on (ms) what it takes is late."""
    due = last_in_time(way.due, way.received, context)
    assert due is not None  # noqa: S101 (it is late)
    return due + (due != way.due or context.rules_at(way.received).on_time_by == "date")


def stops_of(line: Iterable[Statement], end: int, way: WalkResult, context: Context) -> Stops:
    """When the clock stood, up to ``end`` (ms)."""
    stops: Stops = []
    since: int | None = None
    for told in line:
        if told.what == "suspended" and since is None:
            day = told.at if way.received is None else min(told.at, way.received)
            if told.status != 8 or context.rules_at(day).stops_status_8:
                since = told.at
        elif told.what == "resumed" or told.what in ENDS:
            if since is not None:
                stops.append((since, min(told.at, end)))
            since = None
            if told.what in ENDS:
                return stops
    if since is not None and since < end:
        stops.append((since, end))
    return stops
