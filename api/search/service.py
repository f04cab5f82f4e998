"""What a search finds: a dossier by its id, units, officers and procedures by id or name.

Only what lies within the reach of who searches, by names as these appear to them: whoever reads
initials finds by initials.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from api.access.reach import Reach
from api.labels import Labels
from api.queries import Row
from api.search.index import Hit, NameIndex, Searchable
from api.statements import Where, ms
from api.viewer import Viewer
from dossiers.text.identity import identity
from dossiers.wire.reference import Reference

MOST_TYPED = 100  # characters; no id has more
MOST_DOSSIERS = 20
MOST_NAMES = 8  # of a kind
SHORTEST_ID = 3  # characters: fewer begin nearly every id
_KEPT = 16  # indexes; one of a province's whole takes a few megabytes
_COLUMNS = ", ".join(
    (
        "d.dossier_id AS id",
        "d.standing AS standing",
        "d.unit AS unit",
        "d.procedure AS procedure",
        ms("d.due_at"),
        ms("d.finished_at"),
    )
)


@dataclass(frozen=True)
class SearchResult:
    """``dossiers``: whose id begins as typed; ``more``: there are more of these. ``exact``: the
    dossier with this very id, "" if there is none."""

    dossiers: list[Row]
    more: bool
    exact: str
    names: list[Hit]


class Search:
    """Keeps an index for each reach and version of the reference data that somebody searched."""

    def __init__(self) -> None:
        self._indexes: OrderedDict[Reach, tuple[Reference, NameIndex]] = OrderedDict()

    async def find(self, viewer: Viewer, typed: str) -> SearchResult:
        """What ``typed`` (up to MOST_TYPED characters) may mean. Raises StoreAway."""
        wanted = identity(typed)[:MOST_TYPED]
        rows, names = await asyncio.gather(
            _dossiers(viewer, wanted), self.names(viewer, wanted, MOST_NAMES)
        )
        sought = viewer.live.config.sought(wanted) if wanted else ""
        exact = next((row["id"] for row in rows if row["id"] in (sought, wanted.upper())), "")
        return SearchResult(rows[:MOST_DOSSIERS], len(rows) > MOST_DOSSIERS, exact, names)

    async def names(self, viewer: Viewer, typed: str, most: int) -> list[Hit]:
        """Units, officers and procedures, ``most`` of each kind. In a thread: a province's names
        take a tenth of a second, and the feed must not wait for it."""
        reach, reference = viewer.reach, viewer.view.reference
        entries = _entries(reference, viewer.labels)  # made of these when the thread needs them
        return await asyncio.to_thread(self._names, reach, reference, entries, typed, most)

    def _names(
        self,
        reach: Reach,
        reference: Reference,
        entries: Iterator[Searchable],
        typed: str,
        most: int,
    ) -> list[Hit]:
        known = self._indexes.get(reach)
        if known is None or known[0] is not reference:
            known = (reference, NameIndex(entries))
            self._indexes[reach] = known
            while len(self._indexes) > _KEPT:
                self._indexes.popitem(last=False)
        return known[1].find(typed, most)


def _entries(reference: Reference, labels: Labels) -> Iterator[Searchable]:
    for unit in reference.units:
        yield Searchable("unit", unit.id, unit.name)
    for officer in reference.officers:
        yield Searchable("officer", officer.id, labels.officer(officer.id), officer.unit)
    for procedure in reference.procedures:
        yield Searchable("procedure", procedure.id, procedure.name)


async def _dossiers(viewer: Viewer, typed: str) -> list[Row]:
    """Those whose id begins so, and the one that is called otherwise here
    (dossiers.text.kept_ids). One more than are shown."""
    if len(typed) < SHORTEST_ID:
        return []
    where = Where(
        "d.timeline = {timeline:String}",
        "(startsWith(d.dossier_id, {typed:String}) OR startsWith(d.dossier_id, {upper:String})"
        " OR d.dossier_id = {sought:String})",
        timeline=viewer.live.config.timeline,
        typed=typed,
        upper=typed.upper(),
        sought=viewer.live.config.sought(typed),
        most=MOST_DOSSIERS + 1,
    )
    scopes = viewer.scopes()
    if scopes is not None:
        where.add("hasAny(d.scopes, {within:Array(String)})", within=scopes)
    sql = (
        f"SELECT {_COLUMNS} FROM dossiers AS d FINAL WHERE {where} "  # noqa: S608
        "ORDER BY d.dossier_id LIMIT {most:UInt32}"
    )
    return await viewer.live.query.rows(sql, where.parameters)
