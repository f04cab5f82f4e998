"""An officer's own open dossiers, by urgency."""

from __future__ import annotations

from urllib.parse import quote

from api.insight.filters import Filter
from api.insight.listing import Sort, list_page
from api.insight.vocabulary import OPEN
from api.pages.home.telling import Telling
from api.pages.parts.marks import Shape, Tone
from api.pages.parts.table import Cell, Column, DataTable, Row
from api.queries import Row as Dossier
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name

LISTED = 20
OWN = Filter(standing=OPEN)


async def own_dossiers(viewer: Viewer, telling: Telling) -> DataTable | None:
    """The first LISTED of them, those overdue longest first; None if there are none. Raises
    StoreAway."""
    page = await list_page(OWN, viewer, sort=Sort("due"), cursor=None, limit=LISTED)
    if not page.rows:
        return None
    words = telling.words
    columns = (
        Column(words("home_time_left"), phone="lead"),
        Column(words("due"), phone="more"),
        Column(words("dossier"), phone="main"),
        Column(words("procedure"), wide=True),
        Column(words("step")),
    )
    rows = tuple(_row(row, viewer, telling) for row in page.rows)
    return DataTable(words("home_own"), columns, rows)


def _row(row: Dossier, viewer: Viewer, telling: Telling) -> Row:
    text, tone, shape = _left(row, viewer, telling)
    procedure = viewer.labels.procedure(row["procedure"])
    due = "–" if row["due_at"] is None else telling.moment(row["due_at"])
    return Row(
        (
            Cell(text, tone=tone, shape=shape, strong=tone != "neutral"),
            Cell(due),
            Cell(row["id"], href=f"/dossiers/{quote(row['id'], safe='')}"),
            Cell(procedure, title=procedure),
            Cell(shown_name(row["step"]) or "–"),
        )
    )


def _left(row: Dossier, viewer: Viewer, telling: Telling) -> tuple[str, Tone, Shape]:
    """Working time to the due time or since; a stopped clock says so."""
    words, due = telling.words, row["due_at"]
    if row["standing"] == "waiting":
        return words("verdict_waiting"), "neutral", "waiting"
    if due is None:
        return words("home_no_due"), "neutral", ""
    calendar = viewer.view.context.calendar_named(row["calendar"])
    left = calendar.between(telling.day.now, due)
    if row["standing"] == "overdue":
        return words("home_late_by", n=words.amount(-left, calendar)), "late", "overdue"
    soon: tuple[Tone, Shape] = ("soon", "soon") if row["due_soon"] else ("neutral", "")
    return words("home_left", n=words.amount(left, calendar)), *soon
