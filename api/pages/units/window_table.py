"""The rolling windows of a unit, one row each."""

from __future__ import annotations

from api.insight.linked import LinkedCount
from api.insight.unit_windows import WindowRow, windows
from api.pages.parts.rates import rate_cell
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.units.subject import UnitSubject


async def window_table(subject: UnitSubject) -> DataTable:
    """From one hour to the year. Raises StoreAway."""
    words = subject.words
    rows = await windows(subject.of, subject.viewer)
    return DataTable(
        caption=words("units_windows"),
        columns=(
            TableColumn(words("units_window"), phone="lead"),
            TableColumn(words("units_received"), number=True),
            TableColumn(words("units_finished"), number=True),
            TableColumn(words("units_late"), number=True),
            TableColumn(words("units_rate_percent"), number=True, phone="main"),
            TableColumn(words("units_newly_overdue"), number=True),
        ),
        rows=tuple(_row(subject, row) for row in rows),
        note=words("units_windows_note"),
        id="windows",
    )


def window_name(subject: UnitSubject, window: str) -> str:
    """Of a window, with the month's and the year's own number."""
    now = subject.calendar.local(subject.viewer.view.watermark or 0)
    return subject.words(f"units_window_{window}", month=now.month, year=now.year)


def _row(subject: UnitSubject, row: WindowRow) -> DataRow:
    judged = subject.of.with_(what="judged", window=row.window)

    def cell(counted: LinkedCount, measure: str = "") -> TableCell:
        return subject.count(counted, field=f"{measure}_{row.window}" if measure else "")

    return DataRow(
        (
            TableCell(window_name(subject, row.window)),
            cell(row.received, "received"),
            cell(row.finished),
            cell(row.late, "late"),
            rate_cell(
                row.rate,
                row.judged,
                subject.viewer.view.reference.rules,
                subject.words,
                href=subject.href(judged),
            ),
            cell(row.newly_overdue, "newly_overdue"),
        ),
        kind="chosen" if row.window == "month" else "plain",
    )
