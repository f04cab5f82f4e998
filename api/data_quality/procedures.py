"""Procedures whose entry in the reference data lacks steps or a limit, and codes without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from api.insight.filters import Filter
from api.insight.procedures import of_procedure
from api.viewer import Viewer
from dossiers.fold.standing import OPEN
from dossiers.wire.reference import Procedure, Reference

Lack = Literal["limit", "steps", "entry"]
MOST = 2_000
_OPEN = """
SELECT procedure, count() AS dossiers FROM dossiers FINAL
WHERE timeline = {timeline:String} AND standing IN {open:Array(String)}
GROUP BY procedure ORDER BY dossiers DESC, procedure LIMIT {most:UInt32}
"""


@dataclass(frozen=True)
class LackingProcedure:
    """``lacks``: a limit and no rule gives one; steps; or the reference data has no such entry.
    ``open``: dossiers of it that are open; ``filter``: which. ``id`` "": no source named one."""

    id: str
    name: str
    lacks: tuple[Lack, ...]
    open: int

    @property
    def filter(self) -> Filter:
        """Of the dossiers that are counted."""
        return of_procedure(Filter(standing=tuple(OPEN)), self.id)


async def lacking_procedures(viewer: Viewer) -> list[LackingProcedure]:
    """Those with most open dossiers first. Raises StoreAway."""
    rows = await viewer.live.query.rows(
        _OPEN, {"timeline": viewer.live.config.timeline, "open": sorted(OPEN), "most": MOST}
    )
    counts = {row["procedure"]: int(row["dossiers"]) for row in rows}
    reference = viewer.live.view.context.reference
    known = {procedure.id for procedure in reference.procedures}
    found = [
        LackingProcedure(p.id, p.name, lacks, counts.get(p.id, 0))
        for p in reference.procedures
        if (lacks := tuple(_lacks(p, reference)))
    ]
    found += [
        LackingProcedure(id_, "", ("entry",), number)
        for id_, number in counts.items()
        if id_ not in known
    ]
    return sorted(found, key=lambda each: (-each.open, each.id))


def _lacks(procedure: Procedure, reference: Reference) -> Iterator[Lack]:
    limited = procedure.limit is not None or procedure.same_day or reference.limit is not None
    if not limited and not any(procedure.id in v.limits for v in reference.rule_versions):
        yield "limit"
    if not procedure.steps:
        yield "steps"
