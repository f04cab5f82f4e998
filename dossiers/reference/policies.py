"""The alert policy that holds for a unit and a procedure: what alerts.toml says, field by field,
else the rules, else the defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any

import msgspec

from dossiers.wire.alert_policy import AlertPolicy, Told
from dossiers.wire.alerts import AlertKind
from dossiers.wire.reference import Reference, Rules

_FIELDS = tuple(
    name for name in AlertPolicy.__struct_fields__ if name not in ("units", "procedures", "told")
)
_KEPT = 100_000  # pairs of unit and procedure whose settings are kept
Place = tuple[str, str]  # unit and procedure; "" for any

TOLD: Mapping[str, tuple[Told, ...]] = {
    "due_soon": ("holder",),
    "overdue": ("holder", "head"),
    "escalation_1": ("head", "deputy"),
    "escalation_2": ("above",),
    "escalation_3": ("leader",),
    "late_reception": ("head",),
    "step_overdue": ("holder",),
    "waiting_too_long": ("holder",),
    "repeat_supplement": ("holder",),
    "date_rewritten": ("head", "reform"),
    "extension_without_reason": ("head", "reform"),
    "reopened": ("holder", "head"),
    "backdated": ("head", "reform"),
    "unit_backlog": ("head", "deputy"),
    "officer_backlog": ("head",),
    "source_silent": ("admin", "reform"),
}
"""Who is told at once if no policy says so, by ``rule_name``."""


def rule_name(kind: AlertKind, level: int) -> str:
    """Under which name ``told`` and ``digest`` have an alert: its kind, of an escalation with its
    level."""
    return f"escalation_{level}" if kind == "escalation" else kind


class AlertSettings(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What AlertPolicy says, with a value for each field; the same object for the same policies.

    ``told`` has every rule name. ``quiet``: two equal times mean none.
    """

    off: tuple[str, ...]
    reminder_hours: tuple[int, ...]
    escalation_hours: tuple[int, ...] = (8, 24, 40)
    acknowledge_hours: int = 8
    waiting_days: int = 10
    backlog_overdue: int
    backlog_rate: float
    backlog_volume: int
    backlog_minutes: int
    backlog_clear: float
    told: Mapping[str, tuple[Told, ...]]
    digest: tuple[str, ...] = ("due_soon", "step_overdue", "waiting_too_long", "repeat_supplement")
    group_seconds: int = 30
    regroup_seconds: int = 3_600
    storm: int = 20
    quiet: tuple[str, str] = ("18:00", "07:00")
    digest_at: str = "07:30"
    budget: int = 10

    def raises(self, kind: AlertKind) -> bool:
        """Whether alerts of this kind are raised at all."""
        return kind not in self.off


class Policies:
    """The alert policies of one version of the reference data. ``everywhere``: what holds for all
    units and procedures."""

    def __init__(self, reference: Reference) -> None:
        self._parents = {unit.id: unit.parent for unit in reference.units}
        self._policies: dict[Place, AlertPolicy] = {}
        for policy in reference.alert_policies:
            for place in places(policy):
                self._policies.setdefault(place, policy)
        self._rules = reference.rules
        self._made: dict[tuple[int, ...], AlertSettings] = {}
        # With nothing but one policy for all there is nothing to look up.
        self._is_uniform = self._policies.keys() <= {("", "")}
        self.everywhere = self._find("", "")
        self._found = lru_cache(maxsize=_KEPT)(self._find)

    def of(self, unit: str, procedure: str) -> AlertSettings:
        """The settings for dossiers of ``procedure`` that ``unit`` has; "" for a scope's alert,
        which has no procedure, or no unit. Cached."""
        return self.everywhere if self._is_uniform else self._found(unit, procedure)

    def _find(self, unit: str, procedure: str) -> AlertSettings:
        """Which policies hold decides; those of thousands of pairs are the same."""
        upwards = [*self._upwards(unit), ""]
        wanted = chain(((u, procedure) for u in upwards if procedure), ((u, "") for u in upwards))
        holding = [self._policies[place] for place in wanted if place in self._policies]
        key = tuple(map(id, holding))
        if key not in self._made:
            self._made[key] = _settings(holding, self._rules)
        return self._made[key]

    def _upwards(self, unit: str) -> Iterator[str]:
        """The unit, its parent and so on; a circle in the data ends the walk."""
        seen: set[str] = set()
        while unit and unit not in seen:
            seen.add(unit)
            yield unit
            unit = self._parents.get(unit, "")


def places(policy: AlertPolicy) -> list[Place]:
    """The pairs of unit and procedure that a policy speaks of."""
    return [(u, p) for u in policy.units or ("",) for p in policy.procedures or ("",)]


def _settings(holding: list[AlertPolicy], rules: Rules) -> AlertSettings:
    """``holding``: the more specific first."""
    said: dict[str, Any] = {
        "off": () if rules.backdated_alerts else ("backdated",),
        "reminder_hours": rules.alert_hours,
        "backlog_volume": rules.minimum_volume,
    }
    for name in ("backlog_overdue", "backlog_rate", "backlog_minutes", "backlog_clear"):
        said[name] = getattr(rules, name)
    told = dict(TOLD)
    for policy in reversed(holding):
        own = ((name, getattr(policy, name)) for name in _FIELDS)
        said |= {name: value for name, value in own if value is not None}
        told |= policy.told or {}
    return AlertSettings(**said, told=told)
