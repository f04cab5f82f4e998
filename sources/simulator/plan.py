"""Which simulation a timeline holds: enough to go on with it later, without any other memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from dossiers.time.day_table import instant
from sources.simulator.city import City

_TEXT = re.compile(r"simulation seed=(-?\d+) from=(\d{4}-\d\d-\d\d) live=(\d+)")


@dataclass(frozen=True)
class SimulationPlan:
    """``origin``: the first day that has dossiers. ``live_from`` (ms): until then it is history,
    sent at full speed; from then on the demo's clock runs. ``str(plan)`` goes into the timeline's
    ``source``, ``SimulationPlan.parse`` reads it back."""

    seed: int
    origin: date
    live_from: int

    @classmethod
    def make(cls, city: City, now: int) -> Self:
        """The settings' history up to the morning of the newest working day that is not after
        ``now`` (ms) and has a working day after it, so that little of the demo falls into a
        weekend."""
        clock, calendar = city.settings.clock, city.calendar
        today = calendar.local_date(now)
        while not (
            calendar.is_working_day(today) and calendar.is_working_day(today + timedelta(days=1))
        ):
            today -= timedelta(days=1)
        origin, left = today, clock.history_days
        before = _month_before(today) if clock.whole_month else today
        while left > 0 or origin >= before:
            origin -= timedelta(days=1)
            left -= calendar.is_working_day(origin)
        while not calendar.is_working_day(origin):
            origin -= timedelta(days=1)
        live_from = instant(datetime.combine(today, clock.opens_at, calendar.zone))
        return cls(city.seed, origin, live_from)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The plan that ``str`` wrote, None for anything else."""
        match = _TEXT.fullmatch(text)
        if match is None:
            return None
        return cls(int(match[1]), date.fromisoformat(match[2]), int(match[3]))

    def __str__(self) -> str:
        return f"simulation seed={self.seed} from={self.origin.isoformat()} live={self.live_from}"


def _month_before(day: date) -> date:
    """Its first day."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
