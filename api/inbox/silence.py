"""Sources that say nothing, and since when nothing of them is known."""

from __future__ import annotations

from collections.abc import Iterable

from dossiers.reference.context import Context
from dossiers.time.hours import MINUTE
from dossiers.wire.alerts import Alert


def silent_since(alerts: Iterable[Alert], context: Context) -> dict[str, int]:
    """By source the instant (ms) of its last news: that of the cause less the source's limit, as
    dossiers.alerting.surroundings has it. ``alerts``: open ones of kind source_silent."""
    limits = {limit.id: limit for limit in context.reference.sources}
    found: dict[str, int] = {}
    for alert in alerts:
        limit = limits.get(alert.source)
        since = alert.due_at
        if limit is not None:
            calendar = context.calendar_named(limit.calendar)
            since = calendar.subtract(alert.due_at, limit.minutes * MINUTE)
        found[alert.source] = since
    return found
