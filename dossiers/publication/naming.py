"""Rows as far as people are named in them: by name, by position alone, or not at all."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dossiers.publication.people import by_name, names_of
from dossiers.text.canonical import canonical_json
from dossiers.wire.late_lists import (
    Charge,
    DossierLine,
    ExcludedLine,
    NameSheet,
    NamesPolicy,
    OfficerLine,
)


def named_officers(
    lines: Iterable[OfficerLine], sheet: NameSheet | None, policy: NamesPolicy
) -> tuple[OfficerLine, ...]:
    """In the order of rows. Positions stand in an order that tells nothing about names."""
    if policy == "none":
        return ()
    if policy == "name":
        return by_name(lines, names_of(sheet))
    positions = {one.officer: one.position for one in sheet.officers} if sheet is not None else {}
    told = (
        msgspec.structs.replace(line, officer="", position=positions.get(line.officer, ""))
        for line in lines
    )
    return tuple(sorted(told, key=lambda line: (line.unit, line.position, canonical_json(line))))


def named_dossier(row: DossierLine, policy: NamesPolicy) -> DossierLine:
    """Without names, what fell on several in one step of one unit is one charge."""
    if policy == "name":
        return row
    together: dict[tuple[str, str, bool], Charge] = {}
    for charge in row.charges:
        key = charge.unit, charge.step, charge.relieved
        found = together.get(key)
        amount = charge.amount + (found.amount if found is not None else 0)
        together[key] = msgspec.structs.replace(found or charge, officer="", amount=amount)
    return msgspec.structs.replace(row, charges=tuple(together.values()))


def named_exclusions(
    lines: Iterable[ExcludedLine], policy: NamesPolicy
) -> tuple[ExcludedLine, ...]:
    """Officers only where officers are named; the text may say who, so it goes as well, and so does
    the order in which officers stood."""
    if policy == "name":
        return tuple(lines)
    told = (msgspec.structs.replace(line, officer="", text="") for line in lines)
    return tuple(sorted(told, key=lambda line: (line.unit, line.dossier, line.reason)))


def named_sheet(
    sheet: NameSheet | None, officers: Iterable[str], policy: NamesPolicy
) -> NameSheet | None:
    """Of these officers; None if nobody is named."""
    if sheet is None or policy != "name":
        return None
    wanted = set(officers)
    return msgspec.structs.replace(
        sheet, officers=tuple(one for one in sheet.officers if one.officer in wanted)
    )
