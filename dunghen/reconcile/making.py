"""Compare ClickHouse's dossiers with counts and a list of ids from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from api.coverage import BY_UNIT, DEAD_LETTERS, REASONS, SEEN, SOURCES, seen_by_unit, share
from dossiers.errors import UserError
from dossiers.reference.context import Context as Compiled
from dossiers.reports.late_list import month_of
from dossiers.reports.reconciliation import Comparison, Counted, Seen, compare
from dossiers.text.identity import identity
from dossiers.text.keyed import looks_hashed
from dossiers.time.day_table import EARLIEST, LATEST
from dossiers.wire.keys import unit_scope
from dunghen.clickhouse import ClickHouse, by_dossier, connect
from dunghen.ingest.id_rules import sought_ids, unlisted_names
from dunghen.settings.installation import Installation
from dunghen.terminal.month import no_month
from dunghen.timeline.hash_key import refuse_other_key
from dunghen.timeline.reading import read_reference, read_timeline

PAGE = 50_000  # ids in memory at a time, beside the list
ASKED = 1_000  # ids in one question
LISTED = 1_000  # of each kind
NOTHING: Mapping[str, str] = MappingProxyType({})
_NOW = "SELECT toUnixTimestamp64Milli(max(now)) AS now FROM tallies WHERE timeline = {t:String}"
_IDS = """
SELECT dossier_id,
  received_at >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND received_at < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    AND outcome != 'refused' AND ({scope:String} = '' OR has(scopes, {scope:String})) AS asked
FROM dossiers FINAL
WHERE timeline = {timeline:String} AND dossier_id > {after:String} AND received_at IS NOT NULL
ORDER BY dossier_id LIMIT {page:UInt32}
"""


class Ids(msgspec.Struct, frozen=True, kw_only=True):
    """A list of dossiers against those seen. ``missing``: listed, and not received here; with the
    reason if a dead letter has one, else "". ``surplus``: received here in the month and scope
    asked for, and not listed. At most ``LISTED`` of each are named; the counts are of all."""

    listed: int
    matched: int
    missing_count: int
    surplus_count: int
    missing: dict[str, str]
    surplus: list[str]


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """As in GET /api/v1/coverage. ``ages``: ms that a source's last event lies behind data time."""

    dossiers: int
    unreceived: int
    step_share: float | None
    officer_share: float | None
    rewritten: int
    rewritten_by_unit: dict[str, int]
    dead_letters: dict[str, int]
    ages: dict[str, int]


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """``as_of``: data time, ms. ``counts`` and ``ids``: None if nothing was given for them."""

    timeline: str
    as_of: int
    counts: Comparison | None
    ids: Ids | None
    coverage: Quality

    @property
    def equal(self) -> bool:
        by_count = self.counts is None or not any(line.differs for line in self.counts.lines)
        by_id = self.ids is None or not (self.ids.missing_count or self.ids.surplus_count)
        return by_count and by_id


def make(
    installation: Installation,
    note: Callable[[str], None],
    counted: Sequence[Counted],
    listed: set[str] | None,
    month: str,
    scope: str,
) -> Reconciliation:
    """``counted`` and ``listed``: what the other side says; it may call a unit by its name, which
    counts for the unit that alone has it. Raises UserError."""
    kafka = installation.endpoints().kafka
    timeline = read_timeline(kafka, client=installation.client)
    if timeline is None:
        raise UserError(f"Kafka at {kafka} has no timeline yet: there is nothing to compare.")
    refuse_other_key(installation, timeline)
    names = None if listed is None else sought_ids(installation, listed)
    compiled = Compiled(read_reference(kafka, client=installation.client))
    unknown = {count.unit for count in counted if compiled.unit_named(count.unit) == count.unit}
    unlisted = unlisted_names(installation, timeline, unknown)
    store = connect(installation)
    try:
        note("Counting the dossiers seen ...")
        found = reconcile(
            store, timeline.id, compiled, counted, None if names is None else set(names), month,
            scope, unlisted,
        )  # fmt: skip
    finally:
        store.close()
    if found.ids is None or names is None:
        return found
    # As the list has them: it is the reader's own.
    missing = {names[id_]: why for id_, why in found.ids.missing.items()}
    ids = msgspec.structs.replace(found.ids, missing=missing)
    return msgspec.structs.replace(found, ids=ids)


