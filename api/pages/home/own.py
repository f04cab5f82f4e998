"""An officer's own open dossiers, by urgency."""

from __future__ import annotations

from urllib.parse import quote

from api.insight.filters import Filter
from api.insight.listing import Sort, list_page
from api.live.view import Picture
from api.pages.home.telling import DayTelling
from api.pages.parts.marks import Link, Shape, Tone
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.words import Words
from api.queries import Row
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name
from dossiers.time.hours import MINUTE
from dossiers.wire.keys import officer_scope

LISTED = 20
RUNNING = Filter(standing=("overdue", "within"))
STOPPED = Filter(standing=("waiting",))


def own_links(view: Picture, officer: str, words: Words) -> tuple[Link, ...]:
    """To what the table leaves out: the rest of those whose clock runs, and those that wait."""
    scope = officer_scope(officer)
    running = view.value(scope, "open") - view.value(scope, "waiting")
    waiting = view.value(scope, "waiting")
    found = (
        (running, running > LISTED, "home_own_more", RUNNING),
        (waiting, waiting > 0, "home_own_stopped", STOPPED),
    )
    return tuple(
        Link(words(key, n=words.number(n)), filter_.with_(officer=officer).url())
        for n, left, key, filter_ in found
        if left
    )


async def own_dossiers(viewer: Viewer, telling: DayTelling) -> DataTable | None:
    """The first LISTED of the officer's own whose clock runs, also of somebody who sees more;
    those overdue longest first; None if there are none. Raises StoreAway."""
    mine = RUNNING.with_(officer=viewer.reach.officer)
    page = await list_page(mine, viewer, sort=Sort("due"), cursor=None, limit=LISTED)
    if not page.rows:
        return None
    words = telling.words
    columns = (
        TableColumn(words("home_time_left"), phone="lead"),
        TableColumn(words("due"), phone="more"),
        TableColumn(words("dossier"), phone="main"),
        TableColumn(words("procedure"), wide=True),
        TableColumn(words("step")),
    )
    rows = tuple(_row(row, viewer, telling) for row in page.rows)
    return DataTable(words("home_own"), columns, rows)


def _row(row: Row, viewer: Viewer, telling: DayTelling) -> DataRow:
    text, tone, shape = _left(row, viewer, telling)
    procedure = viewer.labels.procedure(row["procedure"])
    due = "–" if row["due_at"] is None else telling.moment(row["due_at"])
    return DataRow(
        (
            TableCell(text, tone=tone, shape=shape, strong=tone != "neutral"),
            TableCell(due),
            TableCell(row["id"], href=f"/dossiers/{quote(row['id'], safe='')}"),
            TableCell(procedure, title=procedure),
            TableCell(shown_name(row["step"]) or "–"),
        )
    )


def _left(row: Row, viewer: Viewer, telling: DayTelling) -> tuple[str, Tone, Shape]:
    """Working time to the due time, or since."""
    words, due = telling.words, row["due_at"]
    if due is None:
        return words("home_no_due"), "neutral", ""
    calendar = viewer.view.context.calendar_named(row["calendar"])
    left = calendar.between(telling.day.now, due)
    if row["standing"] == "overdue":
        late = words.amount(-left, calendar)
        said = words("home_late_by", n=late) if left <= -MINUTE else words("home_just_late")
        return said, "late", "overdue"
    soon: tuple[Tone, Shape] = ("soon", "soon") if row["due_soon"] else ("neutral", "")
    return words("home_left", n=words.amount(left, calendar)), *soon
