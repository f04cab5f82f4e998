"""Who is charged with a late dossier, and what its row says of it."""

from __future__ import annotations

from collections.abc import Iterator

from dossiers.publication.lines import NOBODY
from dossiers.reference.context import UNKNOWN
from dossiers.reports.attribution import Attribution
from dossiers.reports.case import JudgedCase
from dossiers.wire.flags import REOPENED, REWRITTEN, VOIDED
from dossiers.wire.late_lists import Charge, Mark

_FLAGS: tuple[tuple[str, Mark], ...] = (
    (REWRITTEN, "rewritten"), (VOIDED, "retracted"), (REOPENED, "reopened"),
)  # fmt: skip


def charges_of(case: JudgedCase) -> tuple[Charge, ...]:
    """Of a late dossier: who is charged, in the order in which they held it. If nobody is, because
    no working time has passed since the due time, it is the unit's that held it then."""
    found: dict[tuple[str, str, str], Charge] = {}
    for part in case.attribution.parts if case.attribution is not None else ():
        if part.charge:
            holding = part.holding
            key = (unit_of(holding.unit), officer_of(holding.officer), holding.step)
            before = found.get(key)
            found[key] = Charge(
                unit=key[0],
                officer=key[1],
                step=key[2],
                amount=part.charge + (before.amount if before else 0),
                inherited=before.inherited if before else part.inherited,
            )
    nobody = Charge(unit=unit_of(case.passed_by), officer="", step="", amount=0)
    return tuple(found.values()) or (nobody,)


def unit_of(unit: str) -> str:
    """A holding's unit, as a list names it: nobody's unit has an id of its own."""
    return unit or UNKNOWN


def officer_of(officer: str) -> str:
    """A holding's officer; "" also for one whose name could not be matched."""
    return "" if officer in NOBODY else officer


def marks_of(case: JudgedCase) -> Iterator[Mark]:
    """What is odd about its dates."""
    for flag, mark in _FLAGS:
        if flag in case.course.flags:
            yield mark
    if case.standing.backdated:
        yield "backdated"


def costliest(found: Attribution) -> str:
    """The step with the largest charge; of equal ones the first by name."""
    steps = found.by_step()
    return min(steps, key=lambda step: (-steps[step], step)) if any(steps.values()) else ""
