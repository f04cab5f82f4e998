"""The recount against ClickHouse's hours of late dossiers: who held them, and whose they were.

What a row says is as of its dossier's last change; the recount judges each at that very instant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any

from dossiers.reference.in_force import InForce
from dossiers.wire.records import DossierRecord
from oracle.checks.cut import CutPartition
from oracle.checks.report import Check
from oracle.checks.stored import ms
from oracle.figures import LogCount
from oracle.late_hours import LateHours, hours_at
from oracle.late_shares import HandShare
from oracle.ports import Database
from oracle.verdicts import LATE

_EACH = ("units", "officers", "steps", "used", "limits", "raw", "charges", "inherited")
_HOURS = f"""
SELECT dossier_id, epoch, offset, as_of, {", ".join(f"held_{name}" for name in _EACH)},
    late_work, unassigned_work, before_work, worked, grows
FROM dossiers FINAL
WHERE timeline = {{timeline:String}} AND dossier_id IN {{ids:Array(String)}}
"""  # noqa: S608 (column names of our own)
_BATCH = 2_000  # dossiers asked for at once
_NO_LIMIT = -1  # as the table has it
_MERGED = "what went through units that were merged on the way"
_OTHER = "what is open, and was written under other reference data or by their change"
_Late = tuple[int, DossierRecord]  # by which partition


def check_late_hours(
    store: Database,
    timeline: str,
    parts: Mapping[int, CutPartition],
    counts: Mapping[int, LogCount],
    in_force: Mapping[int, InForce],
) -> Check:
    """Hand by hand, of every dossier that is late or overdue and has not left the stream: its unit,
    officer and step, and the working time that it used, was given and is charged with.
    ``in_force``: what counts when, by partition."""
    check = Check("ClickHouse hours of late dossiers = recount of the log")
    unlike: Counter[str] = Counter()
    late = (
        (number, record)
        for number, part in parts.items()
        for dossier_id, record in part.records.items()
        if record.standing.verdict in LATE and dossier_id in counts[number].late
    )
    for batch in _batches(late):
        ids = [record.dossier_id for _, record in batch]
        found = store.query(_HOURS, {"timeline": timeline, "ids": ids})
        rows = {row["dossier_id"]: row for row in found}
        for number, record in batch:
            row = rows.get(record.dossier_id)
            if row is None:
                check.differ(f"{record.dossier_id}: not in ClickHouse")
            elif (row["epoch"], row["offset"]) > (record.epoch, record.offset):
                check.moved += 1
            else:
                events = counts[number].late[record.dossier_id]
                told = hours_at(events, (ms(row["as_of"]) or 0) + 1, in_force[number])
                why = _unlike(told, in_force[number], record.as_of, parts[number].now)
                unlike[why] += 1
                if not why:
                    _compare(check, row, told)
    check.left_out = [f"{why}: {many} dossiers" for why, many in unlike.items() if why]
    check.left_out.append("dossiers that have left the stream")
    return check


def _batches(late: Iterator[_Late]) -> Iterator[list[_Late]]:
    while batch := list(islice(late, _BATCH)):
        yield batch


def _unlike(told: LateHours, in_force: InForce, as_of: int, now: int) -> str:
    """Why the row may say something else, "" if it may not. ``as_of``: of the row, ``now``: of the
    partition, both ms."""
    if any(share.hand.unit in told.context.ended for share in told.split.each):
        return _MERGED
    before, last = in_force.at(as_of - 1), in_force.at(max(as_of + 1, now))
    if not (told.ended or before is told.context is last):
        return _OTHER  # which of them the sink knew then is not told
    return ""


def _compare(check: Check, row: Mapping[str, Any], told: LateHours) -> None:
    each = told.split.each
    rounding = 2 * len(each) + 2  # ms: the product has whole ones
    odd = _odd_whole(row, told, rounding) + _odd_hands(row, each, rounding)
    check.compared += 1
    if odd:
        check.differ(f"hours of {row['dossier_id']}: {'; '.join(odd[:4])}")


def _odd_whole(row: Mapping[str, Any], told: LateHours, rounding: int) -> list[str]:
    late = told.split.late
    unassigned = late - sum((share.charge for share in told.split.each), Fraction())
    amounts = (
        ("late_work", late, 0),
        ("unassigned_work", unassigned, rounding),
        ("before_work", told.split.before, rounding),
        ("worked", Fraction(told.worked), 0),
        ("grows", Fraction(told.grows), 0),
    )
    return [
        f"{name} {row[name]}, recounted {round(amount)}"
        for name, amount, room in amounts
        if abs(row[name] - amount) > room
    ]


def _odd_hands(row: Mapping[str, Any], each: Sequence[HandShare], rounding: int) -> list[str]:
    """What is wrong about who held it, or else about their amounts."""
    columns = [row[f"held_{name}"] for name in _EACH]
    if len(set(map(len, columns))) > 1:
        return ["its columns are of different lengths"]
    held = list(zip(*columns, strict=True))
    found = [(*hand[:4], hand[4] != _NO_LIMIT) for hand in held]
    expected = [
        (share.hand.unit, share.hand.officer, share.step, share.used, share.given is not None)
        for share in each
    ]
    if found != expected:
        return [f"hands {found}, recounted {expected}"]
    return [
        f"{name} of hand {number} {amount}, recounted {round(other)}"
        for number, (hand, share) in enumerate(zip(held, each, strict=True), 1)
        for name, amount, other in zip(_EACH[4:], hand[4:], _amounts(share), strict=True)
        if abs(amount - other) > rounding
    ]


def _amounts(share: HandShare) -> tuple[Fraction, ...]:
    given = Fraction(_NO_LIMIT) if share.given is None else share.given
    return given, share.raw, share.charge, share.inherited
