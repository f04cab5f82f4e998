"""The event that an action becomes."""

from __future__ import annotations

from uuid import UUID, uuid5

from api.desk.asking import ActionRequest
from api.desk.rights import Rights
from api.inbox.book import thread_of
from dossiers.wire.acted import Acted
from dossiers.wire.actions import DESK, Action
from dossiers.wire.alerts import Alert


def event_id_of(alert_id: str, sequence: int, action: Action, person: str) -> str:
    """The same for a second tap, which so is a duplicate."""
    return str(uuid5(UUID(alert_id), f"{sequence}|{action}|{person}"))


def acted_of(
    alert: Alert, asked: ActionRequest, rights: Rights, *, at: int, now: int, until: int, text: str
) -> Acted:
    """``at``: data time; ``now``: real time; ``until``: of a snooze (all ms). ``text``: SHA-256."""
    return Acted(
        event_id=event_id_of(alert.alert_id, asked.sequence, asked.action, rights.person),
        dossier_id=thread_of(alert),
        occurred_at=at,
        received_at=now,
        source=DESK,
        source_seq=now,
        action=asked.action,
        alert_id=alert.alert_id,
        sequence=asked.sequence,
        alert_kind=alert.kind,
        level=alert.level,
        cause=alert.due_at,
        person=rights.person,
        capacity=rights.capacity,
        until=until,
        to=asked.to if asked.action == "hand_over" else "",
        reason=asked.reason,
        text=text,
    )
