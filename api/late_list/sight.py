"""What of a late list somebody may see: all of it, that of the own subtree, or the own cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.access.principal import Role
from api.access.reach import WHOLE_ROLES, reach_of
from api.publications.case_rows import CaseRow, CaseRows, units_within
from api.publications.errors import LateListError, missing
from api.viewer import Viewer
from dossiers.publication.editions import Edition
from dossiers.wire.late_lists import ListCore
from dossiers.wire.publications import Case

ERASED = "The rows of this list are no more: names have had their time."


@dataclass(frozen=True)
class SeenCases:
    """``whole``: everything may be seen. ``units``: whose cases are, if not; ``officer``: whose own
    ones. ``rows``: those that are, in the order of the list."""

    edition: Edition
    core: ListCore
    index: CaseRows
    whole: bool
    units: frozenset[str]
    officer: str
    rows: tuple[CaseRow, ...]

    def sees(self, case: Case) -> bool:
        """Whether a case is among them."""
        if case not in self.index.by_case:
            return False
        mine = bool(self.officer) and case.officer == self.officer
        return self.whole or mine or case.unit in self.units


def edition_of(viewer: Viewer, list_: str, number: int = 0) -> Edition:
    """The newest edition of a list, or that of ``number``. Raises LateListError."""
    found = viewer.live.publications.edition(list_, number)
    if found is None:
        raise missing()
    return found


async def seen_cases(
    viewer: Viewer, edition: Edition, roles: frozenset[Role] | None = None
) -> SeenCases:
    """``roles``: only what these let somebody see. Raises LateListError: of a list in which nothing
    is theirs nobody hears but whoever sees all."""
    reach = viewer.reach if roles is None else reach_of(viewer.principal, roles)
    frozen = edition.frozen.record
    core = await viewer.live.shelf.core(frozen.core)
    index = await viewer.live.shelf.cases(frozen.rows)
    if core is None or index is None:
        if reach.whole:
            raise LateListError(410, "erased", ERASED)
        raise missing()
    units: frozenset[str] = frozenset()
    if reach.units:
        units = units_within(core, reach.units, viewer.live.within(reach).units)
    rows = _rows(index, reach.whole, units, reach.officer)
    if not rows and not reach.whole:
        raise missing()
    return SeenCases(edition, core, index, reach.whole, units, reach.officer, rows)


def _rows(index: CaseRows, whole: bool, units: Iterable[str], officer: str) -> tuple[CaseRow, ...]:
    if whole:
        return tuple(index.by_case.values())
    return tuple(index.of(units, officer))


async def case_count(viewer: Viewer, edition: Edition) -> int | None:
    """How many cases of an edition somebody sees; None if its rows are no more, or for whoever
    sees all of it, whether there are any or not."""
    reach, frozen = viewer.reach, edition.frozen.record
    if reach.whole:
        return None
    core = await viewer.live.shelf.core(frozen.core)
    holders = await viewer.live.shelf.holders(frozen.rows)
    if core is None or holders is None:
        return 0
    units: frozenset[str] = frozenset()
    if reach.units:
        units = units_within(core, reach.units, viewer.live.within(reach).units)
    mine = {reach.officer} - {""}
    return sum(
        count for (unit, officer), count in holders.items() if unit in units or officer in mine
    )


def sees_whole(viewer: Viewer) -> bool:
    """Whether somebody sees all lists, and all that is in them."""
    return bool(viewer.principal.roles & WHOLE_ROLES) and viewer.reach.whole
