"""What a month's late list counts, dossier by dossier.

A dossier is in month M when it was finished late in M or is overdue at M's end: the same ones that
the live counters of the month and of what is overdue count. It is judged by what is dated before
the month's end, so that the list of a past month does not change because time went on.

Charged is whoever held it beyond a step's limit (dossiers.reports.attribution). A late dossier
with no working time beyond its due time charges nobody; it stands in the list with an amount of 0,
for the unit that held it when the due time passed. The total is every dossier held in M, or charged
in its list. A unit's list is the whole one, filtered by who is charged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from dossiers.publication.charging import charges_of, costliest, marks_of, officer_of, unit_of
from dossiers.publication.lines import Totals
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.case import JudgedCase, case_in_force
from dossiers.reports.late_lines import Month
from dossiers.wire.acted import KeptAction
from dossiers.wire.facts import Fact
from dossiers.wire.late_lists import Charge, DossierLine, Pair, ReceptionLine


class Remarks(NamedTuple):
    """What people did about a dossier's alerts, as of the cut. ``reason``: code of what was
    explained last, "" for none."""

    apologised: bool = False
    reason: str = ""


NOTHING_SAID = Remarks()


class CountedMonth(NamedTuple):
    """``dossiers``, ``receptions``: rows by unit, then id. ``parents``: of every unit that is
    counted, the one above it."""

    dossiers: tuple[DossierLine, ...]
    receptions: tuple[ReceptionLine, ...]
    totals: Totals
    parents: Mapping[str, str]


def said_of(actions: Iterable[KeptAction]) -> Remarks:
    """``actions``: in order."""
    apologised, reason = False, ""
    for action in actions:
        apologised = apologised or action.action == "apologise"
        if action.action == "explain" and action.reason:
            reason = action.reason
    return Remarks(apologised, reason)


def counted_month(
    dossiers: Iterable[tuple[str, Sequence[Fact], Remarks]],
    month: Month,
    now: int,
    context: Context,
    scope: str = "",
    in_force: InForce | None = None,
    listed_before: Mapping[str, Sequence[str]] | None = None,
) -> CountedMonth:
    """Count a month from the facts (in order) of every dossier.

    ``now`` (ms): the watermark; a month that is not over is judged as of then. ``in_force``: if
    other reference data than ``context`` counted at other times: each dossier is judged by that of
    its end, open ones by ``context``, which is that of the month's end (``last_of``).
    """
    in_force = in_force or InForce([(0, context)])
    count = MonthCount(month, min(now, month.end), context, scope, listed_before)
    until = min(now + 1, month.end)
    for dossier, facts, said in dossiers:
        case = case_in_force(facts, count.as_of, in_force, context, until)
        count.take(dossier, case, said)
    return count.result()


class MonthCount:
    """``as_of`` (ms): when the dossiers are judged. ``scope``: a unit, "" for all.
    ``listed_before``: by dossier, earlier months in whose list it stands."""

    def __init__(
        self,
        month: Month,
        as_of: int,
        context: Context,
        scope: str = "",
        listed_before: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._month = month
        self.as_of = as_of
        self._context = context
        self._scope = scope
        self._listed = listed_before or {}
        self._lines: dict[str, tuple[str, ...]] = {}
        self._rows: list[DossierLine] = []
        self._receptions: list[ReceptionLine] = []
        self._whole = 0
        self._units: Counter[str] = Counter()
        self._officers: Counter[Pair] = Counter()

    def take(self, dossier: str, case: JudgedCase, said: Remarks = NOTHING_SAID) -> None:
        """Count one dossier: if the scope held it in the month, or is charged in its list."""
        if case.end < self._month.start:
            return
        held = {
            (unit_of(h.unit), officer_of(h.officer))
            for h in case.holdings
            if h.end >= self._month.start
        }
        charges: tuple[Charge, ...] = ()
        if self._is_late(case):
            charges = charges_of(case)
            if any(self._upwards(charge.unit) for charge in charges):
                self._rows.append(self._row(dossier, case, charges, said))
        self._total(held | {(charge.unit, charge.officer) for charge in charges})
        self._receive(dossier, case)

    def result(self) -> CountedMonth:
        """Everything that was counted."""
        units = sorted(self._lines)
        above = {unit: self._context.ancestors(unit) for unit in units}
        return CountedMonth(
            tuple(sorted(self._rows, key=lambda row: (row.unit, row.dossier))),
            tuple(sorted(self._receptions, key=lambda row: (row.unit, row.dossier))),
            Totals(self._whole, dict(self._units), dict(self._officers)),
            {unit: found[0] for unit, found in above.items() if found},
        )

    def _is_late(self, case: JudgedCase) -> bool:
        """An end that a source dates ahead is late once it has come, and no more overdue."""
        ended = case.course.finished_at
        to_come = ended is not None and (ended > self.as_of or ended >= self._month.end)
        return case.standing.verdict in ("late", "overdue") and not to_come

    def _total(self, involved: Iterable[Pair]) -> None:
        """One more dossier of everybody who is involved, and of the units above them."""
        units = {above for unit, _ in involved for above in self._upwards(unit)}
        self._units.update(units)
        self._officers.update({who for who in involved if who[1] and self._upwards(who[0])})
        self._whole += bool(units)

    def _upwards(self, unit: str) -> tuple[str, ...]:
        """A unit and those above it, as far as they are of the scope."""
        found = self._lines.get(unit)
        if found is None:
            chain = (unit, *self._context.ancestors(unit))
            inside = [self._scope in (each, *self._context.ancestors(each)) for each in chain]
            found = tuple(
                each for each, within in zip(chain, inside, strict=True)
                if within or not self._scope
            )  # fmt: skip
            self._lines[unit] = found
            for each in found[1:]:
                self._upwards(each)
        return found

    def _receive(self, dossier: str, case: JudgedCase) -> None:
        course, limit_at = case.course, case.standing.late_reception_at
        received, submitted = course.received_at, course.submitted_at
        if received is None or submitted is None or limit_at is None or received <= limit_at:
            return
        if not self._month.start <= received < min(self._month.end, self.as_of + 1):
            return
        unit = unit_of(case.holdings[0].unit if case.holdings else case.unit)
        if self._upwards(unit):
            self._receptions.append(
                ReceptionLine(
                    dossier=dossier,
                    procedure=course.procedure,
                    unit=unit,
                    submitted_at=submitted,
                    received_at=received,
                    over=case.calendar.between(limit_at, received),
                )
            )

    def _row(
        self, dossier: str, case: JudgedCase, charges: tuple[Charge, ...], said: Remarks
    ) -> DossierLine:
        course, found = case.course, case.attribution
        if course.received_at is None or course.due_at is None:
            raise ValueError(f"{dossier} is not late")
        charged = any(charge.amount for charge in charges)
        return DossierLine(
            dossier=dossier,
            procedure=course.procedure,
            unit=unit_of(case.unit if charged else case.passed_by),
            received_at=course.received_at,
            due_at=course.due_at,
            finished_at=course.finished_at,
            late=found.late if found else 0,
            unassigned=found.unassigned if found else 0,
            day=case.calendar.day_length,
            calendar=case.calendar.version,
            rules=course.rules,
            step=costliest(found) if found else "",
            charges=charges,
            marks=tuple(marks_of(case)),
            listed_in=tuple(sorted(self._listed.get(dossier, ()))),
            apologised=said.apologised,
            reason=said.reason,
        )
