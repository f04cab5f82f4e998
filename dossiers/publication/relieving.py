"""The rows of dossiers after the review: which leave the list, and whose charge is taken off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from dossiers.publication.reviewed import Reviewed, Ruling, cases_of
from dossiers.wire.late_lists import Charge, DossierLine, ExcludedLine
from dossiers.wire.publications import Case


class Relieved(NamedTuple):
    """One row. ``row``: as it stays in the list, None if it leaves it. ``rulings``: those that
    did it, by case."""

    frozen: DossierLine
    row: DossierLine | None
    rulings: tuple[tuple[Case, Ruling], ...]


def relieved_rows(rows: Iterable[DossierLine], found: Reviewed) -> Iterator[Relieved]:
    """Every row after the review. A ruling about what is not in the list does nothing."""
    of_dossiers: dict[str, list[Case]] = {}
    for case in found.relieved:
        of_dossiers.setdefault(case.dossier, []).append(case)
    for row in rows:
        cases = of_dossiers.get(row.dossier)
        yield _relieved(row, cases, found) if cases else Relieved(row, _said(row, found), ())


def excluded_lines(rows: Iterable[Relieved], texts: Mapping[str, str]) -> Iterator[ExcludedLine]:
    """The annex, by unit, then dossier, then officer. ``texts``: by their SHA-256."""
    lines = (_excluded(each.frozen, *ruling, texts) for each in rows for ruling in each.rulings)
    return iter(sorted(lines, key=lambda line: (line.unit, line.dossier, line.officer)))


def _relieved(row: DossierLine, cases: Iterable[Case], found: Reviewed) -> Relieved:
    there = set(cases_of(row))
    mine = sorted((case for case in cases if case in there), key=msgspec.structs.astuple)
    rulings = [(case, found.relieved[case]) for case in mine]
    for_unit = [one for one in rulings if one[1].relief == "unit"]
    if for_unit:
        return Relieved(row, None, (for_unit[0],))  # one line of the annex for one dossier
    freed = {(case.unit, case.officer) for case, _ in rulings}
    charges = tuple(_freed(charge) if _who(charge) in freed else charge for charge in row.charges)
    kept = msgspec.structs.replace(_said(row, found), charges=charges)
    return Relieved(row, kept, tuple(rulings))


def _who(charge: Charge) -> tuple[str, str]:
    return charge.unit, charge.officer


def _freed(charge: Charge) -> Charge:
    """The unit's still, and nobody's name on it."""
    return msgspec.structs.replace(charge, officer="", relieved=True)


def _said(row: DossierLine, found: Reviewed) -> DossierLine:
    reason = found.of_dossiers.get(row.dossier, "")
    return msgspec.structs.replace(row, reason=reason) if reason else row


def _excluded(
    row: DossierLine, case: Case, ruling: Ruling, texts: Mapping[str, str]
) -> ExcludedLine:
    of_holder = ruling.relief == "holder"
    return ExcludedLine(
        dossier=row.dossier,
        procedure=row.procedure,
        unit=case.unit if of_holder else row.unit,
        officer=case.officer if of_holder else "",
        relief=ruling.relief,
        reason=ruling.reason,
        text=texts.get(ruling.text, ""),
    )
