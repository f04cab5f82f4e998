"""What holds in an installation, read from its reference data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.faults.oracle.calendar import Calendar

DAY = 86_400_000


class Rules:
    """``reference``: as its JSON file has it. ``retention``: ms for which a closed dossier stays in
    the stream after its last event, None for ever. ``parents``: of units."""

    def __init__(self, reference: Mapping[str, Any]) -> None:
        rules = reference.get("rules", {})
        self.retention = rules.get("retention_days", 62) * DAY if rules.get("tombstones") else None
        units = reference["units"]
        self.parents = {unit["id"]: unit.get("parent", "") for unit in units}
        self.calendar = Calendar(reference["calendar"])
        named = {each["name"]: Calendar(each) for each in reference.get("calendars", ())}
        self._own = {u["id"]: named[u["calendar"]] for u in units if u.get("calendar")}

    def calendar_of(self, unit: str) -> Calendar:
        """That of the nearest unit above that names one, else that of the whole."""
        while unit:
            if unit in self._own:
                return self._own[unit]
            unit = self.parents.get(unit, "")
        return self.calendar
