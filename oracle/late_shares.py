"""Whose the lateness of a dossier was, by whose hands it went through: in fractions.

The rules are those of docs/explanations.md; no code of theirs is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from oracle.hands import Hand

Working = Callable[[int, int], int]  # working ms between two instants (ms)
Group = tuple[list[int], Fraction]  # places of the hands that share a limit, and the limit


class HandShare(NamedTuple):
    """One hand, in working ms: what it used, was given (None: there is no step data), took beyond
    what was left (``raw``, below 0 if it made up time), and is charged with; ``inherited``: how
    late it was before. ``step``: the one whose time it was given."""

    hand: Hand
    step: str
    used: int
    given: Fraction | None
    raw: Fraction
    charge: Fraction
    inherited: Fraction


class LateShares(NamedTuple):
    """``late``: working ms; ``before``: of it what nobody held. ``each``: in order."""

    late: Fraction
    before: Fraction
    each: list[HandShare]

    @property
    def charged(self) -> list[tuple[Hand, Fraction]]:
        """Each hand with its part."""
        return [(share.hand, share.charge) for share in self.each]


NOTHING = LateShares(Fraction(), Fraction(), [])


def shares(
    held: Sequence[Hand], due: int, limits: Mapping[str, int], working: Working, free: Working
) -> LateShares:
    """``due`` (ms): since when it is late. ``working``: without the stops; ``free``: with them."""
    used = [working(hand.start, hand.end) for hand in held]
    whole = working(held[0].start, due)
    late = max(0, sum(used) - whole)
    told = any(hand.said and (hand.due is not None or hand.step in limits) for hand in held)
    if not told and not any(hand.step in limits for hand in held):
        return _after_due(held, used, due, late, max(0, -whole), working)
    given, rest = _time_given(held, used, Fraction(max(0, whole)), limits, free, told=told)
    since = _lateness(given, used, rest + min(0, whole))
    raw = [after - before for before, after in pairwise(since)]
    taken = since[0] + sum(max(Fraction(), each) for each in raw)
    part = Fraction(late) / taken if taken else Fraction(1)
    steps = [hand.step for hand in held] if told else _steps_meant(held, limits)
    return LateShares(
        Fraction(late), since[0],
        [HandShare(hand, step, spent, limit, over, max(Fraction(), over) * part, before) for
         hand, step, spent, limit, over, before in
         zip(held, steps, used, given, raw, since[:-1], strict=True)],
    )  # fmt: skip


def _after_due(
    held: Sequence[Hand], used: Sequence[int], due: int, late: int, before: int, working: Working
) -> LateShares:
    """Without step data: whoever had it after the due time (ms)."""
    inherited = Fraction(before)
    found: list[HandShare] = []
    for hand, spent in zip(held, used, strict=True):
        since = max(hand.start, due)
        charge = Fraction(working(since, hand.end) if since < hand.end else 0)
        found.append(HandShare(hand, hand.step, spent, None, charge, charge, inherited))
        inherited += charge
    return LateShares(Fraction(late), Fraction(before), found)


def _time_given(
    held: Sequence[Hand], used: Sequence[int], room: Fraction, limits: Mapping[str, int],
    free: Working, *, told: bool,
) -> tuple[list[Fraction], Fraction]:  # fmt: skip
    """How much of ``room`` (working ms) each hand had, and what nobody had. ``told``: records of
    progress say which steps there were."""
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
    return _hand_out(held, used, [(places, limit * factor) for places, limit in groups]), rest


def _lateness(given: Sequence[Fraction], used: Sequence[int], slack: Fraction) -> list[Fraction]:
    """How late it was before each hand, and after the last. ``slack``: what is left at first,
    working ms; below 0 it was late already."""
    found = [max(Fraction(), -slack)]
    for limit, spent in zip(given, used, strict=True):
        slack += limit - spent
        found.append(max(Fraction(), -slack))
    return found


def _step_groups(held: Sequence[Hand], limits: Mapping[str, int]) -> list[Group]:
    """A step that is not known belongs to the known one before it, else to the first one."""
    steps = _steps_meant(held, limits)
    return [
        ([place for place, each in enumerate(steps) if each == name], Fraction(limit))
        for name, limit in limits.items()
    ]


def _steps_meant(held: Sequence[Hand], limits: Mapping[str, int]) -> list[str]:
    step = next(hand.step for hand in held if hand.step in limits)
    steps = []
    for hand in held:
        step = hand.step if hand.step in limits else step
        steps.append(step)
    return steps


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
