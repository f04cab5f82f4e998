"""Who held a dossier when: its life, from reception to its end, split at every hand-over.

Time in a unit's inbox, with no officer named, belongs to the unit. A portal's record names who did
a step at its end only: the time up to then, from when it says that the step began, is that
officer's, unless somebody else was known to hold it. The clock's stops are kept beside the
holdings: working time is counted without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dossiers.reference.context import Context
from dossiers.time.calendar import Calendar
from dossiers.wire.facts import EndFact, Fact, ProgressedFact, ResumedFact, SuspendedFact


class Stop(NamedTuple):
    """The clock stood from ``start`` to ``end`` (ms); ``status``: 5, 6 or 8, 0 if unknown."""

    start: int
    end: int
    status: int


class Holding(NamedTuple):
    """One stretch in one pair of hands, ms. ``carried``: working ms of the step's limit that the
    hand-over gave along, None if it did not say. ``told``: by a portal's record that names the
    step or ``due``, the instant (ms) at which that record had to be done."""

    step: str
    officer: str
    unit: str
    start: int
    end: int
    carried: int | None = None
    due: int | None = None
    told: bool = False


def holdings_of(facts: Sequence[Fact], start: int, end: int) -> list[Holding]:
    """The holdings between ``start`` (reception) and ``end`` (finish, or now), in order, gapless.

    ``facts``: in their order, none voided. What happened before the reception says who received.
    """
    found: list[Holding] = []
    step = officer = unit = responsible = ""
    since, carried = start, None
    for fact in facts:
        if since >= end and found:
            break
        if isinstance(fact, ProgressedFact) and fact.until:
            says = fact.officer or fact.step or fact.step_due_at is not None
            if says and (not officer or fact.officer in ("", officer)):
                here = Holding(step, officer, unit, since, end, carried)
                since = _held_until(found, here, fact)
                officer, carried = "" if fact.officer else officer, None
            continue
        if fact.occurred_at >= end and found:
            if fact.unit not in ("", unit):
                break
            continue  # whoever ends the last step may be named a little later
        was = (step, officer, unit)
        if fact.unit and fact.unit != unit:
            unit = fact.unit
            if not fact.officer:
                officer = ""  # in the unit's inbox
        officer = fact.officer or officer
        responsible = fact.responsible or responsible
        officer = responsible or officer
        step = fact.step or step
        along = fact.carried if isinstance(fact, ProgressedFact) else None
        if (step, officer, unit) == was and along is None:
            continue
        if fact.occurred_at > since:
            found.append(Holding(*was, since, min(fact.occurred_at, end), carried))
            since = min(fact.occurred_at, end)
        carried = along
    if since < end or not found:
        found.append(Holding(step, officer, unit, since, max(since, end), carried))
    return found


def _held_until(found: list[Holding], holding: Holding, record: ProgressedFact) -> int:
    """Let ``holding`` end with a portal's ``record``; where the next one begins (ms).

    The record's own time begins with it, not before the end of the one before; what lies between
    is the unit's, or whose it was known to be. A step that was done in no time is kept: what its
    limit left is there for those after it.
    """
    since, end = holding.start, min(record.occurred_at, holding.end)
    told = bool(record.step) or record.step_due_at is not None
    if end < since or (end == since and not told):
        return since
    last = found[-1] if found else None
    if last is not None and end == since and _is_again(last, record, end):
        found[-1] = last._replace(step=record.step or last.step, due=record.step_due_at, told=True)
        return since
    begin = since if record.began_at is None else max(since, min(record.began_at, end))
    if begin > since:
        found.append(holding._replace(end=begin))
        holding = holding._replace(carried=None)
    mine = holding._replace(
        step=record.step or holding.step, officer=record.officer or holding.officer,
        start=begin, end=end, due=record.step_due_at, told=told,
    )  # fmt: skip
    last = found[-1] if found else None
    goes_on = last is not None and not (told or last.told) and mine.carried is None
    if last is not None and goes_on and last[:3] == mine[:3]:
        found[-1] = last._replace(end=end)  # the same officer did something more
    else:
        found.append(mine)
    return end


def _is_again(last: Holding, record: ProgressedFact, at: int) -> bool:
    """Whether the record says once more, and more fully, what the one before it had said."""
    same = last.end == at > last.start and record.officer in ("", last.officer)
    return same and (not last.told or not record.step or record.step == last.step)


def holder_at(holdings: Sequence[Holding], at: int) -> Holding:
    """Who held it at ``at`` (ms): from then on, if it was handed over then. The first one before
    the holdings, the last one after them. ``holdings``: at least one."""
    held = [h for h in holdings if h.start <= at]
    return next((h for h in holdings if h.start <= at < h.end), held[-1] if held else holdings[0])


def stops_of(
    facts: Sequence[Fact], context: Context, end: int, received_at: int | None = None
) -> list[Stop]:
    """When the clock stood, up to ``end`` (ms): as the fold has it, status by status."""
    stops: list[Stop] = []
    since: int | None = None
    status = 0
    for fact in facts:
        if isinstance(fact, SuspendedFact):
            at = fact.occurred_at if received_at is None else min(fact.occurred_at, received_at)
            if since is None and (fact.status != 8 or context.rules_at(at).stops_status_8):
                since, status = fact.occurred_at, fact.status
        elif isinstance(fact, ResumedFact | EndFact):
            if since is not None:
                stops.append(Stop(since, min(fact.occurred_at, end), status))
                since = None
            if not isinstance(fact, ResumedFact):
                break
    if since is not None and since < end:
        stops.append(Stop(since, end, status))
    return stops


def working(calendar: Calendar, start: int, end: int, stops: Sequence[Stop]) -> int:
    """Working ms between two instants in which the clock ran; negative if ``end`` is first."""
    if end < start:
        return -working(calendar, end, start, stops)
    total = calendar.between(start, end)
    for stop in stops:
        low, high = max(start, stop.start), min(end, stop.end)
        if low < high:
            total -= calendar.between(low, high)
    return total
