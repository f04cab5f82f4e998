"""What the month's late list counts, dossier by dossier; dossiers.reports.late_list says what it
means."""

from __future__ import annotations

from fractions import Fraction

from dossiers.reference.context import UNKNOWN, Context
from dossiers.reports.attribution import METHOD
from dossiers.reports.case import JudgedCase
from dossiers.reports.late_lines import Holder, LateDossier, LateList, Month
from dossiers.wire.flags import REWRITTEN

Who = tuple[str, str]  # unit, officer; "" for the unit as a whole, and for its inbox
Charges = dict[Who, dict[str, int]]  # working ms by step; empty if nobody had any of it


class _Sum:
    """What is summed for one officer or unit; charges in working days."""

    def __init__(self) -> None:
        self.total = self.done = self.open = 0
        self.days: list[Fraction] = []
        self.steps: dict[str, int] = {}


class Counting:
    """``as_of`` (ms): when the dossiers are judged. ``scope``: a unit, "" for all; its list is the
    whole one, less whatever is charged to others."""

    def __init__(self, month: Month, as_of: int, context: Context, scope: str) -> None:
        self.as_of = as_of
        self._month = month
        self._context = context
        self._scope = scope
        self._sums: dict[Who, _Sum] = {}
        self._annex: list[LateDossier] = []
        self._calendars: set[str] = set()
        self._total = self._unmatched = 0

    def take(self, dossier_id: str, case: JudgedCase) -> None:
        """Count one dossier: if the scope held it in the month, or is charged in its list."""
        if case.end < self._month.start:
            return
        held = {(h.unit, h.officer) for h in case.holdings if h.end >= self._month.start}
        held |= {(unit, "") for unit, _ in held}
        charges = _charges(case) if self._is_late(case) else {}
        mine = {who: steps for who, steps in charges.items() if self._within(who[0])}
        involved = {who for who in held if self._within(who[0])} | mine.keys()
        for who in involved:
            self._sum(who).total += 1
        self._total += bool(involved)
        if mine:
            self._unmatched += any(
                part.charge and part.holding.officer in ("", UNKNOWN)
                for part in (case.attribution.parts if case.attribution is not None else ())
                if self._within(part.holding.unit)
            )
            self._charge(mine, case)
            self._annex.append(_line(dossier_id, case, charges))

    def _is_late(self, case: JudgedCase) -> bool:
        """An end that a source dates ahead is late once it has come, and no more overdue."""
        ended = case.course.finished_at
        to_come = ended is not None and (ended > self.as_of or ended >= self._month.end)
        return case.standing.verdict in ("late", "overdue") and not to_come

    def _charge(self, charges: Charges, case: JudgedCase) -> None:
        self._calendars.add(case.calendar.version)
        for who, steps in charges.items():
            entry = self._sum(who)
            if case.standing.verdict == "overdue":
                entry.open += 1
            else:
                entry.done += 1
            entry.days.append(Fraction(sum(steps.values()), case.calendar.day_length))
            for step, amount in steps.items():
                entry.steps[step] = entry.steps.get(step, 0) + amount

    def _sum(self, who: Who) -> _Sum:
        found = self._sums.get(who)
        if found is None:
            found = self._sums[who] = _Sum()
        return found

    def _within(self, unit: str) -> bool:
        scope = self._scope
        return not scope or unit == scope or scope in self._context.ancestors(unit)

    def result(self) -> LateList:
        """The whole list, in its order: most lates first, then the most days."""
        least = self._context.rules.minimum_volume
        holders = [_holder(who, entry, least) for who, entry in self._sums.items() if entry.days]
        holders.sort(key=lambda h: (-h.late, -h.days_most, h.unit, h.officer))
        return LateList(
            month=self._month.name,
            scope=self._scope,
            timezone=self._context.reference.timezone,
            as_of=self.as_of,
            reference=self._context.hash,
            calendars=tuple(sorted(self._calendars)),
            method=METHOD,
            minimum_volume=least,
            total=self._total,
            late=len(self._annex),
            unmatched=self._unmatched,
            officers=tuple(h for h in holders if h.officer),
            units=tuple(h for h in holders if not h.officer),
            dossiers=tuple(sorted(self._annex, key=lambda d: (-d.days_late, d.dossier))),
        )


def _charges(case: JudgedCase) -> Charges:
    """Of a late dossier: who is charged. If nobody is, because no working time has passed since
    the due time, it is the unit's that held it when that passed."""
    charges: Charges = {}
    for part in case.attribution.parts if case.attribution is not None else ():
        if part.charge:
            unit, officer, step = part.holding.unit, part.holding.officer, part.holding.step
            for who in {(unit, officer), (unit, "")}:
                steps = charges.setdefault(who, {})
                steps[step] = steps.get(step, 0) + part.charge
    return charges or {(case.passed_by, ""): {}}


def _line(dossier_id: str, case: JudgedCase, charges: Charges) -> LateDossier:
    course, found = case.course, case.attribution
    if course.received_at is None or course.due_at is None:
        raise ValueError(f"{dossier_id} is not late")
    people = {who: sum(steps.values()) for who, steps in charges.items() if who[1]}
    most = min(people, key=lambda who: (-people[who], who)) if people else ("", "")
    charged = any(charges.values())
    return LateDossier(
        dossier=dossier_id,
        procedure=course.procedure,
        unit=case.unit if charged else case.passed_by,
        officer=most[1],
        received_at=course.received_at,
        due_at=course.due_at,
        finished_at=course.finished_at,
        days_late=_shown(Fraction(found.late if found else 0, case.calendar.day_length)),
        step=_costliest(found.by_step()) if found else "",
        rewritten=REWRITTEN in course.flags,
    )


def _holder(who: Who, entry: _Sum, least: int) -> Holder:
    late = len(entry.days)
    return Holder(
        unit=who[0],
        officer=who[1],
        total=entry.total,
        late=late,
        done=entry.done,
        open=entry.open,
        rate=_shown(Fraction(100 * late, entry.total)),
        days_most=_shown(max(entry.days)),
        days_mean=_shown(sum(entry.days, Fraction()) / late),
        ranked=entry.total >= least,
        step=_costliest(entry.steps),
    )


def _shown(amount: Fraction) -> float:
    """To one decimal, a half up."""
    return float(Fraction((20 * amount + 1) // 2, 10))


def _costliest(steps: dict[str, int]) -> str:
    """The step with the largest charge; of equal ones the first by name."""
    return min(steps, key=lambda step: (-steps[step], step)) if any(steps.values()) else ""
