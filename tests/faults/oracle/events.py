"""What the log says, as far as the load uses it."""

from __future__ import annotations

import msgspec


class Limit(msgspec.Struct, frozen=True, gc=False):
    """``unit``: hours, working_days, days or months."""

    amount: int
    unit: str


class Event(msgspec.Struct, frozen=True, gc=False):
    """One record of topic dossier-events. ``now``: of a tick. From ``action`` on: of what somebody
    did about an alert (kind ``acted``), which is named by kind, level and cause."""

    kind: str
    event_id: str = ""
    dossier_id: str = ""
    occurred_at: int = 0
    received_at: int = 0
    source: str = ""
    source_seq: int = 0
    unit: str | None = None
    officer: str | None = None
    responsible: str | None = None
    due_at: int | None = None
    limit: Limit | None = None
    reason: str = "correction"
    target: str | None = None
    status: int | None = None
    backfill: bool = False
    now: int = 0
    action: str = ""
    alert_kind: str = ""
    level: int = 0
    cause: int = 0
    person: str = ""
    capacity: str = ""
    to: str = ""

    @property
    def recorded(self) -> int:
        """Nothing is recorded before it happens; what is filled in later counts as told in time."""
        return self.occurred_at if self.backfill else max(self.occurred_at, self.received_at)

    @property
    def ends(self) -> bool:
        return self.kind in ("finished", "withdrawn", "refused")


decode = msgspec.json.Decoder(Event).decode
