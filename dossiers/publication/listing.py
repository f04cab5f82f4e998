"""The list that is published, from the frozen one and what the review came to.

Published is frozen less excluded: for the whole, for each unit and for each officer. Excluding
lowers what is late, never the total. All of it is pure, so whoever has the frozen files and the
records makes the same list, byte for byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from dossiers.publication.lines import LateLines, charged_officers, lines_of, parents_of, totals_of
from dossiers.publication.naming import (
    named_dossier,
    named_exclusions,
    named_officers,
    named_sheet,
)
from dossiers.publication.relieving import Relieved, excluded_lines, relieved_rows
from dossiers.publication.reviewed import NOTHING_REVIEWED, Reviewed
from dossiers.publication.sealing import hashes_of, sealed
from dossiers.text.canonical import canonical_json, sha256_of
from dossiers.wire.late_lists import (
    Counts,
    DossierLine,
    ExcludedLine,
    ListCore,
    ListRows,
    NameSheet,
    NamesPolicy,
    OfficerLine,
    Pair,
    UnitLine,
)

HeldLine = TypeVar("HeldLine", UnitLine, OfficerLine)


class ListFiles(NamedTuple):
    """``sheet``: None if nobody is named."""

    core: ListCore
    rows: ListRows
    sheet: NameSheet | None


class DoesNotAddUp(ValueError):
    """Published is not frozen less excluded: a fault of ours, or of what was frozen."""


def list_of(
    core: ListCore,
    rows: ListRows,
    sheet: NameSheet | None,
    found: Reviewed,
    policy: NamesPolicy,
    secret: bytes,
    texts: Mapping[str, str] | None = None,
) -> ListFiles:
    """From the frozen files. ``secret``: of the freeze; ``texts``: those of the decisions, by their
    SHA-256. Raises DoesNotAddUp."""
    reviewed_rows = list(relieved_rows((one.row for one in rows.dossiers), found))
    kept = [each.row for each in reviewed_rows if each.row is not None]
    officers = [one.row for one in rows.officers]
    receptions = [one.row for one in rows.receptions]
    totals = totals_of(core.whole, core.units, officers)
    lines = lines_of(kept, receptions, totals, parents_of(core.units), found.said)
    lines = _with_excluded(lines, core, officers, reviewed_rows)
    _check(core, officers, lines, reviewed_rows)
    core = msgspec.structs.replace(
        core, stage="list", frozen=sha256_of(canonical_json(core)), names=policy
    )
    excluded = tuple(excluded_lines(reviewed_rows, texts or {}))
    return _files(core, lines, kept, rows, excluded, sheet, secret)


def unreviewed_list(
    core: ListCore, rows: ListRows, sheet: NameSheet | None, policy: NamesPolicy, secret: bytes
) -> ListFiles:
    """As it would be published if nobody had explained anything."""
    return list_of(core, rows, sheet, NOTHING_REVIEWED, policy, secret)


def reduced_of(core: ListCore, rows: ListRows, secret: bytes) -> ListFiles:
    """From the published list: the same figures, and nobody in them. ``secret``: a new one, so that
    nothing leads from these rows to those that are erased."""
    lines = LateLines(core.whole, core.days, core.units, ())
    core = msgspec.structs.replace(core, stage="reduced", names="none")
    excluded = tuple(one.row for one in rows.excluded)
    return _files(core, lines, [one.row for one in rows.dossiers], rows, excluded, None, secret)


def _files(
    core: ListCore,
    lines: LateLines,
    dossiers: Iterable[DossierLine],
    frozen: ListRows,
    excluded: Sequence[ExcludedLine],
    sheet: NameSheet | None,
    secret: bytes,
) -> ListFiles:
    """Sealed, as far as the core's policy names people."""
    policy = core.names
    rows = ListRows(
        officers=tuple(
            sealed(secret, "officers", line)
            for line in named_officers(lines.officers, sheet, policy)
        ),
        dossiers=tuple(sealed(secret, "dossiers", named_dossier(row, policy)) for row in dossiers),
        receptions=tuple(sealed(secret, "receptions", one.row) for one in frozen.receptions),
        excluded=tuple(
            sealed(secret, "excluded", line) for line in named_exclusions(excluded, policy)
        ),
    )
    sheet = named_sheet(sheet, _mentioned(rows), policy)
    return ListFiles(_core(core, lines, rows, sheet), rows, sheet)


