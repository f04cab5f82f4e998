"""Dossiers, their events and traits as rows of the tables, by SQL alone: ten events a dossier.

Ids begin with unit and day, as those of one-stop systems do. A twentieth is late; what is due now
is open; four of a thousand never ended. The last week's rows come twice, as after changes.
"""

from __future__ import annotations

from collections.abc import Callable

from api.statements import moment
from dossiers.time.hours import HOUR
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Officer, Procedure, Reference, Unit
from sinks.by_end import TABLE as BY_END
from sinks.migrate import load
from sinks.store import Store

LINE = "bench"
TABLES = ("dossiers", BY_END)
NOW = 1_795_395_600_000  # Monday 23 November 2026, 08:00 in Viet Nam
UNITS, OFFICERS, PROCEDURES, FIELDS = 188, 16, 2_000, 60  # officers: of each unit
_DAY = 24 * HOUR
_SPAN = 1_461 * _DAY
_BLOCK = 500_000  # dossiers a statement
_CHANGED = 5  # batches of rows that replace others

REFERENCE = Reference(
    title="Benchmark",
    calendar=CalendarSpec(kind="vn-office"),
    units=(
        Unit(id="C", name="City", kind="province"),
        *(
            Unit(id=f"U{i:03}", name=f"Ward {i}", parent="C", kind="commune")
            for i in range(UNITS)
        ),
    ),
    officers=tuple(
        Officer(id=f"O{u:03}{o:02}", name=f"Officer {u} {o}", unit=f"U{u:03}")
        for u in range(UNITS)
        for o in range(OFFICERS)
    ),
    procedures=tuple(
        Procedure(
            id=f"P{p:04}", name=f"Procedure {p}", field=f"F{p % FIELDS}",
            limit=Limit(1 + p % 30, "days"),
        )
        for p in range(PROCEDURES)
    ),
)  # fmt: skip


def _at(ms: str) -> str:
    return f"fromUnixTimestamp64Milli(toInt64({ms}), 'UTC')"


