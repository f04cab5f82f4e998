"""Alerts: what topic alerts has of each transition, and what a dossier remembers of it."""

from __future__ import annotations

from typing import Literal

import msgspec

AlertKind = Literal[
    "due_soon", "overdue", "late_reception", "step_overdue", "date_rewritten", "reopened",
    "backdated", "unit_backlog"
]  # fmt: skip
AlertStatus = Literal["raised", "resolved", "retracted"]


class AlertState(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a dossier remembers of one alert."""

    kind: AlertKind
    level: int
    cause: int  # the instant (ms) that caused it
    sequence: int
    status: AlertStatus


class Alert(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One transition of one alert. Idempotency key of a delivery: ``alert_id`` + ``sequence``.

    ``unit_backlog`` is about a unit: it has no dossier, officer, step or procedure, and says how
    many of the unit's ``open`` dossiers were ``overdue``. Times in ms.
    """

    timeline: str
    alert_id: str
    sequence: int
    kind: AlertKind
    level: int  # due_soon: working hours left; else 0
    transition: AlertStatus
    dossier_id: str
    unit: str
    officer: str
    step: str
    procedure: str
    due_at: int  # the instant that caused it
    detected_at: int  # partition time when it was detected
    occurred_at: int  # of the event behind the transition, or due_at
    received_at: int
    overdue: int = 0
    open: int = 0
