"""Records of alerts, as ClickHouse has them and, if it is behind, as the stream does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from api.desk.found import alert_of
from api.inbox.book import Thread
from dossiers.wire.alerts import Alert

Row = Mapping[str, Any]


def with_newest(rows: Sequence[Row], thread: Thread | None) -> list[Row]:
    """``rows`` and, of each alert, the newest record that the stream has: who has just acted sees
    it, though it is not stored yet."""
    known = {(row["alert_id"], row["sequence"]) for row in rows}
    alerts = thread.alerts.values() if thread is not None else ()
    more = [each for each in alerts if (each.alert_id, each.sequence) not in known]
    return [*rows, *map(_row, more)]


def newest_of(rows: Sequence[Row]) -> list[Alert]:
    """The newest record of each alert."""
    found: dict[str, Row] = {}
    for row in rows:
        known = found.get(row["alert_id"])
        if known is None or known["sequence"] < row["sequence"]:
            found[row["alert_id"]] = row
    return [alert_of(row) for row in found.values()]


def _row(alert: Alert) -> Row:
    return msgspec.structs.asdict(alert)
