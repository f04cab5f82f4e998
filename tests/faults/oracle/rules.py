"""What holds in an installation, read from its reference data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.faults.oracle.calendar import ZONE, Calendar, local_day

DAY = 86_400_000


@dataclass(frozen=True)
class Version:
    """Rules of dossiers received from ``since`` on."""

    since: date = date.min
    by_date: bool = False
    restarts: bool = False
    stops_8: bool = True
    extensions: int = 1

    def passes(self, due: int) -> int:
        """The last instant that is in time."""
        if not self.by_date:
            return due
        following = local_day(due) + timedelta(days=1)
        return round(datetime.combine(following, time(), ZONE).timestamp() * 1000) - 1


class Rules:
    """``reference``: as its JSON file has it. ``retention``: ms for which a closed dossier stays in
    the stream after its last event, None for ever. ``parents``: of units."""

    def __init__(self, reference: Mapping[str, Any]) -> None:
        rules = reference.get("rules", {})
        self.retention = rules.get("retention_days", 62) * DAY if rules.get("tombstones") else None
        self.reopened_hours = rules.get("reopened_hours", 40)
        units = reference["units"]
        self.parents = {unit["id"]: unit.get("parent", "") for unit in units}
        self.calendar = Calendar(reference["calendar"])
        named = {each["name"]: Calendar(each) for each in reference.get("calendars", ())}
        self._own = {u["id"]: named[u["calendar"]] for u in units if u.get("calendar")}
        self._versions = [_version(date.min, rules)]
        for each in reference.get("rule_versions", ()):
            self._versions.append(_version(date.fromisoformat(each["since"]), each["rules"]))

    def of(self, received: int | None) -> Version:
        """Of a dossier received then."""
        if received is None:
            return self._versions[0]
        day = local_day(received)
        return next(each for each in reversed(self._versions) if each.since <= day)

    def calendar_of(self, unit: str) -> Calendar:
        """That of the nearest unit above that names one, else that of the whole."""
        while unit:
            if unit in self._own:
                return self._own[unit]
            unit = self.parents.get(unit, "")
        return self.calendar


def _version(since: date, rules: Mapping[str, Any]) -> Version:
    return Version(
        since,
        rules.get("on_time_by") == "date",
        rules.get("stop_mode") == "restart",
        rules.get("stops_status_8", True),
        rules.get("extensions_allowed", 1),
    )
