"""Count all dossiers anew, in SQL over the raw events: one of the two witnesses of ``verify``.

It shares no code with the fold. One thing it cannot do is working time: where a due time comes
from a limit, or was moved by a stop, it takes the due time from the dossiers table and says how
often (``due_from_fold``); steps that are over their limit it does not count at all. Which new due
times count, and which only rewrite, it judges itself, by when they were recorded; a dossier of
which that depends on a due time that a stop had moved is left out (``unclear``). Of the dossiers of
which a portal sent snapshots it counts those that went on without a stop or a changed date
(``by_portal``); the others follow from a comparison that is not made again here. Nor are officers'
names matched: a dossier with an officer's name counts for its units only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dossiers.text.identity import folded
from oracle.ports import Database

_SQL = "".join((Path(__file__).parent / f"{part}.sql").read_text() for part in ("facts", "recount"))

COUNTS = (
    "total",
    "open",
    "within",
    "waiting",
    "overdue",
    "early",
    "on_time",
    "late",
    "no_due",
    "refused",
    "withdrawn",
    "pending",
    "suspended",
    "extended",
    "rewritten",
    "reopened",
    "backdated",
)
_OPEN = frozenset({"within", "waiting", "overdue"})
_OUTSIDE = frozenset({"refused", "withdrawn", "pending", "unreceived"})


@dataclass
class Recount:
    """``scopes``: scope to counts, as named in a tally; a scope without dossiers is absent.

    ``due_from_fold``: dossiers whose due time was not recounted. ``by_name``: ids of those that
    count for no officer, because only a name is known. ``unclear``: ids of those of which this
    cannot tell whether a new due time counts; they are in no count. ``by_portal``: ids of dossiers
    that were counted from snapshots."""

    scopes: dict[str, dict[str, int]] = field(default_factory=dict)
    due_from_fold: int = 0
    by_name: set[str] = field(default_factory=set)
    unclear: set[str] = field(default_factory=set)
    by_portal: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class RuleSince:
    """Rules for dossiers received from ``since`` (ms) on: whether status 8 stops the clock, whether
    dates are compared instead of instants, and which procedures (all_limited: all of them) have a
    limit that turns into a due time if no event names one."""

    since: int = 0
    stops_status_8: bool = True
    by_date: bool = False
    limited: Sequence[str] = ()
    all_limited: bool = False


@dataclass(frozen=True)
class Judge:
    """Reference data that counts from ``since`` (ms) on; ``rules`` in order, the first since 0.
    ``units``: id by what a portal calls a unit: its id, or a name of its own as of
    ``dossiers.text.identity.folded``. ``successors``: of units that have ended, who continues with
    them. ``hashed``: name by the hash as which it may have come."""

    since: int = 0
    rules: tuple[RuleSince, ...] = (RuleSince(),)
    units: Mapping[str, str] = field(default_factory=dict)
    successors: Mapping[str, str] = field(default_factory=dict)
    hashed: Mapping[str, str] = field(default_factory=dict)


def recount(
    store: Database,
    *,
    timeline: str,
    as_of: int | Sequence[int],
    timezone: str,
    parents: Mapping[str, str] | None = None,
    judges: Sequence[Judge] = (Judge(),),
    now: int | None = None,
    ended_since: int = 0,
    until: Sequence[int] = (),
    without: Sequence[str] = (),
) -> Recount:
    """The counts at ``as_of`` (ms) for scopes ``all``, ``unit:...`` and ``officer:...``.

    ``as_of``: one instant, or one for each partition of the events. ``until``: by partition, the
    offset before which events count; empty for all of them. ``judges``: in order; a dossier that
    has ended goes by that of its end, an open one by that of ``now`` (ms; None: the last one), and
    of its rules by those of the day of reception. ``ended_since`` (ms): what ended before is left
    out, and so are the dossiers with the ids ``without``.

    ``timezone``: whose dates decide between early and on time. ``parents``: unit to the unit above
    it; a dossier counts for every unit above its own. ``store`` may raise errors of its own.
    """
    present = sum(each.since <= now for each in judges) if now is not None else len(judges)
    parameters = {
        "timeline": timeline,
        "as_of": [as_of] if isinstance(as_of, int) else list(as_of),
        "until": list(until),
        "timezone": timezone,
        "judge_now": max(1, present),
        "ended_since": ended_since,
        "without": list(without),
    }
    result = Recount()
    for row in store.query(_SQL, parameters | _of_judges(judges)):
        _take(result, row, judges[row["judge"] - 1], parents or {})
    return result


def _of_judges(judges: Sequence[Judge]) -> dict[str, Any]:
    """Parameters of the query, by judge and by rules: arrays that are as long as ``judges``."""
    return {
        "judge_since": [judge.since for judge in judges],
        "rule_since": [[each.since for each in judge.rules] for judge in judges],
        "rule_stops_8": [[int(each.stops_status_8) for each in j.rules] for j in judges],
        "rule_limited": [[list(each.limited) for each in j.rules] for j in judges],
        "rule_all_limited": [[int(each.all_limited) for each in j.rules] for j in judges],
        "rule_by_date": [[int(each.by_date) for each in j.rules] for j in judges],
    }


def _take(
    result: Recount, row: Mapping[str, Any], judge: Judge, parents: Mapping[str, str]
) -> None:
    """Count the dossiers of one row in all their scopes."""
    result.due_from_fold += row["due_from_fold"]
    result.by_name |= set(row["named_"])
    result.unclear |= set(row["unclear_"])
    result.by_portal |= set(row["shown_"])
    if row["standing"] == "unclear":
        return
    unit, officer = (judge.hashed.get(row[name], row[name]) for name in ("unit", "officer"))
    if row["is_shown"]:
        unit = judge.units.get(unit) or judge.units.get(folded(unit)) or unit
    unit = judge.successors.get(unit, unit)
    units = [f"unit:{each}" for each in _with_ancestors(unit, parents)]
    officers = [f"officer:{officer}"] if officer else []
    for scope in ("all", *units, *officers):
        _add(result.scopes.setdefault(scope, dict.fromkeys(COUNTS, 0)), row)


def _add(counts: dict[str, int], row: Mapping[str, Any]) -> None:
    standing, count = row["standing"], row["dossiers"]
    for name in ("rewritten", "reopened", "backdated"):
        counts[name] += row[f"{name}_"]
    if standing in counts:
        counts[standing] += count
    if standing not in _OUTSIDE:
        counts["total"] += count
        counts["extended"] += row["extended"]
    if standing in _OPEN:
        counts["open"] += count
        counts["suspended"] += row["suspended"]


def _with_ancestors(unit: str, parents: Mapping[str, str]) -> list[str]:
    """The unit, its parent and so on; a circle in the data ends the walk."""
    found = [unit]
    while (parent := parents.get(found[-1], "")) and parent not in found:
        found.append(parent)
    return found
