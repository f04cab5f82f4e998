"""The thresholds of backlogs by unit and officer, under one version of the reference data."""

from __future__ import annotations

from dossiers.reference.policies import Policies
from dossiers.tallies.backlog import OFF, Thresholds, thresholds
from dossiers.wire.alerts import AlertKind
from dossiers.wire.reference import Reference


class Limits:
    """Looked up when a scope is asked for first, and kept."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self._policies = Policies(reference)
        self._parents = frozenset(unit.parent for unit in reference.units)
        # Of several lines of one officer the last one, which is the latest.
        self._homes = {officer.id: officer.unit for officer in reference.officers}
        self._units: dict[str, Thresholds] = {}
        self._officers: dict[str, Thresholds] = {}

    def same_as(self, other: Limits) -> bool:
        """Whether nobody's thresholds differ."""
        return self._content() == other._content()

    def unit_of(self, officer: str) -> str:
        """The officer's unit, "" if it is not known."""
        return self._homes.get(officer, "")

    def of_unit(self, unit: str) -> Thresholds:
        """What is asked of a unit."""
        found = self._units.get(unit)
        if found is None:
            found = self._units[unit] = self._of("unit_backlog", unit, unit in self._parents)
        return found

    def of_officer(self, officer: str) -> Thresholds:
        """What is asked of an officer, under the policy of the own unit."""
        found = self._officers.get(officer)
        if found is None:
            unit = self.unit_of(officer)
            found = self._officers[officer] = self._of("officer_backlog", unit, above=False)
        return found

    def _of(self, kind: AlertKind, unit: str, above: bool) -> Thresholds:
        settings = self._policies.of(unit, "")
        return thresholds(settings, has_units_below=above) if settings.raises(kind) else OFF

    def _content(self) -> tuple[object, ...]:
        reference = self.reference
        units = {unit.id: unit.parent for unit in reference.units}
        return (reference.rules, reference.alert_policies, units, self._homes)
