"""Why a dossier counts as it does: its timeline, its due times, its verdict, and whose hours.

Everything is computed from the dossier's facts, so an explanation of a month ago can be computed
again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from dossiers.fold.standing import OPEN
from dossiers.portal.snapshots import singled
from dossiers.portal.told_facts import EndRewritten, ReopenedTold
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.attribution import METHOD, Attribution
from dossiers.reports.case import JudgedCase, case_in_force
from dossiers.reports.due_history import DueChange, due_history_in_force
from dossiers.reports.holdings import working
from dossiers.wire.facts import Fact, FinishedFact, ProgressedFact, SuspendedFact, VoidedFact
from dossiers.wire.flags import present_flags
from dossiers.wire.order import fact_order, identity_of


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of the timeline. ``clock``: how it stood after the fact. ``worked``: working ms
    since the reception in which it ran. ``taken_back``: a later fact voided this one."""

    at: int
    kind: str
    event_id: str
    source: str
    unit: str
    officer: str
    step: str
    status: int
    clock: str
    worked: int
    due_at: int | None
    taken_back: bool = False


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """One holding and what of the lateness is its; working ms. See
    dossiers.reports.attribution.Part."""

    step: str
    officer: str
    unit: str
    start: int
    end: int
    limit: int | None
    used: int
    slack: int
    charge: int
    inherited: int
    made_up: int


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer. ``late``: working ms beyond the due time, the sum of the shares' charges
    and ``unassigned``. ``left``: working ms until the due time of an open dossier, less than 0 when
    overdue, None without one. ``waited``: working ms in which the clock stood. ``rules``: name of
    the rule version of the day of reception, "" before the first one. ``unrewritten``,
    ``rewritten``: if dates were rewritten, the verdict without any rewrite and with all of them;
    else "". ``as_shown``: of one with the flag ``backdated`` the verdict by what its snapshots had
    shown, else ""."""

    dossier_id: str
    as_of: int
    verdict: str
    unrewritten: str
    rewritten: str
    as_shown: str
    procedure: str
    unit: str
    officer: str
    received_at: int | None
    due_at: int | None
    finished_at: int | None
    left: int | None
    late: int
    waited: int
    flags: tuple[str, ...]
    reference: str
    calendar: str
    rules: str
    method: str
    basis: str
    unassigned: int
    moments: tuple[Moment, ...]
    dues: tuple[DueChange, ...]
    shares: tuple[Share, ...]
    skipped: dict[str, int]


def explain(
    dossier_id: str, facts: Sequence[Fact], now: int, reference: Context | InForce
) -> Explanation:
    """Explain a dossier from its ``facts`` (in order), as of ``now`` (ms).

    ``reference``: the reference data, or all that counted when: an ended dossier is explained by
    that of its end.
    """
    in_force = InForce([(0, reference)]) if isinstance(reference, Context) else reference
    return explain_case(dossier_id, facts, case_in_force(facts, now, in_force), now, in_force)


def explain_case(
    dossier_id: str, facts: Sequence[Fact], case: JudgedCase, now: int, in_force: InForce
) -> Explanation:
    """As ``explain``, of a dossier that has been judged at ``now`` (ms): ``case`` is what
    ``case_in_force`` made of its ``facts``."""
    course, result = case.course, case.attribution
    dues = due_history_in_force(case.facts, in_force, case.end)
    context = in_force.at(case.end)
    return Explanation(
        dossier_id=dossier_id,
        as_of=now,
        verdict=case.standing.verdict,
        unrewritten=case.standing.unrewritten,
        rewritten=case.standing.rewritten,
        as_shown=case.standing.as_shown if case.standing.backdated else "",
        procedure=course.procedure,
        unit=case.unit,
        officer=course.officer,
        received_at=course.received_at,
        due_at=course.due_at,
        finished_at=course.finished_at,
        left=_left(case, now),
        late=result.late if result is not None else 0,
        waited=sum(case.calendar.between(stop.start, stop.end) for stop in case.stops),
        flags=present_flags(course.flags, case.standing.backdated),
        reference=context.hash,
        calendar=case.calendar.version,
        rules=course.rules,
        method=METHOD,
        basis=result.basis if result is not None else "",
        unassigned=result.unassigned if result is not None else 0,
        moments=tuple(_moments(facts, case, dues)),
        dues=tuple(dues),
        shares=_shares(result),
        skipped=dict(result.skipped) if result is not None else {},
    )


def _left(case: JudgedCase, now: int) -> int | None:
    """Of a stopped dossier it is what was left when the clock stopped."""
    course = case.course
    if course.due_at is None or case.standing.verdict not in OPEN:
        return None
    since = now if course.stopped_at is None else course.stopped_at
    return case.calendar.between(since, course.due_at)


def _moments(
    facts: Sequence[Fact], case: JudgedCase, dues: Sequence[DueChange]
) -> Iterator[Moment]:
    start = case.course.received_at
    gone = {(fact.madonvi, fact.target) for fact in facts if isinstance(fact, VoidedFact)}
    taken_back = [fact for fact in singled(facts) if identity_of(fact) in gone]
    changes = {(change.at, change.event_id): change.due_at for change in dues if change.counts}
    due: int | None = None
    for fact in sorted([*case.facts, *taken_back], key=fact_order):
        due = changes.get((fact.occurred_at, fact.event_id), due)
        worked = 0
        if start is not None and fact.occurred_at > start:
            worked = working(case.calendar, start, min(fact.occurred_at, case.end), case.stops)
        yield Moment(
            at=fact.occurred_at,
            kind=fact.kind,
            event_id=fact.event_id,
            source=fact.source,
            unit=fact.unit,
            officer=fact.responsible or fact.officer,
            step=fact.step,
            status=_status_of(fact),
            clock=_clock(fact.occurred_at, case),
            worked=worked,
            due_at=due,
            taken_back=identity_of(fact) in gone,
        )


def _status_of(fact: Fact) -> int:
    """Of progress 1 if it says who held the dossier until then."""
    match fact:
        case SuspendedFact() | FinishedFact() | ReopenedTold() | EndRewritten():
            return fact.status
        case ProgressedFact():
            return int(fact.until)
    return 0


def _clock(at: int, case: JudgedCase) -> str:
    course = case.course
    if course.received_at is None or at < course.received_at:
        return "not_started"
    if course.finished_at is not None and at >= course.finished_at:
        return "ended"
    return "stopped" if any(stop.start <= at < stop.end for stop in case.stops) else "running"


def _shares(result: Attribution | None) -> tuple[Share, ...]:
    if result is None:
        return ()
    return tuple(
        Share(
            step=part.holding.step,
            officer=part.holding.officer,
            unit=part.holding.unit,
            start=part.holding.start,
            end=part.holding.end,
            limit=part.limit,
            used=part.used,
            slack=part.slack,
            charge=part.charge,
            inherited=part.inherited,
            made_up=max(0, -part.raw),
        )
        for part in result.parts
    )
