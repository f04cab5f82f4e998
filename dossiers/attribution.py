"""Whose hours: a dossier's lateness split over those who held it, so that the parts add up.

Every amount is working time in ms by the calendar that made the due time; the clock's stops are
not counted. The holdings are walked in order with a running slack, to which each adds its limit
less what it used. A holding is charged with what it took beyond the slack that earlier ones left;
what a later one made up lowers all charges pro rata.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar

from dossiers.calendar import Calendar
from dossiers.holdings import Holding, Stop, working

METHOD = "running-slack-1"

Basis = Literal["steps", "no_step_data"]
Key = TypeVar("Key", bound=Hashable)


class Part(NamedTuple):
    """What one holding had, used and is charged with; all in working ms.

    ``inherited``: lateness that was there before it began. ``raw``: before made-up time was shared
    out; negative where this holding made up time. ``charge``: after; the parts' charges add up to
    the lateness. ``slack``: what was left after it. ``limit`` is None without step data.
    """

    holding: Holding
    limit: int | None
    used: int
    slack: int
    raw: int
    charge: int
    inherited: int


class Attribution(NamedTuple):
    """``late``: working ms beyond the due time, 0 or more. ``unassigned``: the share of a due time
    that lies before the reception, which nobody held. ``skipped``: limits (working ms), by step, of
    steps that were skipped or not begun. The charges and ``unassigned`` add up to ``late``."""

    method: str
    basis: Basis
    late: int
    unassigned: int
    parts: tuple[Part, ...]
    skipped: Mapping[str, int]

    def by_officer(self) -> dict[tuple[str, str], int]:
        """Charges by (unit, officer); officer "" is the unit's inbox."""
        return _summed(((p.holding.unit, p.holding.officer), p.charge) for p in self.parts)

    def by_unit(self) -> dict[str, int]:
        """Charges by unit: what happened while the unit held it."""
        return _summed((p.holding.unit, p.charge) for p in self.parts)

    def by_step(self) -> dict[str, int]:
        """Charges by step."""
        return _summed((p.holding.step, p.charge) for p in self.parts)


def attribute(
    holdings: Sequence[Holding],
    stops: Sequence[Stop],
    due_at: int,
    calendar: Calendar,
    limits: Mapping[str, int],
) -> Attribution:
    """Split the lateness of ``holdings`` (from reception to finish or now) at ``due_at``.

    ``limits``: working ms of each step of the internal procedure, in its order; empty where there
    is none. Without a limit for any step that occurs, whoever held the dossier after the breach is
    charged with that time.
    """
    start = holdings[0].start
    used = [working(calendar, h.start, h.end, stops) for h in holdings]
    allowed = working(calendar, start, due_at, stops)
    late = max(0, sum(used) - allowed)
    if not any(h.step in limits for h in holdings):
        return _after_breach(holdings, stops, due_at, calendar, used, late, allowed)
    scaled = scale(limits, max(0, allowed))
    shares, skipped = _share(holdings, used, scaled)
    slack = allowed - sum(scaled.values())
    unassigned = max(0, -slack)
    parts: list[Part] = []
    for holding, share, spent in zip(holdings, shares, used, strict=True):
        inherited = max(0, -slack)
        slack += share - spent
        parts.append(Part(holding, share, spent, slack, max(0, -slack) - inherited, 0, inherited))
    made_up = -sum(min(0, part.raw) for part in parts) + max(0, -slack) - late
    charges = reduce([unassigned, *(max(0, part.raw) for part in parts)], made_up)
    return Attribution(
        METHOD,
        "steps",
        late,
        charges[0],
        tuple(p._replace(charge=c) for p, c in zip(parts, charges[1:], strict=True)),
        skipped,
    )


def _after_breach(
    holdings: Sequence[Holding],
    stops: Sequence[Stop],
    due_at: int,
    calendar: Calendar,
    used: Sequence[int],
    late: int,
    allowed: int,
) -> Attribution:
    """Without step data: the holder at the breach, and those after."""
    parts: list[Part] = []
    slack = allowed
    inherited = max(0, -allowed)
    unassigned = inherited
    for holding, spent in zip(holdings, used, strict=True):
        slack -= spent
        since = max(holding.start, due_at)
        charge = working(calendar, since, holding.end, stops) if since < holding.end else 0
        parts.append(Part(holding, None, spent, slack, charge, charge, inherited))
        inherited += charge
    return Attribution(METHOD, "no_step_data", late, unassigned, tuple(parts), {})


def scale(limits: Mapping[str, int], total: int) -> dict[str, int]:
    """The steps' limits, scaled down to ``total`` where they add up to more: the legal limit
    outranks them."""
    names = list(limits)
    whole = sum(limits.values())
    if whole <= total:
        return dict(limits)
    return dict(zip(names, reduce([limits[n] for n in names], whole - total), strict=True))


def reduce(amounts: Sequence[int], by: int) -> list[int]:
    """``amounts`` (>= 0), less ``by`` in all, each pro rata, by the largest remainder: the results
    add up exactly, and a tie goes to the earlier one."""
    total = sum(amounts)
    if by <= 0 or total == 0:
        return list(amounts)
    left = max(0, total - by)
    shares = [divmod(amount * left, total) for amount in amounts]
    result = [whole for whole, _ in shares]
    order = sorted(range(len(amounts)), key=lambda i: (-shares[i][1], i))
    for i in order[: left - sum(result)]:
        result[i] += 1
    return result


def _share(
    holdings: Sequence[Holding], used: Sequence[int], limits: Mapping[str, int]
) -> tuple[list[int], dict[str, int]]:
    """The limit of each holding, and those of steps without one.

    Holdings of one step share its limit in their order: what the first used is gone, unless a
    hand-over gave a part along. The last one has whatever is left.
    """
    left = dict(limits)
    shares = [0] * len(holdings)
    of_step: dict[str, list[int]] = defaultdict(list)
    for i, holding in enumerate(holdings):
        of_step[holding.step].append(i)
    for step, places in of_step.items():
        rest = left.pop(step, 0)
        for here, after in zip(places, [*places[1:], None], strict=True):
            if after is None:
                shares[here] = rest
                break
            carried = holdings[after].carried
            shares[here] = min(rest, used[here]) if carried is None else max(0, rest - carried)
            rest -= shares[here]
    return shares, left


def _summed(pairs: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    sums: dict[Key, int] = defaultdict(int)
    for key, amount in pairs:
        sums[key] += amount
    return dict(sums)
