"""Search results: a dossier by its id, units, officers and procedures by name."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.insight.filters import Filter
from api.pages.failed_part import failed_part
from api.pages.navigation import opens
from api.pages.parts.controls import PageHead
from api.pages.parts.states import Empty
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.rendering import Lang, calendar_in_use, render
from api.pages.words import Words, local_time, words_of
from api.ports import StoreAway
from api.queries import Row
from api.search.index import Hit, Kind
from api.search.service import MOST_NAMES, MOST_TYPED, Search, SearchResult
from api.viewer import LoadedViewer, Viewer

router = APIRouter(tags=["pages"])
KINDS: tuple[Kind, ...] = ("unit", "officer", "procedure")


@router.get("/search", include_in_schema=False)
async def search_page(
    request: Request,
    viewer: LoadedViewer,
    lang: Lang,
    q: Annotated[str, Query(max_length=MOST_TYPED, description="id or name")] = "",
) -> Response:
    """What was typed, found by id or name. The very id of a dossier leads there at once."""
    words, search = words_of(lang), _search(request)
    failed = None
    try:
        found = await search.find(viewer, q)
    except StoreAway as error:
        names = await search.names(viewer, q, MOST_NAMES)
        found = SearchResult([], more=False, exact="", names=names)
        failed = failed_part(viewer, words("search_failed"), words("search_failed_text"), error)
    if found.exact:
        return RedirectResponse(f"/dossiers/{quote(found.exact, safe='')}", 303)
    nothing = bool(q.strip()) and not failed and not found.dossiers and not found.names
    return render(
        "search.html",
        viewer,
        lang,
        head_of=PageHead(words("search_title")),
        q=q,
        dossiers=_dossiers(found, viewer, words),
        names=[
            (kind, table) for kind in KINDS if (table := _names(kind, found.names, viewer, words))
        ],
        alike=any(hit.alike is not None for hit in found.names),
        nothing=Empty("none", words("search_none"), words("search_none_text")) if nothing else None,
        failed=failed,
    )


def _search(request: Request) -> Search:
    """One for the application: it keeps what it has prepared."""
    found: Search = request.app.state.search
    return found


def _dossiers(found: SearchResult, viewer: Viewer, words: Words) -> DataTable | None:
    if not found.dossiers:
        return None
    columns = (
        TableColumn(words("dossier"), phone="lead"),
        TableColumn(words("search_standing"), phone="main"),
        TableColumn(words("unit")),
        TableColumn(words("procedure"), wide=True),
        TableColumn(words("due")),
    )
    note = words("search_more") if found.more else ""
    rows = tuple(_dossier(row, viewer, words) for row in found.dossiers)
    return DataTable(words("search_dossiers"), columns, rows, note=note)


def _dossier(row: Row, viewer: Viewer, words: Words) -> DataRow:
    late = row["standing"] == "overdue"
    procedure = viewer.labels.procedure(row["procedure"])
    return DataRow(
        (
            TableCell(row["id"], href=f"/dossiers/{quote(row['id'], safe='')}"),
            TableCell(
                words(f"verdict_{row['standing']}"),
                tone="late" if late else "neutral",
                shape="overdue" if late else "",
            ),
            TableCell(viewer.labels.unit(row["unit"])),
            TableCell(procedure, title=procedure),
            TableCell(local_time(row["due_at"], calendar_in_use(viewer))),
        )
    )


def _names(kind: Kind, hits: list[Hit], viewer: Viewer, words: Words) -> DataTable | None:
    mine = [hit for hit in hits if hit.entry.kind == kind]
    if not mine:
        return None
    named = TableColumn(words(f"search_{kind}"), phone="lead", wide=True)
    unit = (TableColumn(words("unit")),) if kind == "officer" else ()
    rows = tuple(_named(hit, viewer) for hit in mine)
    return DataTable(named.title, (named, *unit, TableColumn(words("search_id"))), rows)


def _named(hit: Hit, viewer: Viewer) -> DataRow:
    entry = hit.entry
    unit = (TableCell(viewer.labels.unit(entry.unit)),) if entry.kind == "officer" else ()
    return DataRow((TableCell(entry.name, href=_page(hit, viewer)), *unit, TableCell(entry.id)))


def _page(hit: Hit, viewer: Viewer) -> str:
    """Where a name leads; "" if there is no such page for the reader."""
    entry, who = hit.entry, viewer.principal
    id_ = quote(entry.id, safe="")
    if entry.kind == "procedure":
        return Filter(procedure=entry.id).url() if opens(who, "/dossiers") else ""
    path = f"/{entry.kind}s/{id_}"
    return path if opens(who, path) else ""
