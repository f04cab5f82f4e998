"""Frozen lists against a recount of the log from which they were made, and made once more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from dossiers.wire.late_lists import Cut
from oracle.checks.report import Check
from oracle.frozen_lists import (
    NOBODY,
    Compiled,
    FrozenMonth,
    RecountedMonth,
    known_log,
    recount,
    shares_of,
)
from oracle.list_editions import RecountedEdition
from oracle.listed import Json, lines
from oracle.ports import KeptFiles, ReadTopic
from oracle.publications import Chain

Remake = Callable[
    [RecountedEdition], tuple[str, str, str]
]  # SHA-256 of core, rows and sheet, made again
_ROUNDING = 4  # ms for each charge: the product has whole ones


def check_frozen(
    chain: Chain,
    files: KeptFiles,
    read: ReadTopic,
    timeline: str,
    compiled: Compiled,
    remake: Remake,
) -> list[Check]:
    """Every frozen list of ``timeline``, whose log is there. ``compiled``: reference data by its
    hash. ``remake`` may raise ValueError, which is a difference; ``read`` errors of its own."""
    counted = Check("late lists: frozen = recount of the log")
    again = Check("late lists: frozen = made once more, byte for byte")
    others = 0
    for edition in (each for editions in chain.lists.values() for each in editions):
        frozen = edition.frozen
        core, rows = _json(files, frozen.core), _json(files, frozen.rows)
        if frozen.timeline != timeline or core is None or rows is None:
            others += 1
            continue
        name = f"{frozen.list} edition {frozen.edition}"
        month = _recounted(read, core, compiled)
        compare_month(counted, name, core, rows, month)
        _compare_again(again, name, edition, remake)
    for check in (counted, again):
        if others:
            check.left_out.append(f"{others} whose log or rows are not there any more")
    counted.left_out.append("late receptions, and what went through units that were merged")
    return [counted, again]


def _json(files: KeptFiles, digest: str) -> Json | None:
    body = files.read(digest)
    return None if body is None else json.loads(body)


def _recounted(read: ReadTopic, core: Json, compiled: Compiled) -> RecountedMonth:
    cut = Cut(**{**core["cut"], "events": tuple(core["cut"]["events"])})
    log = known_log(read, core["timeline"], cut)
    month = FrozenMonth(core["start"], core["end"], core["as_of"], core["watermark"], core["scope"])
    return recount(log, month, log.in_force(compiled))


def _compare_again(check: Check, name: str, edition: RecountedEdition, remake: Remake) -> None:
    frozen = edition.frozen
    try:
        found = remake(edition)
    except ValueError as error:
        check.differ(f"{name}: {error}")
        return
    for what, digest, expected in zip(
        ("core", "rows", "name sheet"), found, (frozen.core, frozen.rows, frozen.sheet), strict=True
    ):
        check.equal(f"{name}: {what}", digest, expected)


def compare_month(check: Check, name: str, core: Json, rows: Json, month: RecountedMonth) -> None:
    """One list, by its core and rows, with what was recounted."""
    late = {row["dossier"]: row for row in lines(rows, "dossiers")}
    check.equal(f"{name}: dossiers", core["whole"]["total"], month.held)
    for dossier in sorted(late.keys() ^ month.late.keys()):
        check.differ(f"{name}: {dossier} is {'not ' * (dossier in late)}late by the recount")
    for dossier in late.keys() & month.late.keys():
        check.compared += 1
        for sentence in _odd_row(late[dossier], month, dossier):
            check.differ(f"{name}: {dossier}: {sentence}")
    for sentence in _odd_totals(core, rows, month):
        check.differ(f"{name}: {sentence}")
    check.compared += len(core["units"]) + len(rows["officers"])


def _odd_row(row: Json, month: RecountedMonth, dossier: str) -> Iterator[str]:
    entry = month.late[dossier]
    if entry.ended != (row["finished_at"] is not None):
        yield f"{'' if entry.ended else 'not '}finished by the recount"
    if abs(row["late"] - entry.days * row["day"]) > _ROUNDING:
        yield f"late by {row['late']}, recounted {float(entry.days * row['day'])}"
    shares = shares_of(row["charges"])
    if {unit for unit, _ in shares} & month.merged:
        return
    told = {who: amount for who, amount in shares.items() if who[1] != NOBODY}
    mine = {
        (unit or NOBODY, officer): days * row["day"]
        for (unit, officer), days in entry.charges.items()
        if officer != NOBODY
    }
    room = _ROUNDING * (len(row["charges"]) + 1)
    for who in told.keys() ^ mine.keys():
        yield f"{who} is {'not ' * (who in told)}charged by the recount"
    for who in told.keys() & mine.keys():
        if abs(told[who] - mine[who]) > room:
            yield f"{who} is charged {told[who]}, recounted {float(mine[who])}"


def _odd_totals(core: Json, rows: Json, month: RecountedMonth) -> Iterator[str]:
    """Units with those below them, and officers; late ones follow from the rows."""
    found = {(line["unit"], ""): line["counts"]["total"] for line in core["units"]}
    found |= {(e["unit"], e["officer"]): e["counts"]["total"] for e in lines(rows, "officers")}
    for who, total in found.items():
        if who[0] not in month.merged and total != month.totals[who]:
            yield f"{who} had {total} dossiers, recounted {month.totals[who]}"
