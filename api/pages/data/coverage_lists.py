"""What the portal counts by unit, and which ids of a list are missing."""

from __future__ import annotations

from api.data_quality.counted import PortalCounts, coverage_of
from api.pages.data.listing import PAGE, ListedPage, paged
from api.pages.data.source_table import missing_address
from api.pages.data.wording import reason_name
from api.pages.parts.controls import Choice, FilterForm, Select
from api.pages.parts.states import Empty, Notice
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.rendering import calendar_in_use
from api.pages.words import Words, local_time
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name
from dossiers.wire.reconciliations import CountedUnit, ListedDossiers, Reconciled


def coverage_list(found: PortalCounts, viewer: Viewer, words: Words, *, number: int) -> ListedPage:
    """One unit a line, those that lack most first."""
    lines = sorted(found.units.values(), key=lambda line: (-_missing(line), line.unit))
    columns = (
        TableColumn(words("unit"), phone="lead"),
        TableColumn(words("data_counted"), number=True),
        TableColumn(words("data_here"), number=True),
        TableColumn(words("data_missing"), number=True, sorted="down", phone="main"),
        TableColumn(words("data_share"), number=True),
        TableColumn(words("data_finished_counted"), number=True, phone="off"),
        TableColumn(words("data_finished_here"), number=True, phone="off"),
    )
    rows = [_coverage_row(line, viewer, words) for line in lines]
    months = tuple(Choice(m, month_in_words(m, words), m == found.month) for m in found.months)
    at = "" if found.at is None else local_time(found.at, calendar_in_use(viewer))
    return ListedPage(
        name="coverage",
        table=DataTable(
            words("data_coverage"), columns, tuple(rows[(number - 1) * PAGE : number * PAGE])
        ),
        aside=words("data_coverage_at", month=month_in_words(found.month, words), at=at)
        if at
        else month_in_words(found.month, words),
        empty=Empty("none", words("data_counts_none"), words("data_counts_how")),
        sheet=[
            [
                words("unit"),
                words("data_code"),
                words("data_counted"),
                words("data_here"),
                words("data_finished_counted"),
                words("data_finished_here"),
            ],
            *(
                [
                    viewer.labels.unit(line.unit),
                    line.unit,
                    line.received,
                    line.received_here,
                    line.finished,
                    line.finished_here,
                ]
                for line in lines
            ),
        ],
        filters=FilterForm("/data/coverage", (Select("month", words("data_month"), months),))
        if len(months) > 1
        else None,
        pages=paged(number, len(rows), viewer, words),
    )


def month_in_words(month: str, words: Words) -> str:
    """2026-11 as people say it."""
    year, _, number = month.partition("-")
    return words("data_month_name", month=number.lstrip("0"), year=year)


def _missing(line: CountedUnit) -> int:
    found = coverage_of(line)
    return 0 if found is None else found.missing


def _coverage_row(line: CountedUnit, viewer: Viewer, words: Words) -> DataRow:
    found = coverage_of(line)
    unit = words("data_unit_unknown") if line.unit == "unknown" else viewer.labels.unit(line.unit)
    missing = 0 if found is None else found.missing
    return DataRow(
        (
            TableCell(unit, href=missing_address(line.unit, viewer) if missing else ""),
            TableCell("–" if line.received is None else words.number(line.received)),
            TableCell(words.number(line.received_here)),
            TableCell("–" if found is None else words.number(missing), strong=missing > 0),
            TableCell("–" if found is None else words.decimal(found.share, 2)),
            TableCell("–" if line.finished is None else words.number(line.finished)),
            TableCell(words.number(line.finished_here)),
        )
    )


def missing_list(
    found: tuple[Reconciled, ListedDossiers] | None,
    unit: str,
    viewer: Viewer,
    words: Words,
    *,
    number: int,
) -> ListedPage:
    """The ids of the last list of a unit that are not here."""
    all_ = () if found is None else found[1].missing
    rows = [
        DataRow(
            (
                TableCell(shown_name(each.id, words.language)),
                TableCell(
                    reason_name(each.why, words) if each.why else words("data_missing_never")
                ),
            )
        )
        for each in all_[(number - 1) * PAGE : number * PAGE]
    ]
    columns = (
        TableColumn(words("dossier"), phone="lead"),
        TableColumn(words("data_missing_why"), wide=True),
    )
    count = 0 if found is None else found[1].missing_count
    name = viewer.labels.unit(unit) if unit else words("data_all_units")
    none = Empty("none", words("data_list_none", unit=name), words("data_list_how"))
    if found is not None:
        listed = words.number(found[1].listed)
        none = Empty("good", words("data_missing_none", unit=name, n=listed))
    return ListedPage(
        name="missing",
        table=DataTable(words("data_missing_ids"), columns, tuple(rows)),
        aside=words("data_missing_count", unit=name, n=words.number(count)),
        empty=none,
        sheet=[[words("dossier"), words("data_missing_why")], *([e.id, e.why] for e in all_)],
        notices=(Notice(words("data_missing_cut", n=words.number(len(all_)))),)
        if count > len(all_)
        else (),
        pages=paged(number, len(all_), viewer, words),
    )