def reconcile(
    store: ClickHouse,
    timeline: str,
    compiled: Compiled,
    counted: Sequence[Counted],
    listed: set[str] | None,
    month: str = "",
    scope: str = "",
    unlisted: Mapping[str, str] = NOTHING,
) -> Reconciliation:
    """As ``make``, on a store that is open. ``unlisted``: what stands for a name of a unit if
    the reference data lacks it."""
    now = int(store.query(_NOW, {"t": timeline})[0]["now"] or 0)
    found = None
    if counted:
        seen = _seen(store, timeline, compiled, [count.month for count in counted])
        here = {unit for unit, _ in seen}
        by_id = []
        for count in counted:
            unit = count.unit if count.unit in here else compiled.unit_named(count.unit)
            hidden = unlisted.get(unit, unit)
            by_id.append(count._replace(unit=hidden if hidden in here else unit))
        found = compare(by_id, seen, compiled.ancestors)
        lines = (  # as the other side has it: it is the reader's own
            line._replace(unit=count.unit) if looks_hashed(line.unit) else line
            for line, count in zip(found.lines, counted, strict=True)
        )
        found = found._replace(lines=tuple(lines))
    ids = None
    if listed is not None:
        ids = _compare_ids(store, timeline, compiled, listed, month, scope)
    return Reconciliation(
        timeline=timeline, as_of=now, counts=found, ids=ids, coverage=_quality(store, timeline, now)
    )


def _span(months: Sequence[str], compiled: Compiled) -> dict[str, int]:
    """From the first month's start to the last one's end."""
    try:
        first, last = month_of(min(months), compiled), month_of(max(months), compiled)
    except ValueError as error:
        raise no_month(min(months)) from error
    return {"start": max(first.start, EARLIEST), "end": min(last.end, LATEST)}


def _seen(
    store: ClickHouse, timeline: str, compiled: Compiled, months: Sequence[str]
) -> dict[tuple[str, str], Seen]:
    zone = compiled.reference.timezone
    span = _span(months, compiled)
    rows = store.query(SEEN, {"timeline": timeline, "timezone": zone, **span})
    wanted = set(months)
    return seen_by_unit((row for row in rows if row["month"] in wanted), compiled)


def _compare_ids(
    store: ClickHouse, timeline: str, compiled: Compiled, listed: set[str], month: str, scope: str
) -> Ids:
    scope = compiled.unit_named(identity(scope))
    span = _span([month], compiled) if month else {"start": EARLIEST, "end": LATEST}
    rest = set(listed)
    surplus: list[str] = []
    surplus_count = 0
    parameters = {"timeline": timeline, "scope": unit_scope(scope) if scope else "", **span}
    for row in by_dossier(store, _IDS, parameters, PAGE):
        dossier_id = row["dossier_id"]
        if dossier_id in listed:
            rest.discard(dossier_id)
        elif row["asked"]:
            surplus_count += 1
            if len(surplus) < LISTED:
                surplus.append(dossier_id)
    named = sorted(rest)[:LISTED]
    return Ids(
        listed=len(listed),
        matched=len(listed) - len(rest),
        missing_count=len(rest),
        surplus_count=surplus_count,
        missing=_reasons(store, timeline, named),
        surplus=surplus,
    )


def _reasons(store: ClickHouse, timeline: str, ids: Sequence[str]) -> dict[str, str]:
    found = dict.fromkeys(ids, "")
    for i in range(0, len(ids), ASKED):
        part = list(ids[i : i + ASKED])
        for row in store.query(REASONS, {"timeline": timeline, "ids": part}):
            found[row["key"]] = row["why"]
    return found


def _quality(store: ClickHouse, timeline: str, now: int) -> Quality:
    parameters = {"timeline": timeline}
    units = store.query(BY_UNIT, parameters)
    sums = {
        key: sum(int(row[key]) for row in units)
        for key in ("dossiers", "unreceived", "with_step", "with_officer", "rewritten")
    }
    return Quality(
        dossiers=sums["dossiers"],
        unreceived=sums["unreceived"],
        step_share=share(sums["with_step"], sums["dossiers"]),
        officer_share=share(sums["with_officer"], sums["dossiers"]),
        rewritten=sums["rewritten"],
        rewritten_by_unit={r["name"]: int(r["rewritten"]) for r in units if r["rewritten"]},
        dead_letters={
            r["reason"]: int(r["letters"]) for r in store.query(DEAD_LETTERS, parameters)
        },
        ages={
            r["source"]: max(0, now - int(r["last_event_at"]))
            for r in store.query(SOURCES, parameters)
        },
    )
