"""Procedures: which have the most lates, and which are sent back to the citizen again and again."""

from __future__ import annotations

from dataclasses import dataclass

from api.insight.answers import as_of, asked_of
from api.insight.conditions import where_of
from api.insight.filters import Filter
from api.insight.linked import LinkedCount, standpoint
from api.viewer import Viewer

_NUMBERS = ("behind", "handled", "repeated")
MOST = 2_000  # procedures; a province's directory has about as many
REPEATED = 2  # requests to complete a dossier from which they count as repeated


@dataclass(frozen=True)
class ProcedureLine:
    """``behind``: late in the window or overdue at its end. ``handled``: open at some time in it.
    ``repeated``: of these, asked for at least REPEATED times. ``share``: behind of handled, in
    percent. ``procedure``: "" where no source named one."""

    procedure: str
    behind: LinkedCount
    handled: LinkedCount
    repeated: LinkedCount

    @property
    def share(self) -> float | None:
        number = self.handled.number
        return None if not number else 100.0 * self.behind.number / number


@dataclass(frozen=True)
class ProcedureTable:
    """``lines``: most lates first, then by id. ``total``: of all, whatever the lines leave out."""

    lines: list[ProcedureLine]
    total: ProcedureLine


async def procedures(of: Filter, viewer: Viewer, window: str = "month") -> ProcedureTable:
    """The dossiers of ``of`` that were handled in ``window``, by procedure. Raises StoreAway."""
    base = of.with_(what="handled", window=window)
    at = standpoint(of, viewer)
    where = where_of(base, at)
    behind = where_of(base.with_(what="behind"), at).beyond(where).renamed("b_")
    age = await as_of(viewer)
    rows = await asked_of(
        viewer,
        f"d.procedure AS id, count() AS handled, countIf({behind}) AS behind, "
        f"countIf(d.supplements >= {REPEATED}) AS repeated, "
        + ", ".join(f"sum({name}) OVER () AS all_{name}" for name in _NUMBERS),
        where,
        f"GROUP BY id ORDER BY behind DESC, handled DESC, id LIMIT {MOST}",
        **behind.parameters,
    )
    whole = {name: rows[0][f"all_{name}"] for name in _NUMBERS} if rows else {}
    lines = [_line(of_procedure(base, row["id"]), row, age) for row in rows]
    return ProcedureTable(lines, _line(base, {**whole, "id": of.procedure}, age))


def of_procedure(of: Filter, procedure: str) -> Filter:
    """Those of ``of`` with this procedure; "": of which no source named one."""
    if procedure:
        return of.with_(procedure=procedure)
    return of.with_(marks=(*of.marks, "no_procedure"))


def _line(own: Filter, row: dict[str, object], as_of_ms: int) -> ProcedureLine:
    filters = {
        "behind": own.with_(what="behind"),
        "handled": own,
        "repeated": own.with_(supplements=REPEATED),
    }
    counted = (LinkedCount(int(str(row.get(n, 0))), f, as_of_ms) for n, f in filters.items())
    return ProcedureLine(str(row["id"]), *counted)
