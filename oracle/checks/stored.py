"""The recount against ClickHouse: its rows, its tallies, and SQL over its raw events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.tallies.vector import FIELDS
from dossiers.text.identity import folded
from dossiers.wire.events import Snapshot
from dossiers.wire.records import DossierRecord, Tally, officer_scope
from dossiers.wire.reference import Reference
from oracle.checks.cut import CutPartition
from oracle.checks.report import Check
from oracle.figures import LogCount
from oracle.ports import Database
from oracle.sql.counts import Judge, RuleSince
from oracle.sql.counts import recount as sql_recount
from oracle.story import Story

_DOSSIERS = """
SELECT dossier_id, epoch, offset, standing, unit, officer, due_at, received_at, finished_at
FROM dossiers FINAL WHERE timeline = {timeline:String}
"""
_TALLIES = f"""
SELECT scope, max(version) AS newest, argMax([{", ".join(FIELDS)}], version) AS vector
FROM tallies WHERE timeline = {{timeline:String}} GROUP BY scope
"""  # noqa: S608 (column names of our own)
_ALERTS = """
SELECT alert_id, any(dossier_id) AS dossier_id, max(sequence) AS last, count() AS transitions
FROM alerts FINAL WHERE timeline = {timeline:String} AND kind != 'unit_backlog'
GROUP BY alert_id
"""
_BY_SQL = (
    "early", "on_time", "late", "no_due", "within", "waiting", "overdue", "refused", "withdrawn",
    "pending", "suspended", "extended", "rewritten", "reopened", "backdated",
)  # fmt: skip


def ms(at: datetime | None) -> int | None:
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
        record.epoch, record.offset, record.standing, record.unit, record.officer,
        record.due_at, record.received_at, record.finished_at,
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
    stored = sum(row["dossier_id"] in known for row in found)
    if stored > told:
        check.moved += stored - told
    else:
        check.equal("alerts", stored, told)
    return check


def rules_of(context: Context) -> tuple[RuleSince, ...]:
    """What the SQL needs of the rule versions, in their order."""
    reference = context.reference
    limited = {p.id for p in reference.procedures if p.limit is not None or p.same_day}
    found = [(0, reference.rules, limited)]
    for version in reference.rule_versions:
        found.append((context.since_of(version), version.rules, limited | set(version.limits)))
    return tuple(
        RuleSince(
            since,
            rules.stops_status_8,
            rules.on_time_by == "date",
            sorted(procedures),
            all_limited=reference.limit is not None,
        )
        for since, rules, procedures in found
    )


def _judges(in_force: InForce) -> list[Judge]:
    """All reference data that ever counted."""
    return [
        Judge(
            since,
            rules_of(context),
            _units_of(context.reference),
            {unit: context.present_unit(unit) for unit in context.ended},
            context.reference.hashed,
        )
        for since, context in in_force.all_spans() or [(0, in_force.at(0))]
    ]


def _units_of(reference: Reference) -> dict[str, str]:
    """Id by id, and by each name that only one unit has."""
    named: dict[str, set[str]] = {}
    for unit in reference.units:
        for name in (unit.name, unit.short):
            named.setdefault(folded(name), set()).add(unit.id)
    alone = {name: ids.pop() for name, ids in named.items() if name and len(ids) == 1}
    return alone | {unit.id: unit.id for unit in reference.units}


def _same_zone_since(in_force: InForce, context: Context) -> int:
    """From which end on (ms) dossiers were judged in the time zone of ``context``."""
    same = 0
    for since, _ in in_force.activations():
        if in_force.at(since).reference.timezone != context.reference.timezone:
            same = in_force.next_after(since) or same
    return same


def check_sql(
    store: Database, timeline: str, parts: Mapping[int, CutPartition], in_force: InForce,
    counts: Iterable[LogCount],
) -> Check:  # fmt: skip
    """A recount in SQL over the raw events, up to the cut, against the one in batch code.

    Of all time, dropped dossiers as well. What it leaves out is counted: also those that came back
    after they had been dropped, whose row in ClickHouse is that of a part of their events, and
    those of which an event was a dead letter first, since ClickHouse keeps the first arrival.
    """
    stories: dict[str, Story] = {}
    came_back: set[str] = set()
    for count in counts:
        stories.update(count.ever)
        came_back.update(count.last)
    retaken = {each for part in parts.values() for each in part.retaken} - came_back
    unlike = came_back | retaken

    now = max(part.now for part in parts.values())
    context = in_force.at(now)
    zone_since = _same_zone_since(in_force, context)
    found = sql_recount(
        store,
        timeline=timeline,
        as_of=[parts[p].now for p in sorted(parts)],
        until=[parts[p].until for p in sorted(parts)],
        timezone=context.reference.timezone,
        parents={u.id: u.parent for u in context.reference.units if u.parent},
        judges=_judges(in_force),
        now=now,
        ended_since=zone_since,
        without=sorted(unlike),
    )
    shown = {
        event.dossier_id
        for part in parts.values()
        for (event, _), origin in zip(part.events, part.origins, strict=True)
        if isinstance(event, Snapshot) and not origin.refused
    }
    expected: dict[str, dict[str, int]] = {}
    elsewhere = 0
    for dossier_id, story in stories.items():
        if dossier_id in unlike or dossier_id in found.unclear:
            continue
        if dossier_id in shown and dossier_id not in found.by_portal:
            continue
        if story.end is not None and story.end < zone_since:
            elsewhere += 1
            continue
        for scope in context.scopes(story.unit, story.officer):
            if dossier_id in found.by_name and scope.startswith(officer_scope("")):
                continue
            row = expected.setdefault(scope, dict.fromkeys(_BY_SQL, 0))
            if story.verdict in row:
                row[story.verdict] += 1
            row["suspended"] += story.is_suspended
            row["extended"] += story.is_extended
            row["rewritten"] += "rewritten" in story.flags
            row["reopened"] += story.open_again
            row["backdated"] += "backdated" in story.flags
    check = Check("SQL over ClickHouse's raw events = recount of the log")
    check.left_out = [
        f"{what}: {many} dossiers"
        for what, many in (
            ("what came back after it had left the stream", len(came_back)),
            ("what was a dead letter, and taken when it was sent once more", len(retaken)),
            (
                "stops and changed dates in a portal's snapshots",
                len(shown - unlike - found.by_portal),
            ),
            ("what ended in another time zone", elsewhere),
            ("officers of whom only a name is known", len(found.by_name)),
            (
                "working time, so the table's own due time after a limit or a stop",
                found.due_from_fold,
            ),
            ("new due times after one that working time had moved", len(found.unclear)),
        )
        if many
    ] + ["steps over their limit, late receptions, windows, other flags and other verdicts"]
    for scope in sorted(set(expected) | set(found.scopes)):
        row = found.scopes.get(scope, {})
        want = expected.get(scope, {})
        check.equal(
            scope, {n: row.get(n, 0) for n in _BY_SQL}, {n: want.get(n, 0) for n in _BY_SQL}
        )
    return check