# ``share``: by chance, 0 to 1; small units and procedures have many, large ones few.
_BASE = f"""
SELECT n, leftPad(toString(toUInt16({UNITS} * pow((sipHash64(n, 1) % 1000000) / 1000000, 1.6))), 3,
    '0') AS u,
    concat('U', u) AS in_unit, toUInt32({PROCEDURES} * pow((sipHash64(n, 2) % 1000000) / 1000000,
    2.2)) AS p, concat('P', leftPad(toString(p), 4, '0')) AS of_procedure,
    sipHash64(n, 3) % {OFFICERS} AS o, concat('O', u, leftPad(toString(o), 2, '0')) AS by,
    toInt64({{now:Int64}} - {_SPAN}) + intDiv(toInt64(n) * {_SPAN}, {{of:Int64}}) AS came,
    toInt64((1 + p % 30) * {_DAY}) AS allowed, came + allowed AS due,
    (sipHash64(n, 4) % 10000) / 10000 AS share,
    toInt64(multiIf(share < 0.004, {10 * _SPAN}, share < 0.06, allowed * (1 + (share - 0.004) * 12),
        share < 0.16, allowed * 0.98, allowed * (0.2 + share * 0.7))) AS took,
    came + took AS went, went <= {{now:Int64}} AS ended,
    multiIf(ended AND share > 0.985, 'refused', ended AND went > due, 'late',
        ended AND went > due - {8 * HOUR}, 'on_time', ended, 'early', share > 0.93, 'waiting',
        due < {{now:Int64}}, 'overdue', 'within') AS stands, stands IN ('late', 'overdue') AS is_late,
    concat('H29.', u, '-', formatDateTime({_at("came")}, '%y%m%d'), '-', toString(n)) AS id
FROM (SELECT number AS n FROM numbers({{first:UInt64}}, {{many:UInt64}}))
"""  # noqa: E501, S608
_DOSSIERS = f"""
INSERT INTO dossiers (timeline, epoch, offset, version, dossier_id, as_of, standing, unit, officer,
    step, procedure, scopes, submitted_at, received_at, due_at, first_due_at, finished_at,
    breached_at, due_soon, late_reception, next_at, flags, alerts, facts, supplements, resumed_at,
    rewritten_at, held_units, held_officers, held_steps, held_used, held_limits, held_raw,
    held_charges, held_inherited, late_work, worked, grows)
WITH base AS ({_BASE})
SELECT '{LINE}', 1, n, n, id, {_at("multiIf(ended, went, is_late, due, came)")}, stands, in_unit,
    by, concat('s', toString(n % 40)), of_procedure,
    ['all', concat('unit:', in_unit), 'unit:C', concat('officer:', by)], {_at("came - 3600000")},
    {_at("came")}, {_at("due")}, {_at("due")}, if(ended, {_at("went")}, NULL),
    if(is_late, {_at("due")}, NULL), stands = 'within' AND due - {{now:Int64}} < {8 * HOUR}, false,
    if(stands = 'within', {_at("due")}, NULL), if(n % 211 = 0, ['rewritten'], []), '[]', '[]',
    if(n % 29 = 0, 2, 0), if(n % 41 = 0, {_at("came + 9000000")}, NULL),
    if(n % 211 = 0, {_at("came + 9000000")}, NULL), if(is_late, [in_unit, in_unit, in_unit], []),
    if(is_late, [concat('O', u, '00'), by, by], []), if(is_late, ['s1', 's2', 's3'], []),
    if(is_late, [toInt64(3600000), intDiv(took, 20), 7200000], []),
    if(is_late, [toInt64(7200000), intDiv(allowed, 20), -1], []),
    if(is_late, [toInt64(-3600000), intDiv(allowed, 10), 3600000], []),
    if(is_late, [toInt64(0), intDiv(allowed, 12), 3600000], []),
    if(is_late, [toInt64(0), 0, 3600000], []), if(is_late, intDiv(allowed, 10), 0), 0,
    stands = 'overdue'
FROM base
"""  # noqa: S608
_EVENTS = f"""
INSERT INTO dossier_events (timeline, partition, offset, event_id, dossier_id, kind, occurred_at,
    received_at, source, source_seq, unit, officer, step, procedure)
WITH base AS ({_BASE})
SELECT '{LINE}', n % 4, n * 10 + k, concat(toString(n), '-', toString(k)), id,
    ['received', 'progressed', 'progressed', 'assigned', 'progressed', 'suspended', 'resumed',
        'progressed', 'progressed', 'finished'][k + 1],
    {_at(f"came + intDiv(least(took, {_SPAN}) * k, 9)")},
    {_at(f"came + intDiv(least(took, {_SPAN}) * k, 9) + 40")}, 'bench', n * 10 + k, in_unit, by,
    concat('s', toString(k)), of_procedure
FROM base ARRAY JOIN range(10) AS k
"""  # noqa: S608
_TRAITS = f"""
INSERT INTO traits (dossier_id, timeline, newest)
WITH base AS ({_BASE})
SELECT id, '{LINE}', tuple({_at("came")}, 'bench', toInt64(n), toString(n), '',
    18446744073709551615 - n, toUInt8(1 + n % 3), toUInt8(n % 3), 1, 1, 5, 4, 3, 1, 0, true, true,
    false, true, true, ['CSDLDC'], false, []::Array(String))
FROM base
"""  # noqa: S608
_CHANGES = """
INSERT INTO {table} SELECT * REPLACE (version + {{many:UInt64}} AS version) FROM {table}
WHERE (finished_at IS NULL OR finished_at > {{week:DateTime64(3, 'UTC')}})
    AND sipHash64(dossier_id) % 10 = {{batch:UInt8}}
"""
# Of what ended in the last weeks, as before somebody tidies up.
_GONE = f"""
INSERT INTO {BY_END} (unsettled, end_month, dossier_id, timeline, version, is_gone)
SELECT true, 0, dossier_id, timeline, version + {{many:UInt64}}, 1 FROM {BY_END}
WHERE finished_at > {{week:DateTime64(3, 'UTC')}} - INTERVAL 21 DAY
    AND sipHash64(dossier_id) % 10 = {{batch:UInt8}}
"""  # noqa: S608


def generate(store: Store, dossiers: int, say: Callable[[str], None]) -> None:
    """``dossiers`` of four years up to NOW, ten events of each; the tables are there and empty."""
    for name, sql, block in (
        ("dossiers", _DOSSIERS, _BLOCK), ("traits", _TRAITS, _BLOCK),
        ("events", _EVENTS, _BLOCK // 5),
    ):  # fmt: skip
        for first in range(0, dossiers, block):
            many = min(block, dossiers - first)
            store.command(sql, {"first": first, "many": many, "of": dossiers, "now": NOW})
        say(f"large-store: {name} written")
    store.command(_by_end())
    say("large-store: dossiers by the month of their end written")
    for table in TABLES:
        store.command(f"OPTIMIZE TABLE {table} FINAL")
        for batch in range(_CHANGED):
            bound = {"many": dossiers, "batch": batch, "week": moment(NOW - 7 * _DAY)}
            store.command(_CHANGES.format(table=table), bound)
            if table == BY_END:
                store.command(_GONE, bound)


def _by_end() -> str:
    """As an upgrade fills the table."""
    statements = (each for migration in load() for each in migration.statements)
    return next(each for each in statements if each.startswith(f"INSERT INTO {BY_END}"))
