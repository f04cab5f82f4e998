"""The alert that an action is about: its newest record, from memory or from ClickHouse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from api.core import Live
from api.desk.asking import QUIET
from api.desk.judging import is_quiet
from api.statements import ms
from dossiers.wire.alerts import Alert

MOST_RECORDS = 1_000  # of one alert
_TIMES = ", ".join(
    ms(f"a.{name}") for name in ("due_at", "detected_at", "occurred_at", "received_at")
)
COLUMNS = f"""timeline, alert_id, sequence, kind, level, transition, dossier_id, unit, officer,
  step, procedure, {_TIMES}, overdue, open, source, action, actor, taken_by, taken_until,
  offered_to, snoozed_until, reason, text"""
_SQL = f"""
SELECT {COLUMNS} FROM alerts AS a FINAL
WHERE a.alert_id = {{alert:String}} AND a.timeline = {{timeline:String}}
ORDER BY sequence DESC LIMIT {MOST_RECORDS}
"""  # noqa: S608


async def thread_of_alert(live: Live, alert_id: str) -> list[Alert]:
    """All records of an alert, the newest first. Raises StoreAway."""
    about = {"alert": alert_id, "timeline": live.config.timeline}
    return [alert_of(row) for row in await live.query.rows(_SQL, about)]


async def newest(live: Live, alert_id: str) -> Alert | None:
    """Its newest record; None if there is no such alert. Raises StoreAway."""
    known = live.book.alert(alert_id)
    if known is not None:
        return known
    records = await thread_of_alert(live, alert_id)
    return records[0] if records else None


async def moved_at(live: Live, alert: Alert, seen: int) -> int:
    """The sequence of the last record of ``alert`` (its newest) after ``seen`` that changed who
    deals with it, or whether it is open; at most ``seen`` if there is none. Raises StoreAway."""
    if seen >= alert.sequence:
        return seen
    if not is_quiet(alert):
        return alert.sequence
    records = await thread_of_alert(live, alert.alert_id)
    pairs = zip(records, [*records[1:], None], strict=True)
    return max((now.sequence for now, before in pairs if _is_loud(now, before)), default=seen)


def _is_loud(record: Alert, before: Alert | None) -> bool:
    """One without an action that says the same as the one before it says whose the dossier is."""
    if record.action:
        return record.action not in QUIET
    return before is None or record.transition != before.transition


def alert_of(row: Mapping[str, Any]) -> Alert:
    """A row with COLUMNS (of ``alerts AS a``) as the record that it was."""
    return msgspec.convert(row, Alert)
