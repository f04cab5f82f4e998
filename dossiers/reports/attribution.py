"""Whose hours: a dossier's lateness split over those who held it, so that the parts add up.

Every amount is working time in ms by the calendar that made the due time; the clock's stops are
not counted. The holdings are taken in order with a running slack, to which each adds its limit
less what it used. A holding is charged with what it took beyond the slack that earlier ones left;
what a later one made up lowers all charges pro rata.

Three bases. ``steps``: the limits of the internal procedure. ``portal_steps``: a portal's records
name steps, or due times of their own, which replace the step's limit; who has neither shares what
is left of the whole. ``no_step_data``: whoever held the dossier after the due time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar

from dossiers.reports.holdings import Holding, Stop, working
from dossiers.time.calendar import Calendar

METHOD = "running-slack-2"

Basis = Literal["steps", "portal_steps", "no_step_data"]
_LEFT = 0  # the key of what no limit is given for; steps are texts, records with a due time > 0
Key = TypeVar("Key", bound=Hashable)


class Part(NamedTuple):
    """What one holding had, used and is charged with; all in working ms.

    ``inherited``: lateness that was there before it began. ``raw``: before made-up time was shared
    out; negative if this holding made up time. ``charge``: after; the parts' charges add up to
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

    ``limits``: working ms of each step of the internal procedure, in its order; empty if there
    is none. Without a limit for any step that occurs, and without a record's own due time, whoever
    held the dossier after the breach is charged with that time.
    """
    start = holdings[0].start
    used = [working(calendar, h.start, h.end, stops) for h in holdings]
    allowed = working(calendar, start, due_at, stops)
    late = max(0, sum(used) - allowed)
    basis = basis_of(holdings, limits)
    if basis == "no_step_data":
        return _after_breach(holdings, stops, due_at, calendar, used, late, allowed)
    keys: list[str | int]
    given: dict[str | int, int]
    if basis == "portal_steps":
        keys, given = _told(holdings, calendar, limits)
    else:
        holdings = _in_known_steps(holdings, limits)
        keys, given = [h.step for h in holdings], {step: limits[step] for step in limits}
    scaled = scale(given, max(0, allowed))
    slack = allowed - sum(scaled.values())
    if _LEFT in keys:
        scaled[_LEFT] = max(0, slack)
        slack -= scaled[_LEFT]
    shares, skipped = _share(holdings, keys, used, scaled)
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
        basis,
        late,
        charges[0],
        tuple(p._replace(charge=c) for p, c in zip(parts, charges[1:], strict=True)),
        {step: limit for step, limit in skipped.items() if isinstance(step, str)},
    )


def basis_of(holdings: Sequence[Holding], limits: Mapping[str, int]) -> Basis:
    """By what ``holdings`` are judged if the procedure has ``limits``."""
    known = [h for h in holdings if h.due is not None or h.step in limits]
    if any(h.told for h in known):
        return "portal_steps"
    return "steps" if known else "no_step_data"


def _in_known_steps(holdings: Sequence[Holding], limits: Mapping[str, int]) -> list[Holding]:
    """A step that is not named, or not known, belongs to the known one before it, at the start to
    the first known one after it. At least one is known."""
    step = next(h.step for h in holdings if h.step in limits)
    found: list[Holding] = []
    for holding in holdings:
        step = holding.step if holding.step in limits else step
        found.append(holding._replace(step=step))
    return found


def _told(
    holdings: Sequence[Holding], calendar: Calendar, limits: Mapping[str, int]
) -> tuple[list[str | int], dict[str | int, int]]:
    """By holding the key of the limit that it has a share of, and these limits, those of holdings
    first. A record's own due time gives the working time up to it, stops or not, to that record
    alone. The steps that no record names count if one names any."""
    keys: list[str | int] = []
    given: dict[str | int, int] = {}
    for place, holding in enumerate(holdings, 1):
        key: str | int = _LEFT
        if holding.due is not None:
            key = place
            given[key] = max(0, calendar.between(holding.start, max(holding.start, holding.due)))
        elif holding.step in limits:
            key = holding.step
            given[key] = limits[key]
        keys.append(key)
    named = {h.step for h in holdings if h.told}
    if not named.isdisjoint(limits):
        for step in limits:
            if step not in named:
                given.setdefault(step, limits[step])
    return keys, given


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


def scale(limits: Mapping[Key, int], total: int) -> dict[Key, int]:
    """The steps' limits, scaled down to ``total`` if they add up to more: the legal limit
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
    holdings: Sequence[Holding],
    keys: Sequence[Key],
    used: Sequence[int],
    limits: Mapping[Key, int],
) -> tuple[list[int], dict[Key, int]]:
    """The limit of each holding, by its key, and those that nobody had.

    Holdings of one step share its limit in their order: what the first used is gone, unless a
    hand-over gave a part along. The last one has whatever is left.
    """
    left = dict(limits)
    shares = [0] * len(holdings)
    places_of: dict[Key, list[int]] = defaultdict(list)
    for i, key in enumerate(keys):
        places_of[key].append(i)
    for key, places in places_of.items():
        rest = left.pop(key, 0)
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
