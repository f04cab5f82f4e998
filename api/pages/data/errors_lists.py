"""Errors of the last day by source and reason, and those that one-stop systems report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from api.data_quality.counted import unit_of_source
from api.data_quality.sync_errors import SyncError, SyncErrors
from api.pages.data.listing import ListedPage
from api.pages.data.wording import reason_name, source_name
from api.pages.parts.states import Empty, Notice
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.rendering import calendar_in_use
from api.pages.words import Words, local_time
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name

_NAMED = 5  # sources


def errors_list(
    found: SyncErrors, sources: Sequence[str], viewer: Viewer, words: Words
) -> ListedPage:
    """Errors of the last day by source and reason; of ``sources``, or of all if there are none."""
    chosen = sources or sorted(found.by_source, key=lambda s: (-found.count(s), s))
    errors = [(s, e) for s in chosen for e in found.by_source.get(s, ())]
    rows = [
        DataRow(
            (
                TableCell(source_name(source, viewer, words)),
                TableCell(words(f"data_error_{error.kind}")),
                TableCell(_reason(error, viewer, words)),
                TableCell(words.number(error.count), href=_behind(source, error, viewer)),
            )
        )
        for source, error in errors
    ]
    columns = (
        TableColumn(words("data_source"), phone="lead"),
        TableColumn(words("data_error_kind"), phone="more"),
        TableColumn(words("data_letter_reason"), wide=True, phone="more"),
        TableColumn(words("data_count"), number=True, phone="main"),
    )
    total = sum(error.count for _, error in errors)
    since = found.refused_since
    told = words("data_refused_nobody")
    if since is not None:
        told = words("data_refused_since", at=local_time(since, calendar_in_use(viewer)))
    return ListedPage(
        name="errors",
        table=DataTable(words("data_errors"), columns, tuple(rows)),
        aside=words("data_errors_count", n=words.number(total)),
        empty=Empty("good", words("data_errors_none")),
        sheet=[
            [
                words("data_source"),
                words("data_error_kind"),
                words("data_letter_reason"),
                words("data_count"),
            ],
            *(
                [
                    source,
                    words(f"data_error_{error.kind}"),
                    _reason(error, viewer, words),
                    error.count,
                ]
                for source, error in errors
            ),
        ],
        notices=(Notice(told), *_not_reporting(found, chosen, viewer, words)),
    )


def _not_reporting(
    found: SyncErrors, sources: Sequence[str], viewer: Viewer, words: Words
) -> list[Notice]:
    """Of sources that never reported an error, nobody knows whether they met any."""
    silent = [source for source in sources if source not in found.reporting]
    if not silent:
        return []
    names = ", ".join(source_name(source, viewer, words) for source in silent[:_NAMED])
    more = len(silent) - _NAMED
    if more > 0:
        names = words("data_and_others", names=names, n=words.number(more))
    return [Notice(words("data_not_reporting", sources=names))]


def _reason(error: SyncError, viewer: Viewer, words: Words) -> str:
    if error.kind == "missing" and error.at is not None:
        return words("data_error_list_of", at=local_time(error.at, calendar_in_use(viewer)))
    return reason_name(error.reason, words)


def _behind(source: str, error: SyncError, viewer: Viewer) -> str:
    """What is counted; of refused records nothing was kept."""
    if error.kind == "missing":
        unit = unit_of_source(source, viewer.live.view.context)
        return f"/data/missing?{urlencode({'unit': unit})}"
    if error.reported is not None:
        one = error.reported
        asked = {"sender": one.sender, "madonvi": one.madonvi, "system": one.system,
                 "code": one.code}  # fmt: skip
        return f"/data/reported?{urlencode(asked)}"
    if error.kind == "dead_letter":
        query = {"state": "day", "reason": error.reason, "source": source}
        return f"/data/letters?{urlencode(query)}"
    return ""


def reported_page(
    rows: Sequence[Mapping[str, Any]], system: str, code: str, viewer: Viewer, words: Words
) -> ListedPage:
    """The dossiers of which a one-stop system reported one error of another system."""
    calendar = calendar_in_use(viewer)
    lines = [
        DataRow(
            (
                TableCell(
                    shown_name(row["id"], words.language) or "–",
                    href=f"/dossiers/{quote(row['id'], safe='')}" if row["id"] else "",
                ),
                TableCell(local_time(row["at"], calendar)),
            )
        )
        for row in rows
    ]
    columns = (
        TableColumn(words("dossier"), phone="lead"),
        TableColumn(words("data_letter_at"), phone="main"),
    )
    return ListedPage(
        name="reported",
        table=DataTable(words("data_reported"), columns, tuple(lines)),
        aside=words("data_reported_count", system=system, code=code, n=words.number(len(rows))),
        empty=Empty("none", words("data_errors_none")),
    )
