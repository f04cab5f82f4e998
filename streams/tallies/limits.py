"""The thresholds of backlogs by unit and officer, under one version of the reference data."""

from __future__ import annotations

from dossiers.reference.policies import Policies
from dossiers.tallies.backlog import OFF, BacklogLimits, thresholds
from dossiers.wire.alerts import AlertKind
from dossiers.wire.keys import officer_scope, unit_scope
from dossiers.wire.reference import Reference

UNIT, OFFICER = unit_scope(""), officer_scope("")


class Limits:
    """Looked up when a scope is asked for first, and kept."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self._policies = Policies(reference)
        self._parents = frozenset(unit.parent for unit in reference.units)
        # Of several lines of one officer the last one, which is the latest.
        self._homes = {officer.id: officer.unit for officer in reference.officers}
        self._found: dict[str, BacklogLimits] = {}

    def same_as(self, other: Limits) -> bool:
        """Whether nobody's thresholds differ."""
        return self._content() == other._content()

    def unit_of(self, officer: str) -> str:
        """The officer's unit, "" if it is not known."""
        return self._homes.get(officer, "")

    def of(self, scope: str) -> BacklogLimits:
        """What is asked of a unit, or of an officer under the policy of the own unit."""
        found = self._found.get(scope)
        if found is None:
            found = self._found[scope] = self._of(scope)
        return found

    def _of(self, scope: str) -> BacklogLimits:
        kind: AlertKind = "unit_backlog"
        unit, above = scope.removeprefix(UNIT), False
        if scope.startswith(OFFICER):
            kind, unit = "officer_backlog", self.unit_of(scope.removeprefix(OFFICER))
        else:
            above = unit in self._parents
        settings = self._policies.of(unit, "")
        return thresholds(settings, has_units_below=above) if settings.raises(kind) else OFF

    def _content(self) -> tuple[object, ...]:
        reference = self.reference
        units = {unit.id: unit.parent for unit in reference.units}
        return (reference.rules, reference.alert_policies, units, self._homes)
