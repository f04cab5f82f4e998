"""Which of several alerts is the one that matters."""

from __future__ import annotations

from collections.abc import Iterable

from dossiers.wire.alerts import Alert, AlertKind

OPEN = ("raised", "acknowledged")
# From what can wait least. One dossier is shown by the first of its alerts in this order.
KINDS: tuple[AlertKind, ...] = (
    "escalation", "overdue", "source_silent", "unit_backlog", "officer_backlog", "due_soon",
    "late_reception", "step_overdue", "waiting_too_long", "repeat_supplement", "reopened",
    "date_rewritten", "extension_without_reason", "backdated",
)  # fmt: skip
_RANK = {kind: place for place, kind in enumerate(KINDS)}


def rank(alert: Alert) -> tuple[bool, int, int, int, str]:
    """Orders alerts: open ones first, then by kind, the highest escalation and the nearest reminder
    first, then the oldest."""
    level = -alert.level if alert.kind == "escalation" else alert.level
    ended = alert.transition not in OPEN
    return (ended, _RANK.get(alert.kind, len(KINDS)), level, alert.due_at, alert.alert_id)


def most_urgent(alerts: Iterable[Alert]) -> Alert:
    """The first by ``rank``. Raises ValueError if there is none."""
    return min(alerts, key=rank)
