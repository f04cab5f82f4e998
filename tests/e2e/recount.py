"""A plain recount of an event log, from the words of the documentation alone.

Rows are dicts of text under the names of ``COLUMNS``; what cannot be read was left out before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

COLUMNS = {
    "dossier": "case:concept:name",
    "activity": "concept:name",
    "time": "time:timestamp",
    "officer": "org:resource",
    "responsible": "case:responsible",
    "unit": "org:group",
    "received": "case:startdate",
    "due": "case:deadline",
    "finished": "case:enddate",
}
KEYS = ("total", "open", "waiting", "overdue", "early", "on_time", "late", "no_due")
Row = dict[str, str]


def instant(text: str, zone: ZoneInfo) -> datetime:
    """To the millisecond; ``zone`` where the text has no offset."""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000).astimezone(UTC)


def recount(
    rows: Iterable[Row],
    zone_name: str,
    finished: str | Sequence[str] = "column",
    limit_days: int | None = None,
) -> dict[str, Any]:
    """Dossiers, officers, units and as_of as ``replay --json`` prints them.

    ``limit_days``: calendar days on a calendar without days off, for a log without due times.
    """
    zone = ZoneInfo(zone_name)
    dossiers: dict[str, list[tuple[datetime, int, Row]]] = defaultdict(list)
    for number, row in enumerate(rows):
        at = instant(row[COLUMNS["time"]], zone)
        dossiers[row[COLUMNS["dossier"]]].append((at, number, row))
    stories = [_story(sorted(found, key=lambda it: it[:2]), zone, finished, limit_days)
               for found in dossiers.values()]  # fmt: skip
    as_of = max(moment for story in stories for moment in story["moments"])
    officers: dict[str, list[str]] = defaultdict(list)
    units: dict[str, list[str]] = defaultdict(list)
    standings = []
    for story in stories:
        standing = _standing(story["due"], story["end"], as_of, zone)
        standings.append(standing)
        officers[story["officer"]].append(standing)
        units[story["unit"]].append(standing)
    return {
        "dossiers": _counts(standings),
        "officers": {name: _counts(found) for name, found in officers.items()},
        "units": {name: _counts(found) for name, found in units.items()},
        "as_of": as_of.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _story(
    rows: list[tuple[datetime, int, Row]],
    zone: ZoneInfo,
    finished: str | Sequence[str],
    limit_days: int | None,
) -> dict[str, Any]:
    def texts(role: str) -> list[str]:
        found = (row.get(COLUMNS[role], "") for _, _, row in rows)
        return [text for text in found if text]

    received = instant(texts("received")[0], zone) if texts("received") else rows[0][0]
    due = instant(texts("due")[0], zone) if texts("due") else None
    if due is None and limit_days is not None:
        due = (received.astimezone(zone) + timedelta(days=limit_days)).astimezone(UTC)
    end = None
    if finished == "column":
        end = instant(texts("finished")[-1], zone) if texts("finished") else None
    elif finished == "last-event":
        end = rows[-1][0]
    else:
        ends = [at for at, _, row in rows if row[COLUMNS["activity"]] in finished]
        end = ends[0] if ends else None
    return {
        "due": due,
        "end": end,
        "officer": (texts("responsible") or texts("officer") or ["unknown"])[-1],
        "unit": (texts("unit") or ["unknown"])[-1],
        "moments": [received, *(at for at, _, _ in rows), *([end] if end else [])],
    }


def _standing(due: datetime | None, end: datetime | None, as_of: datetime, zone: ZoneInfo) -> str:
    if end is None:
        return "overdue" if due is not None and as_of > due else "within"
    if due is None:
        return "no_due"
    if end > due:
        return "late"
    return "early" if end.astimezone(zone).date() < due.astimezone(zone).date() else "on_time"


def _counts(standings: list[str]) -> dict[str, int]:
    counts = {key: standings.count(key) for key in KEYS}
    counts["open"] = counts["overdue"] + standings.count("within")
    counts["total"] = len(standings)
    return counts
