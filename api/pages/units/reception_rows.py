"""Submissions that nobody has received yet, and receptions that became late."""

from __future__ import annotations

from api.insight.receptions import receptions
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.units.subject import UnitSubject


async def reception_table(subject: UnitSubject) -> DataTable:
    """Raises StoreAway."""
    words = subject.words
    found = await receptions(subject.of, subject.viewer)
    shown = (
        ("submitted", found.submitted, False),
        ("became_late", found.became_late, True),
        ("pending", found.pending, False),
        ("late_now", found.late, True),
        ("late_today", found.late_today, False),
    )
    rows = tuple(
        DataRow(
            (
                TableCell(words(f"units_reception_{name}")),
                subject.count(counted, "late" if late else "neutral"),
            )
        )
        for name, counted, late in shown
    )
    return DataTable(
        caption=words("units_receptions"),
        columns=(
            TableColumn(words("units_submissions"), phone="lead", wide=True),
            TableColumn(words("units_dossiers"), number=True, phone="main"),
        ),
        rows=rows,
        density="compact",
        id="receptions",
    )
