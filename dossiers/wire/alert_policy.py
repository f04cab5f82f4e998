"""Alert policy as reference data: thresholds, levels, receivers and grouping (alerts.toml), duties
(receivers.csv) and the limits of sources (sources.csv)."""

from __future__ import annotations

from typing import Literal

import msgspec

Duty = Literal["head", "deputy", "leader", "reform"]
# Who is told of an alert; the holder is the officer who has the dossier. ``above``: head of the
# department or commune above.
Told = Literal["holder", "head", "deputy", "above", "leader", "reform", "admin"]


class AlertPolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Settings for the units at and below ``units`` (none: everywhere) and ``procedures`` (none:
    all). What is None comes from the next less specific policy: by procedure and unit, then by
    procedure, then by the nearest unit above, then the one for all, then the defaults.

    ``off``: kinds that are not raised. ``reminder_hours``: working hours before the due time.
    ``escalation_hours``: working hours after it, for levels 1 to 3. ``acknowledge_hours``: working
    hours for which an acknowledgement holds. ``waiting_days``: working days without an answer to a
    supplement. ``backlog_*``: as in Rules, for units and for officers. ``told``: by kind (of an
    escalation with its level, as escalation_1) who gets it at once. ``digest``: kinds whose head
    gets them in the morning digest only. ``group_seconds``: wait of a first group,
    ``regroup_seconds`` of the next ones to the same receiver. ``storm``: so many alerts of one
    cause are one. ``quiet``: clock times between which nothing is sent. ``digest_at``: clock time.
    ``budget``: groups a receiver and working day.
    """

    units: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    off: tuple[str, ...] | None = None
    reminder_hours: tuple[int, ...] | None = None
    escalation_hours: tuple[int, ...] | None = None
    acknowledge_hours: int | None = None
    waiting_days: int | None = None
    backlog_overdue: int | None = None
    backlog_rate: float | None = None
    backlog_volume: int | None = None
    backlog_minutes: int | None = None
    backlog_clear: float | None = None
    told: dict[str, tuple[Told, ...]] | None = None
    digest: tuple[str, ...] | None = None
    group_seconds: int | None = None
    regroup_seconds: int | None = None
    storm: int | None = None
    quiet: tuple[str, str] | None = None
    digest_at: str | None = None
    budget: int | None = None


class DutyHolder(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who has a duty in a unit; several may have the same."""

    unit: str
    duty: Duty
    officer: str


class SourceLimit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A source that must not fall silent: ``minutes`` within the hours of ``calendar`` (a name, ""
    for the reference's own). ``id``: the source of its events. ``system``: what it is called."""

    id: str
    name: str
    system: str = ""
    minutes: int = 60
    calendar: str = ""