def _core(core: ListCore, lines: LateLines, rows: ListRows, sheet: NameSheet | None) -> ListCore:
    return msgspec.structs.replace(
        core,
        sheet=sha256_of(canonical_json(sheet)) if sheet is not None else "",
        whole=lines.whole,
        days=lines.days,
        units=lines.units,
        officers=hashes_of(rows.officers),
        dossiers=hashes_of(rows.dossiers),
        receptions=hashes_of(rows.receptions),
        excluded=hashes_of(rows.excluded),
    )


def _mentioned(rows: ListRows) -> set[str]:
    """Officers, by id."""
    charged = {charge.officer for one in rows.dossiers for charge in one.row.charges}
    return (
        charged
        | {one.row.officer for one in rows.officers}
        | {one.row.officer for one in rows.excluded}
    )


def _with_excluded(
    lines: LateLines, core: ListCore, officers: Sequence[OfficerLine], rows: Iterable[Relieved]
) -> LateLines:
    """What was taken out stands beside what is left. It is counted from the rulings, not as the
    difference, so that the difference proves it."""
    out = [each for each in rows if each.rulings]
    gone = [each.frozen for each in out if each.row is None]
    totals = totals_of(core.whole, core.units, officers)
    taken = lines_of(gone, (), totals, parents_of(core.units))
    units = {line.unit: line.counts.late for line in taken.units}
    people = Counter(who for each in out for who in _freed(each))
    return LateLines(
        _excluding(lines.whole, taken.whole.late),
        lines.days,
        tuple(_excluding_of(line, units.get(line.unit, 0)) for line in lines.units),
        tuple(_excluding_of(one, people[one.unit, one.officer]) for one in lines.officers),
    )


def _freed(each: Relieved) -> Iterable[Pair]:
    """Officers for whom a row counts no more."""
    if each.row is None:
        return charged_officers(each.frozen)
    return [(case.unit, case.officer) for case, _ in each.rulings]


def _excluding(counts: Counts, count: int) -> Counts:
    return msgspec.structs.replace(counts, excluded=count)


def _excluding_of(line: HeldLine, count: int) -> HeldLine:
    return msgspec.structs.replace(line, counts=_excluding(line.counts, count))


def _check(
    core: ListCore, officers: Iterable[OfficerLine], lines: LateLines, rows: Iterable[Relieved]
) -> None:
    """Frozen = published + excluded, and no total has changed."""
    people = Counter(who for each in rows if each.rulings for who in _freed(each))
    left = {(line.unit, line.officer): line.counts for line in lines.officers}
    _same("the whole", core.whole, lines.whole)
    for before, after in zip(core.units, lines.units, strict=True):
        _same(before.unit, before.counts, after.counts)
    for line in officers:
        who = line.unit, line.officer
        gone = Counts(
            total=line.counts.total, late=0, done=0, open=0, zero=0, repeated=0, apologised=0,
            late_receptions=0, unmatched=0, excluded=people[who],
        )  # fmt: skip
        _same(f"{line.officer} of {line.unit}", line.counts, left.get(who, gone))


def _same(whose: str, frozen: Counts, published: Counts) -> None:
    if frozen.late != published.late + published.excluded:
        raise DoesNotAddUp(
            f"{whose}: {frozen.late} frozen, {published.late} published and "
            f"{published.excluded} excluded"
        )
    if frozen.total != published.total:
        raise DoesNotAddUp(f"{whose}: total {frozen.total} frozen, {published.total} published")
