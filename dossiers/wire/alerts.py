"""Alerts: what topic alerts has of each transition, and what a dossier remembers of it."""

from __future__ import annotations

from typing import Literal

import msgspec

from dossiers.wire.actions import Action

AlertKind = Literal[
    "due_soon", "overdue", "escalation", "late_reception", "step_overdue", "waiting_too_long",
    "repeat_supplement", "date_rewritten", "extension_without_reason", "reopened", "backdated",
    "unit_backlog", "officer_backlog", "source_silent",
]  # fmt: skip
# Of those about a unit, an officer or a source: when they are raised depends on when sums are seen,
# so no recount can tell.
SCOPE_KINDS: frozenset[AlertKind] = frozenset(("unit_backlog", "officer_backlog", "source_silent"))
AlertStatus = Literal["raised", "acknowledged", "resolved", "retracted"]

# A breach is one, whether somebody deals with it or not.
OPEN_STATUSES: frozenset[AlertStatus] = frozenset(("raised", "acknowledged"))


class AlertState(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a dossier remembers of one alert. ``taken_by``: who has acknowledged it, ``taken_until``
    (ms): when that ends; "" and 0 unless ``status`` is acknowledged. ``offered_to``: to whom it is
    to be handed over, who has not accepted yet."""

    kind: AlertKind
    level: int
    cause: int  # the instant (ms) that caused it
    sequence: int
    status: AlertStatus
    taken_by: str = ""
    taken_until: int = 0
    offered_to: str = ""


class Alert(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One transition of one alert, or one action on it that leaves its status. Idempotency key of a
    delivery: ``alert_id`` + ``sequence``.

    ``unit_backlog``, ``officer_backlog`` and ``source_silent`` have no dossier, step or procedure;
    a backlog says how many of the ``open`` dossiers were ``overdue``. Times in ms.

    ``moved``: nothing has changed but whose the dossier is: ``unit`` or ``officer``.

    ``action``: what somebody did, "" for what time or an event of a source did. ``actor``: who did
    it. ``taken_by``, ``taken_until``, ``offered_to``: as in AlertState, after it.
    ``snoozed_until``: for ``actor`` alone. ``reason``: the code that was chosen. ``text``: SHA-256
    (hex) of a text.
    """

    timeline: str
    alert_id: str
    sequence: int
    kind: AlertKind
    level: int  # due_soon: working hours left; escalation: 1 to 3; else 0
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
    source: str = ""  # that has fallen silent; of a dossier, that of its last fact
    action: Action | Literal[""] = ""
    actor: str = ""
    taken_by: str = ""
    taken_until: int = 0
    offered_to: str = ""
    snoozed_until: int = 0
    reason: str = ""
    text: str = ""
    moved: bool = False


STORED = tuple(name for name in Alert.__struct_fields__ if name != "moved")
"""What tables have of an alert: who reads its records one after the other sees what has moved."""
