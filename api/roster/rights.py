"""Who may see and change whose plan: oneself, and whoever is above in the directory of officers."""

from __future__ import annotations

from collections.abc import Iterator

from api.access.principal import Principal
from api.access.reach import Within
from dossiers.alerting.people import Duties

_STEPS = 10  # up from somebody; a circle in the directory ends the walk
MOST_PEOPLE = 200  # of a superior that a page lists


def may_change(
    who: Principal, within: Within | None, officer: str, duties: Duties, at: int
) -> bool:
    """Whether ``who`` may change the plan of ``officer`` at ``at`` (ms). A supervisor whose sign-in
    names no officer may change those of the own subtree."""
    if duties.officer(officer) is None:
        return False
    if who.officer:
        return officer == who.officer or who.officer in superiors(officer, duties, at)
    return "supervisor" in who.roles and within is not None and officer in within.named


def superiors(officer: str, duties: Duties, at: int) -> list[str]:
    """Who is above somebody at ``at`` (ms), the nearest first."""
    found: list[str] = []
    above = duties.superior(officer, at)
    while above and above != officer and above not in found and len(found) < _STEPS:
        found.append(above)
        above = duties.superior(above, at)
    return found


def people_of(who: Principal, within: Within | None, duties: Duties, at: int) -> Iterator[str]:
    """The people whose superior ``who`` is at ``at`` (ms), in the directory's order; of a
    supervisor without an officer of their own, everybody of the subtree."""
    for officer in duties.officers():
        if officer == who.officer:
            continue
        if who.officer:
            own = duties.superior(officer, at) == who.officer
        else:
            own = may_change(who, within, officer, duties, at)
        if own:
            yield officer
