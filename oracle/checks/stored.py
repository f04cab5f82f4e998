"""The recount against the rows of ClickHouse: dossiers, tallies and alerts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dossiers.tallies.vector import FIELDS
from dossiers.wire.records import DossierRecord
from dossiers.wire.tallies import Tally
from oracle.checks.cut import CutPartition
from oracle.checks.report import Check
from oracle.figures import LogCount
from oracle.ports import Database

_DOSSIERS = """
SELECT dossier_id, epoch, offset, standing, unit, officer, due_at, received_at, finished_at
FROM dossiers FINAL WHERE timeline = {timeline:String}
"""
_TALLIES = f"""
SELECT scope, max(version) AS newest, argMax([{", ".join(FIELDS)}], version) AS vector
FROM tallies WHERE timeline = {{timeline:String}} GROUP BY scope
"""  # noqa: S608 (column names of our own)
_ALERTS = """
SELECT alert_id, any(dossier_id) AS dossier, max(sequence) AS last, count() AS transitions
FROM alerts FINAL WHERE timeline = {timeline:String} AND dossier_id != ''
GROUP BY alert_id
"""


def ms(at: datetime | None) -> int | None:
    """ClickHouse's time as the topics have it."""
    return None if at is None else round(at.timestamp() * 1000)


def check_dossiers(
    store: Database,
    timeline: str,
    parts: Mapping[int, CutPartition],
    counts: Mapping[int, LogCount],
) -> Check:
    """Row by row: ClickHouse has the state that the changelog has.

    It keeps the rows of dropped dossiers; of these only what no later change of the rules can alter
    is compared, with the recount. A dossier that came back has the row of its last life.
    """
    check = Check("ClickHouse dossiers = dossier table")
    rows = {r["dossier_id"]: r for r in store.query(_DOSSIERS, {"timeline": timeline})}
    for number, part in parts.items():
        for dossier_id in counts[number].ever.keys() - part.records.keys():
            _check_dropped(check, dossier_id, rows.get(dossier_id), part, counts[number])
    for part in parts.values():
        for dossier_id, record in part.records.items():
            row = rows.get(dossier_id)
            if row is None:
                check.differ(f"{dossier_id}: not in ClickHouse")
            elif (row["epoch"], row["offset"]) > (record.epoch, record.offset):
                check.moved += 1
            else:
                check.equal(dossier_id, _of_row(row), _of_record(record))
    return check


def _check_dropped(
    check: Check,
    dossier_id: str,
    row: Mapping[str, Any] | None,
    part: CutPartition,
    count: LogCount,
) -> None:
    story = count.last.get(dossier_id) or count.ever[dossier_id]
    if row is None:
        check.differ(f"{dossier_id}: dropped from the stream, and not in ClickHouse")
    elif (row["epoch"], row["offset"]) > part.version:
        check.moved += 1
    else:
        found = (row["unit"], row["officer"], ms(row["received_at"]), ms(row["finished_at"]))
        check.equal(dossier_id, found, (story.unit, story.officer, story.received, story.end))


def _of_row(row: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        row["epoch"], row["offset"], row["standing"], row["unit"], row["officer"],
        ms(row["due_at"]), ms(row["received_at"]), ms(row["finished_at"]),
    )  # fmt: skip


def _of_record(record: DossierRecord) -> tuple[object, ...]:
    return (
        record.epoch, record.offset, record.standing.verdict, record.unit, record.course.officer,
        record.course.due_at, record.course.received_at, record.course.finished_at,
    )  # fmt: skip


def check_tallies(
    store: Database, timeline: str, tallies: Mapping[str, tuple[int, Tally]]
) -> Check:
    """The newest row of every scope is the newest record of the topic."""
    check = Check("ClickHouse tallies = tallies topic")
    rows = {r["scope"]: r for r in store.query(_TALLIES, {"timeline": timeline})}
    for scope, (offset, tally) in tallies.items():
        row = rows.get(scope)
        if row is None:
            check.differ(f"{scope}: not in ClickHouse")
        elif row["newest"] > offset:
            check.moved += 1
        else:
            found = (row["newest"], tuple(row["vector"]))
            check.equal(scope, found, (offset, tally.vector))
    return check


def check_alerts(store: Database, timeline: str, parts: Mapping[int, CutPartition]) -> Check:
    """Every transition is there once, and none is missing before the last one.

    Alerts of dossiers that were dropped stand in no state: their number is not compared.
    """
    check = Check("ClickHouse alerts = alerts of the dossier table")
    found = store.query(_ALERTS, {"timeline": timeline})
    for row in found:
        check.equal(f"transitions of {row['alert_id']}", row["transitions"], row["last"])
    told = sum(len(r.alerts) for part in parts.values() for r in part.records.values())
    known = {dossier_id for part in parts.values() for dossier_id in part.records}
    stored = sum(row["dossier"] in known for row in found)
    if stored > told:
        check.moved += stored - told
    else:
        check.equal("alerts", stored, told)
    return check
