"""What a dossier keeps of its events and of its alerts."""

from __future__ import annotations

from typing import Literal

import msgspec

LimitUnit = Literal["hours", "days", "working_days", "months"]


class Limit(msgspec.Struct, frozen=True, gc=False):
    """A procedure's time limit: ``amount`` of ``unit`` (8 working hours = 1 working day)."""

    amount: int
    unit: LimitUnit


class AlertState(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a dossier remembers of one alert."""

    kind: str
    level: int
    cause: int  # the instant (ms) that caused it
    sequence: int
    status: Literal["raised", "resolved", "retracted"]


class Fact(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One event as a dossier keeps it. The first four fields are its place in the order of facts.

    ``due_at``: of received, resumed, due_set. ``text``: procedure, the voided event's id or the
    reason of a new due time. ``status``: of suspended and finished. ``carried``: of progressed.
    """

    occurred_at: int
    source: str
    source_seq: int
    event_id: str
    kind: str
    received_at: int
    unit: str = ""
    officer: str = ""
    responsible: str = ""
    step: str = ""
    due_at: int | None = None
    text: str = ""
    limit: Limit | None = None
    status: int = 0
    carried: int | None = None
