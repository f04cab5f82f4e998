"""Through whose hands a dossier went, and whose its lateness was: in plain loops and in fractions.

The rules are those of docs/explanations.md; no code of theirs is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from dossiers.reference.context import UNKNOWN, Context
from dossiers.time.limits import portal_due
from oracle.statements import Statement
from oracle.walk import WalkResult

Working = Callable[[int, int], int]  # working ms between two instants (ms)


@dataclass
class Hand:
    """A stretch in one pair of hands, ms. ``said``: by a record of progress that names its step, or
    ``due``, when that had to be done. ``carried``: working ms that went along."""

    step: str
    officer: str
    unit: str
    start: int
    end: int
    said: bool = False
    due: int | None = None
    carried: int | None = None


class LateShares(NamedTuple):
    """``late``: working ms. ``charged``: each hand with its part."""

    late: Fraction
    charged: list[tuple[Hand, Fraction]]


def hands(
    line: Iterable[Statement], start: int, end: int, way: WalkResult, context: Context
) -> list[Hand]:
    """From ``start`` to ``end`` (ms). Where any step is known, others are as good as none."""
    line = list(line)
    limits = context.step_limits(way.procedure, way.calendar)
    known = _hands(line, start, end, way, context, limits)
    if any(hand.step in limits for hand in known):
        return known
    return _hands(line, start, end, way, context, None)


def _hands(
    line: Sequence[Statement], start: int, end: int, way: WalkResult, context: Context,
    limits: Mapping[str, int] | None,
) -> list[Hand]:  # fmt: skip
    found: list[Hand] = []
    unit = officer = step = responsible = ""
    since, carried = start, None
    for told in line:
        named = context.step_id(way.procedure, told.step)
        if limits is not None and named not in limits:
            named = ""
        who = _officer(told, unit, context)
        if told.what == "progressed" and told.until:
            record = Hand(named, who, unit, since, end, carried=carried)
            record.said = bool(named) or told.step_due is not None
            if (officer and who not in ("", officer)) or not (who or record.said):
                continue
            if since < end or not found:
                since, carried = _record(found, record, told, (step, officer), way, context), None
            officer = "" if who else officer
            continue
        before = (step, officer, unit)
        if found and told.at >= end:
            if told.unit not in ("", unit):
                break
            continue
        if told.unit and told.unit != unit:
            unit, officer = told.unit, ""
        responsible = told.responsible or responsible
        officer = responsible or who or officer
        step = named or step
        along = told.carried if told.what == "progressed" else None
        if (step, officer, unit) == before and along is None:
            continue
        if told.at > since:
            found.append(Hand(*before, since, min(told.at, end), carried=carried))
            since = min(told.at, end)
        carried = along
    if since < end or not found:
        found.append(Hand(step, officer, unit, since, max(since, end), carried=carried))
    return found


def _officer(told: Statement, unit: str, context: Context) -> str:
    """Who is named, by id; ``unknown`` if it is a name that fits nobody."""
    if told.officer or told.what != "progressed" or not told.officer_name:
        return told.officer
    return context.officer_named(told.unit or unit, told.officer_name, told.at) or UNKNOWN


def _record(
    found: list[Hand], record: Hand, told: Statement, present: tuple[str, str], way: WalkResult,
    context: Context,
) -> int:  # fmt: skip
    """What a record of progress adds; where the next hand begins."""
    since, end = record.start, min(told.at, record.end)
    last = found[-1] if found else None
    if end < since or (end == since and not record.said):
        return since
    if told.step_due is not None:
        calendar = context.calendar_named(way.calendar)
        record.due = portal_due(told.step_due, calendar, context.rules_at(way.received))
    step, who = record.step, record.officer
    record.step, record.officer = step or present[0], who or present[1]
    if last is not None and last.start < end == last.end == since and who in ("", last.officer):
        again = not last.said or step in ("", last.step)
        if again:  # the same record, and more fully
            last.step, last.due, last.said = step or last.step, record.due, True
            return since
    record.start = min(max(since, told.begin or since), end)
    record.end = end
    if record.start > since:
        found.append(Hand(*present, record.unit, since, record.start, carried=record.carried))
        record.carried, last = None, found[-1]
    plain = not record.said and last is not None and not last.said and record.carried is None
    if plain and last is not None and (last.step, last.officer, last.unit) == (
        record.step, record.officer, record.unit,
    ):  # fmt: skip
        last.end = end
    else:
        found.append(record)
    return end


def shares(
    held: Sequence[Hand], due: int, limits: Mapping[str, int], working: Working, free: Working
) -> LateShares:
    """``due`` (ms): since when it is late. ``working``: without the stops; ``free``: with them."""
    used = [working(hand.start, hand.end) for hand in held]
    whole = working(held[0].start, due)
    late = max(0, sum(used) - whole)
    told = any(hand.said and (hand.due is not None or hand.step in limits) for hand in held)
    if not told and not any(hand.step in limits for hand in held):
        since = [max(hand.start, due) for hand in held]
        return LateShares(
            Fraction(late),
            [(h, Fraction(working(s, h.end) if s < h.end else 0))
             for h, s in zip(held, since, strict=True)],
        )  # fmt: skip
    room = Fraction(max(0, whole))
    groups = _told_groups(held, limits, free) if told else _step_groups(held, limits)
    wanted = sum((limit for _, limit in groups), Fraction())
    factor = min(Fraction(1), room / wanted) if wanted else Fraction(1)
    rest = room - wanted * factor
    if told:
        grouped = {place for places, _ in groups for place in places}
        open_ = [place for place in range(len(held)) if place not in grouped]
        if open_:
            groups.append((open_, rest / factor if factor else Fraction()))
            rest = Fraction()
    given = _hand_out(held, used, [(places, limit * factor) for places, limit in groups])
    slack = rest + min(0, whole)
    raw = [max(Fraction(), -slack)]
    for limit, spent in zip(given, used, strict=True):
        before = max(Fraction(), -slack)
        slack += limit - spent
        raw.append(max(Fraction(), max(Fraction(), -slack) - before))
    part = Fraction(late) / sum(raw) if any(raw) else Fraction(1)
    return LateShares(
        Fraction(late), [(h, r * part) for h, r in zip(held, raw[1:], strict=True)]
    )  # fmt: skip


Group = tuple[list[int], Fraction]  # places of the hands that share a limit, and the limit


def _step_groups(held: Sequence[Hand], limits: Mapping[str, int]) -> list[Group]:
    """A step that is not known belongs to the known one before it, else to the first one."""
    step = next(hand.step for hand in held if hand.step in limits)
    steps = []
    for hand in held:
        step = hand.step if hand.step in limits else step
        steps.append(step)
    return [
        ([place for place, each in enumerate(steps) if each == name], Fraction(limit))
        for name, limit in limits.items()
    ]


def _told_groups(held: Sequence[Hand], limits: Mapping[str, int], free: Working) -> list[Group]:
    groups: list[Group] = []
    for place, hand in enumerate(held):
        if hand.due is not None:
            groups.append(([place], Fraction(max(0, free(hand.start, max(hand.start, hand.due))))))
    named = {hand.step for hand in held if hand.said} & limits.keys()
    for name, limit in limits.items():
        sharing = [p for p, hand in enumerate(held) if hand.step == name and hand.due is None]
        if sharing or (named and name not in named):
            groups.append((sharing, Fraction(limit)))
    return groups


def _hand_out(held: Sequence[Hand], used: Sequence[int], groups: Iterable[Group]) -> list[Fraction]:
    """In the order in which they happened: what the first used is gone, unless the hand-over says
    what goes along; the last one has the rest."""
    given = [Fraction()] * len(held)
    for places, limit in groups:
        for number, place in enumerate(places, 1):
            after = places[number] if number < len(places) else None
            mine = limit
            if after is not None:
                carried = held[after].carried
                mine = min(limit, Fraction(used[place]))
                if carried is not None:
                    mine = max(Fraction(), limit - carried)
            given[place], limit = mine, limit - mine  # noqa: PLW2901
    return given
