"""Plans of absence: whether they can be, and where they leave a gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from dossiers.alerting.people import Duties, Roster, Stand, on_duty
from dossiers.time.hours import DAY
from dossiers.wire.roster import Leave, RosterEntry

LONGEST = 366 * DAY  # ms of one leave
KEPT = 90 * DAY  # ms after its end for which a leave stays in a plan


class Cover(NamedTuple):
    """Who stands in from ``begins_at`` up to ``ends_at`` (ms)."""

    begins_at: int
    ends_at: int
    stand: Stand

    @property
    def whole(self) -> bool:
        """Whether the plan itself says who does."""
        return self.stand.why in ("self", "deputy") and not self.stand.gap


def overlapping(leaves: Sequence[Leave]) -> bool:
    """Whether two of them have an instant in common."""
    ordered = sorted(leaves, key=lambda each: each.begins_at)
    return any(after.begins_at < before.ends_at for before, after in pairwise(ordered))


def with_leave(entry: RosterEntry, leave: Leave, now: int) -> tuple[Leave, ...]:
    """The plan with one leave more, in order, without those that were over long before ``now``
    (ms)."""
    kept = [each for each in entry.leaves if each.ends_at > now - KEPT]
    return tuple(sorted((*kept, leave), key=lambda each: each.begins_at))


def without_leave(entry: RosterEntry, begins_at: int, now: int) -> tuple[Leave, ...]:
    """The plan without the leave that begins at ``begins_at`` (ms). One that goes on at ``now``
    (ms) ends then, and whoever is back stays so."""
    found: list[Leave] = []
    for each in entry.leaves:
        if each.begins_at != begins_at:
            found.append(each)
        elif each.begins_at < now < each.ends_at:
            found.append(Leave(begins_at=each.begins_at, ends_at=now, deputy=each.deputy))
    return tuple(found)


def covers(officer: str, leave: Leave, duties: Duties, roster: Roster) -> tuple[Cover, ...]:
    """Who stands in during a leave, part by part: deputies go on leave as well."""
    found: list[Cover] = []
    turns = [*_turns(leave, roster), leave.ends_at]
    for begins_at, ends_at in pairwise(turns):
        stand = on_duty(officer, duties, roster, begins_at)
        last = found[-1] if found else None
        if last is not None and last.stand._replace(until=0) == stand._replace(until=0):
            found[-1] = Cover(last.begins_at, ends_at, stand)
        else:
            found.append(Cover(begins_at, ends_at, stand))
    return tuple(found)


def _turns(leave: Leave, roster: Roster) -> list[int]:
    """The instants in a leave at which somebody else may stand in."""
    bounds = (
        at
        for entry in roster.values()
        for each in entry.leaves
        for at in (each.begins_at, each.ends_at)
    )
    return sorted({leave.begins_at, *(at for at in bounds if leave.begins_at < at < leave.ends_at)})


def standing_in(person: str, roster: Roster, now: int) -> Iterator[tuple[str, Leave]]:
    """For whom somebody is the deputy, now or later: (officer, leave), the next first."""
    found = (
        (entry.officer, leave)
        for entry in roster.values()
        for leave in entry.leaves
        if leave.deputy == person and leave.ends_at > now
    )
    return iter(sorted(found, key=lambda each: (each[1].begins_at, each[0])))
