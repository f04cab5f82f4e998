"""The log against ClickHouse's raw events: every record is there, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from oracle.checks.cut import CutPartition
from oracle.checks.report import Check
from oracle.ports import Database

_EVENTS = """
SELECT dossier_id, count() AS events, sum(`offset`) AS offsets, sum(CRC32(event_id)) AS ids,
    sum(toUnixTimestamp64Milli(occurred_at)) AS times
FROM dossier_events FINAL
WHERE timeline = {timeline:String} AND `offset` < {until:Array(UInt64)}[`partition` + 1]
GROUP BY dossier_id
"""
_NONE = (0, 0, 0, 0)


def check_events(store: Database, timeline: str, parts: Mapping[int, CutPartition]) -> Check:
    """Dossier by dossier: number, ids, places and times of the events up to the cut, the first of
    each id. Late news of archived dossiers are dead letters, and have their rows. Where something
    is wrong in a dead letter, its number may have no place in a column, or its partition may be
    that of another dossier: such dossiers are left out, and counted."""
    check = Check("ClickHouse events = events of the log")
    until = [parts[number].until for number in sorted(parts)]
    found = {
        row["dossier_id"]: (row["events"], row["offsets"], row["ids"], row["times"])
        for row in store.query(_EVENTS, {"timeline": timeline, "until": until})
    }
    expected = {d: each.sums for part in parts.values() for d, each in part.readable.items()}
    odd = {dossier_id for part in parts.values() for dossier_id in part.odd}
    for dossier_id in (expected | found).keys() - odd:
        check.compared += 1
        there, wanted = found.get(dossier_id, _NONE), expected.get(dossier_id, _NONE)
        if there[0] != wanted[0]:
            check.differ(f"{dossier_id}: {there[0]} events in ClickHouse, {wanted[0]} in the log")
        elif there != wanted:
            check.differ(f"{dossier_id}: other events in ClickHouse than in the log")
    if odd:
        check.left_out = [f"those with a dead letter that can be read: {len(odd)} dossiers"]
    return check
