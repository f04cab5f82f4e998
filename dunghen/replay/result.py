"""The figures of a replay: taken from the stream's tallies, checked against ClickHouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dossiers.errors import UserError
from dossiers.tallies.vector import FIELDS
from dossiers.wire.keys import ALL
from dunghen.clickhouse import ClickHouse
from dunghen.terminal.output import iso
from dunghen.timeline.tallies import FollowedTallies

KEYS = ("total", "open", "waiting", "overdue", "early", "on_time", "late", "no_due")
_NEWEST = "SELECT * FROM tallies FINAL ORDER BY scope, minute DESC LIMIT 1 BY scope"
_STANDINGS = "SELECT standing, count() AS n FROM dossiers FINAL GROUP BY standing"
_SHOWN = 5


@dataclass(frozen=True)
class EventCounts:
    """What happened to the file's rows (sources.importer.counts.RowCounts), and how many records
    were published. ``dead_lettered``: with those that the stream refused. ``taken`` is the rest:
    read + broken_off = taken + dead_lettered + duplicates."""

    read: int
    published: int
    duplicates: int
    dead_lettered: int
    broken_off: int = 0

    @property
    def taken(self) -> int:
        """Rows that became events of their own."""
        return self.read + self.broken_off - self.dead_lettered - self.duplicates


def replay_result(
    tallies: FollowedTallies,
    events: EventCounts,
    *,
    usable: bool,
    publish_seconds: float,
    process_seconds: float,
) -> dict[str, Any]:
    """The object that ``dunghen replay --json`` ends with. ``usable``: whether any row of the log
    was; figures of nothing are as of no time."""
    return {
        "events": {
            "read": events.read,
            "taken": events.taken,
            "published": events.published,
            "duplicates": events.duplicates,
            "dead_lettered": events.dead_lettered,
            "broken_off": events.broken_off,
        },
        "dossiers": _counts(tallies, ALL),
        "officers": _by_scope(tallies, "officer:"),
        "units": _by_scope(tallies, "unit:"),
        "as_of": iso(tallies.watermark) if usable else None,
        "seconds": {"publish": round(publish_seconds, 3), "process": round(process_seconds, 3)},
    }


def check_clickhouse(tallies: FollowedTallies, clickhouse: ClickHouse, timeline: str) -> None:
    """Compare every tally, and the dossiers by standing, with what ClickHouse holds.

    Raises UserError (status 1) naming the first differences.
    """
    stored = {row["scope"]: row for row in clickhouse.query(_NEWEST)}
    differences = []
    for scope, tally in sorted(tallies.scopes.items()):
        row = stored.get(scope)
        if row is None or row["timeline"] != timeline:
            differences.append(f"{scope} is missing")
            continue
        differences += [
            f"{scope} {field}: stream {count}, ClickHouse {row[field]}"
            for field, count in zip(FIELDS, tally.vector, strict=True)
            if row[field] != count
        ]
    differences += _compare_standings(tallies, clickhouse)
    if differences:
        more = len(differences) - _SHOWN
        listed = "; ".join(differences[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise UserError(
            f"ClickHouse does not hold the stream's figures: {listed}.",
            "Run `dunghen verify` for a recount of everything.",
            exit_code=1,
        )


def _compare_standings(tallies: FollowedTallies, clickhouse: ClickHouse) -> list[str]:
    rows = {row["standing"]: row["n"] for row in clickhouse.query(_STANDINGS)}
    fields = ("early", "on_time", "late", "no_due", "waiting", "overdue", "within")
    return [
        f"dossiers {field}: stream {tallies.value(ALL, field)}, table {rows.get(field, 0)}"
        for field in fields
        if tallies.value(ALL, field) != rows.get(field, 0)
    ]


def _by_scope(tallies: FollowedTallies, prefix: str) -> dict[str, dict[str, int]]:
    return {
        scope.removeprefix(prefix): _counts(tallies, scope)
        for scope in sorted(tallies.scopes)
        if scope.startswith(prefix) and tallies.value(scope, "total")
    }


def _counts(tallies: FollowedTallies, scope: str) -> dict[str, int]:
    return {key: tallies.value(scope, key) for key in KEYS}
