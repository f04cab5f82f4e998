"""The recount in SQL over ClickHouse's raw events, against the one in batch code."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.text.identity import folded
from dossiers.wire.events import Snapshot
from dossiers.wire.keys import officer_scope
from dossiers.wire.reference import Reference
from oracle.checks.cut import CutPartition
from oracle.checks.report import Check
from oracle.figures import LogCount
from oracle.ports import Database
from oracle.sql.counts import Judge, Recount, RuleSince
from oracle.sql.counts import recount as sql_recount
from oracle.story import Story

_BY_SQL = (
    "early", "on_time", "late", "no_due", "within", "waiting", "overdue", "refused", "withdrawn",
    "pending", "suspended", "extended", "rewritten", "reopened", "backdated",
)  # fmt: skip


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
    stories, came_back = _of_all_time(counts)
    retaken = {each for part in parts.values() for each in part.retaken} - came_back
    unlike = came_back | retaken
    now = max(part.now for part in parts.values())
    zone_since = _same_zone_since(in_force, in_force.at(now))
    found = _counted(store, timeline, parts, in_force, ended_since=zone_since, without=unlike)
    unread = _shown(parts) - unlike - found.by_portal
    skipped = unlike | found.unclear | unread
    left = {id_: story for id_, story in stories.items() if id_ not in skipped}
    in_zone = {
        id_: story for id_, story in left.items() if story.end is None or story.end >= zone_since
    }
    check = Check("SQL over ClickHouse's raw events = recount of the log")
    check.left_out = _left_out(
        found, came_back=len(came_back), retaken=len(retaken), unread=len(unread),
        elsewhere=len(left) - len(in_zone),
    )  # fmt: skip
    _compare(check, found, _expected(in_zone, in_force.at(now), found.by_name))
    return check


def _of_all_time(counts: Iterable[LogCount]) -> tuple[dict[str, Story], set[str]]:
    """The story of every dossier there ever was, and the ids of those that had been dropped once
    and came back."""
    stories: dict[str, Story] = {}
    came_back: set[str] = set()
    for count in counts:
        stories.update(count.ever)
        came_back.update(count.last)
    return stories, came_back


def _counted(
    store: Database, timeline: str, parts: Mapping[int, CutPartition], in_force: InForce, *,
    ended_since: int, without: Collection[str],
) -> Recount:  # fmt: skip
    """The recount in SQL up to the cut. ``ended_since`` (ms): what ended before is not in it, nor
    are the dossiers ``without``."""
    now = max(part.now for part in parts.values())
    reference = in_force.at(now).reference
    return sql_recount(
        store,
        timeline=timeline,
        as_of=[parts[p].now for p in sorted(parts)],
        until=[parts[p].until for p in sorted(parts)],
        timezone=reference.timezone,
        parents={u.id: u.parent for u in reference.units if u.parent},
        judges=_judges(in_force),
        now=now,
        ended_since=ended_since,
        without=sorted(without),
    )


def _compare(check: Check, found: Recount, expected: Mapping[str, Mapping[str, int]]) -> None:
    """Scope by scope; one that either side does not have counts as zeros there."""
    for scope in sorted(set(expected) | set(found.scopes)):
        row = found.scopes.get(scope, {})
        want = expected.get(scope, {})
        check.equal(
            scope, {n: row.get(n, 0) for n in _BY_SQL}, {n: want.get(n, 0) for n in _BY_SQL}
        )


def _shown(parts: Mapping[int, CutPartition]) -> set[str]:
    """The dossiers of which a portal's snapshot was taken."""
    return {
        event.dossier_id
        for part in parts.values()
        for (event, _), origin in zip(part.events, part.origins, strict=True)
        if isinstance(event, Snapshot) and not origin.refused
    }


def _expected(
    stories: Mapping[str, Story], context: Context, by_name: Collection[str]
) -> dict[str, dict[str, int]]:
    """Counts by scope from the stories. ``by_name``: dossiers whose officer only has a name."""
    expected: dict[str, dict[str, int]] = {}
    for dossier_id, story in stories.items():
        for scope in context.scopes(story.unit, story.officer):
            if dossier_id in by_name and scope.startswith(officer_scope("")):
                continue
            row = expected.setdefault(scope, dict.fromkeys(_BY_SQL, 0))
            if story.verdict in row:
                row[story.verdict] += 1
            row["suspended"] += story.is_suspended
            row["extended"] += story.is_extended
            row["rewritten"] += "rewritten" in story.flags
            row["reopened"] += story.open_again
            row["backdated"] += "backdated" in story.flags
    return expected


def _left_out(
    found: Recount, *, came_back: int, retaken: int, unread: int, elsewhere: int
) -> list[str]:
    """What the SQL does not count, in words, with the number of dossiers."""
    numbers = {
        "what came back after it had left the stream": came_back,
        "what was a dead letter, and taken when it was sent once more": retaken,
        "stops and changed dates in a portal's snapshots": unread,
        "what ended in another time zone": elsewhere,
        "officers of whom only a name is known": len(found.by_name),
        "working time, so the table's own due time after a limit or a stop": found.due_from_fold,
        "new due times after one that working time had moved": len(found.unclear),
    }
    return [f"{what}: {many} dossiers" for what, many in numbers.items() if many] + [
        "steps over their limit, late receptions, windows, other flags and other verdicts"
    ]
