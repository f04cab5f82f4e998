"""Whose the lateness of a dossier was, by whose hands it went through: in fractions.

The rules are those of docs/explanations.md; no code of theirs is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from oracle.hands import Hand

Working = Callable[[int, int], int]  # working ms between two instants (ms)
Group = tuple[list[int], Fraction]  # places of the hands that share a limit, and the limit


class LateShares(NamedTuple):
    """``late``: working ms. ``charged``: each hand with its part."""

    late: Fraction
    charged: list[tuple[Hand, Fraction]]


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
    given, rest = _time_given(held, used, Fraction(max(0, whole)), limits, free, told=told)
    raw = _overruns(given, used, rest + min(0, whole))
    part = Fraction(late) / sum(raw) if any(raw) else Fraction(1)
    return LateShares(
        Fraction(late), [(h, r * part) for h, r in zip(held, raw[1:], strict=True)]
    )  # fmt: skip


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


def _overruns(given: Sequence[Fraction], used: Sequence[int], slack: Fraction) -> list[Fraction]:
    """By how much each hand made it later than it was before. The first one is what was late
    already (``slack``, working ms, below 0)."""
    found = [max(Fraction(), -slack)]
    for limit, spent in zip(given, used, strict=True):
        before = max(Fraction(), -slack)
        slack += limit - spent
        found.append(max(Fraction(), max(Fraction(), -slack) - before))
    return found


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
