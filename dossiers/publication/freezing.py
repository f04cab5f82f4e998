"""The frozen list of a month, from what was counted: the same content has the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dossiers.publication.counting import CountedMonth
from dossiers.publication.lines import LateLines, lines_of
from dossiers.publication.people import by_name
from dossiers.publication.sealing import hashes_of, salt_of, sealed
from dossiers.reference.context import Context
from dossiers.reference.unlisted import shown_name
from dossiers.reports.attribution import METHOD
from dossiers.reports.late_lines import Month
from dossiers.text.canonical import canonical_json, sha256_of
from dossiers.wire.late_lists import (
    Arriving,
    Cut,
    ListCore,
    ListRows,
    NameSheet,
    OfficerName,
    Pair,
    Thresholds,
)
from dossiers.wire.publications import list_id


class Freeze(NamedTuple):
    """What is frozen, and how much was known. ``as_of`` (ms): when the dossiers are judged: the
    month's end, or the watermark of a month that is not over. ``first_at`` (ms): the date of the
    oldest event, None if there is none. ``last_at``: the date (ms) of the newest event of each
    source."""

    month: Month
    scope: str
    edition: int
    cites: str
    simulation: bool
    timeline: str
    cut: Cut
    watermark: int
    as_of: int
    thresholds: Thresholds
    first_at: int | None
    last_at: Mapping[str, int]


class FrozenList(NamedTuple):
    """``secret``: behind the salts of the rows."""

    core: ListCore
    rows: ListRows
    sheet: NameSheet
    secret: bytes


class FrozenBytes(NamedTuple):
    """The files of a frozen list, as they are kept; all canonical JSON but the secret."""

    core: bytes
    rows: bytes
    sheet: bytes
    secret: bytes


def frozen_list(
    freeze: Freeze, counted: CountedMonth, context: Context, secret: bytes
) -> FrozenList:
    """``context``: the reference data of the month's end."""
    names = _Names(context)
    sheet = names.sheet(counted, secret)
    known = {one.officer: one.name for one in sheet.officers}
    lines = lines_of(counted.dossiers, counted.receptions, counted.totals, counted.parents)
    rows = ListRows(
        officers=tuple(sealed(secret, "officers", each) for each in by_name(lines.officers, known)),
        dossiers=tuple(sealed(secret, "dossiers", each) for each in counted.dossiers),
        receptions=tuple(sealed(secret, "receptions", each) for each in counted.receptions),
    )
    core = _core(freeze, counted, lines, rows, names, sha256_of(canonical_json(sheet)))
    return FrozenList(core, rows, sheet, secret)


def bytes_of(found: FrozenList) -> FrozenBytes:
    """The files."""
    return FrozenBytes(
        canonical_json(found.core),
        canonical_json(found.rows),
        canonical_json(found.sheet),
        found.secret,
    )


def _core(
    freeze: Freeze,
    counted: CountedMonth,
    lines: LateLines,
    rows: ListRows,
    names: _Names,
    sheet: str,
) -> ListCore:
    month, dossiers = freeze.month, counted.dossiers
    units = {line.unit for line in lines.units}
    units |= {row.unit for row in dossiers} | {row.unit for row in counted.receptions}
    units |= {charge.unit for row in dossiers for charge in row.charges}
    steps = {row.step for row in dossiers} | {c.step for row in dossiers for c in row.charges}
    return ListCore(
        stage="frozen",
        simulation=freeze.simulation,
        id=list_id(month.name, freeze.scope),
        month=month.name,
        scope=freeze.scope,
        edition=freeze.edition,
        cites=freeze.cites,
        timezone=names.timezone,
        start=month.start,
        end=month.end,
        as_of=freeze.as_of,
        watermark=freeze.watermark,
        since=max(month.start, freeze.first_at or month.start),
        timeline=freeze.timeline,
        cut=freeze.cut,
        reference=names.reference,
        calendars=tuple(sorted({row.calendar for row in dossiers})),
        rules=tuple(sorted({row.rules for row in dossiers if row.rules})),
        method=METHOD,
        thresholds=freeze.thresholds,
        arriving=tuple(_arriving(freeze, names.context)),
        sheet=sheet,
        whole=lines.whole,
        days=lines.days,
        units=lines.units,
        unit_names=names.units(units),
        procedure_names=names.procedures(
            [*(row.procedure for row in dossiers), *(r.procedure for r in counted.receptions)]
        ),
        step_names=names.steps(steps),
        officers=hashes_of(rows.officers),
        dossiers=hashes_of(rows.dossiers),
        receptions=hashes_of(rows.receptions),
    )


def _arriving(freeze: Freeze, context: Context) -> Iterable[Arriving]:
    """Sources that must not fall silent, and those that sent something in the month, of which
    nothing is known yet that is dated after it."""
    month, expected = freeze.month, {source.id for source in context.reference.sources}
    for source in sorted(expected | freeze.last_at.keys()):
        last = freeze.last_at.get(source)
        in_month = last is not None and month.start <= last < month.end
        if in_month or (source in expected and (last is None or last < month.end)):
            yield Arriving(source=source, last_at=last)


class _Names:
    """Names as of the month's end; what has none is shown by its id."""

    def __init__(self, context: Context) -> None:
        reference = context.reference
        self.context = context
        self.timezone, self.reference = reference.timezone, context.hash
        self._officers = {officer.id: officer for officer in reference.officers}
        self._units = {unit.id: unit.name for unit in reference.units}
        self._procedures = {each.id: each.name for each in reference.procedures}
        self._steps = {s.id: s.name for p in reference.procedures for s in p.steps}

    def units(self, ids: Iterable[str]) -> tuple[Pair, ...]:
        return _named(ids, self._units)

    def procedures(self, ids: Iterable[str]) -> tuple[Pair, ...]:
        return _named(ids, self._procedures)

    def steps(self, ids: Iterable[str]) -> tuple[Pair, ...]:
        return _named(ids, self._steps)

    def sheet(self, counted: CountedMonth, secret: bytes) -> NameSheet:
        """Of everybody who is charged."""
        ids = {c.officer for row in counted.dossiers for c in row.charges if c.officer}
        return NameSheet(
            salt=salt_of(secret, "sheet", ""), officers=tuple(map(self._officer, sorted(ids)))
        )

    def _officer(self, id_: str) -> OfficerName:
        found = self._officers.get(id_)
        if found is None:
            return OfficerName(officer=id_, name=shown_name(id_))
        return OfficerName(officer=id_, name=found.name or id_, position=found.position)


def _named(ids: Iterable[str], names: Mapping[str, str]) -> tuple[Pair, ...]:
    return tuple((each, names.get(each) or shown_name(each)) for each in sorted({*ids} - {""}))
