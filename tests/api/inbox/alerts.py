"""Alerts of a test, as topic ``alerts`` has them."""

from __future__ import annotations

import msgspec

from api.live.view import TopicRecord
from dossiers.wire.alerts import Alert
from dossiers.wire.topics import ALERTS
from tests.api.city import HOUR, START, TIMELINE


def alert(id_: str, dossier: str = "", **more: object) -> Alert:
    """A raised alert of kind overdue about ``dossier``, of unit u1 and officer o1."""
    fields: dict[str, object] = {
        "timeline": TIMELINE, "alert_id": id_, "sequence": 1, "kind": "overdue", "level": 0,
        "transition": "raised", "dossier_id": dossier or f"d-{id_}", "unit": "u1", "officer": "o1",
        "step": "", "procedure": "p1", "due_at": START - HOUR, "detected_at": START,
        "occurred_at": START - HOUR, "received_at": START, **more,
    }  # fmt: skip
    return Alert(**fields)  # type: ignore[arg-type]


def records(*alerts: Alert) -> list[TopicRecord]:
    """As the reader of the live view hands them over."""
    return [(ALERTS, b"", msgspec.json.encode(each)) for each in alerts]
