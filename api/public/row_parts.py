"""Officers, dossiers, late receptions and what was taken out, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from api.public.asking import ROWS, Asking, Links, Section
from api.public.paging_links import pages_of
from api.public.printing import Printer, month_text
from api.public.tables import ListCell, ListColumn, ListLine, ListPart, ListTable
from dossiers.publication.figures import officer_ranked
from dossiers.wire.late_lists import DossierLine, ExcludedLine, OfficerLine, ReceptionLine

FIRST_ROWS = 10  # of a section on the first page
Chosen = Sequence[int]  # places of rows, in order


def officer_part(printer: Printer, asking: Asking, links: Links, chosen: Chosen) -> ListPart:
    """By unit, then by name: a place in the table is no rank."""
    words = printer.words
    columns = (
        ListColumn(words("pub_no"), number=True, phone="place"),
        ListColumn(words("pub_officer"), phone="lead"),
        ListColumn(words("pub_total"), number=True),
        ListColumn(words("pub_done"), number=True, phone="off"),
        ListColumn(words("pub_open"), number=True, phone="off"),
        ListColumn(words("pub_late"), number=True, phone="main"),
        ListColumn(words("pub_rate"), number=True, phone="off"),
        ListColumn(words("pub_most"), number=True, phone="right"),
        ListColumn(words("pub_mean"), number=True, phone="off"),
        ListColumn(words("pub_apologised"), number=True, phone="off"),
    )
    all_ = printer.opened.officers
    rows = [_officer(place, all_[place], printer, asking, links) for place in _page(asking, chosen)]
    return _part("officers", columns, rows, printer, asking, links, len(chosen))


def _officer(
    place: int, row: OfficerLine, printer: Printer, asking: Asking, links: Links
) -> ListLine:
    counts, number, words = row.counts, printer.number, printer.words
    few = not officer_ranked(counts, printer.opened.core.thresholds)
    most = printer.most(row.days)
    where = ", ".join(filter(None, (printer.position(row.officer), printer.unit_in_full(row.unit))))
    said = filter(None, (printer.reason(row.reason), words("pub_few") if few else ""))
    cells = (
        ListCell(number(place + 1)),
        ListCell(printer.officer(row.officer, row.position), sub=where, note=" · ".join(said)),
        ListCell(number(counts.total), said=printer.of_total(counts)),
        ListCell(number(counts.done)),
        ListCell(number(counts.open)),
        ListCell(number(counts.late)),
        ListCell(printer.rate(counts)),
        ListCell(most, said=words("pub_most_said", n=most)),
        ListCell(printer.mean(row.days, counts.late)),
        ListCell(number(counts.apologised)),
    )
    return ListLine(cells)


def dossier_part(printer: Printer, asking: Asking, links: Links, chosen: Chosen) -> ListPart:
    """The late dossiers."""
    words = printer.words
    columns = (
        ListColumn(words("pub_no"), number=True, phone="place"),
        ListColumn(words("pub_dossier"), phone="lead"),
        ListColumn(words("pub_unit_step")),
        ListColumn(words("pub_received"), phone="off"),
        ListColumn(words("pub_due")),
        ListColumn(words("pub_finished")),
        ListColumn(words("pub_days"), number=True, phone="main"),
    )
    all_ = printer.opened.dossiers
    rows = [_dossier(place, all_[place], printer, asking, links) for place in _page(asking, chosen)]
    return _part("dossiers", columns, rows, printer, asking, links, len(chosen))


def _dossier(
    place: int, row: DossierLine, printer: Printer, asking: Asking, links: Links
) -> ListLine:
    words = printer.words
    step = words("pub_at_step", step=printer.step(row.step)) if row.step else ""
    one = Asking(asking.list, asking.edition, dossier=row.dossier)
    finished = printer.day(row.finished_at) if row.finished_at is not None else words("pub_not_yet")
    cells = (
        ListCell(printer.number(place + 1)),
        ListCell(row.dossier, href=links.to(one), sub=printer.procedure(row.procedure)),
        ListCell(printer.unit_in_full(row.unit), sub=step, note=" · ".join(notes(row, printer))),
        ListCell(printer.day(row.received_at)),
        ListCell(printer.day(row.due_at)),
        ListCell(finished),
        ListCell(printer.days(row.late, row.day)),
    )
    return ListLine(cells)


def notes(row: DossierLine, printer: Printer) -> list[str]:
    """What has to be said of a late dossier beside its figures."""
    words = printer.words
    found = [words(f"pub_mark_{mark}") for mark in row.marks]
    if row.listed_in:
        found.append(words("pub_listed", months=", ".join(map(month_text, row.listed_in))))
    if row.late == 0:
        found.append(words("pub_zero"))
    if row.apologised:
        found.append(words("pub_was_apologised"))
    if row.reason:
        found.append(printer.reason(row.reason))
    return found


def reception_part(printer: Printer, asking: Asking, links: Links, chosen: Chosen) -> ListPart:
    """What was received too late: a lateness of its own, none of the others."""
    words = printer.words
    columns = (
        ListColumn(words("pub_no"), number=True, phone="place"),
        ListColumn(words("pub_dossier"), phone="lead"),
        ListColumn(words("pub_unit")),
        ListColumn(words("pub_submitted")),
        ListColumn(words("pub_received")),
        ListColumn(words("pub_over"), number=True, phone="main"),
    )
    all_ = printer.opened.rows.receptions
    rows = [_reception(place, all_[place].row, printer) for place in _page(asking, chosen)]
    return _part("receptions", columns, rows, printer, asking, links, len(chosen))


def _reception(place: int, row: ReceptionLine, printer: Printer) -> ListLine:
    cells = (
        ListCell(printer.number(place + 1)),
        ListCell(row.dossier, sub=printer.procedure(row.procedure)),
        ListCell(printer.unit_in_full(row.unit)),
        ListCell(printer.minute(row.submitted_at)),
        ListCell(printer.minute(row.received_at)),
        ListCell(printer.hours(row.over)),
    )
    return ListLine(cells)


def excluded_part(printer: Printer, asking: Asking, links: Links, chosen: Chosen) -> ListPart:
    """What the review took out, with the reason."""
    words = printer.words
    columns = (
        ListColumn(words("pub_no"), number=True, phone="place"),
        ListColumn(words("pub_dossier"), phone="lead"),
        ListColumn(words("pub_relieved")),
        ListColumn(words("pub_reason")),
    )
    all_ = printer.opened.rows.excluded
    rows = [_excluded(place, all_[place].row, printer) for place in _page(asking, chosen)]
    return _part("excluded", columns, rows, printer, asking, links, len(chosen))


def _excluded(place: int, row: ExcludedLine, printer: Printer) -> ListLine:
    words = printer.words
    whom = printer.unit_in_full(row.unit)
    if row.relief == "holder":
        whom = f"{printer.officer(row.officer)}, {whom}"
    cells = (
        ListCell(printer.number(place + 1)),
        ListCell(row.dossier, sub=printer.procedure(row.procedure)),
        ListCell(whom, sub=words(f"pub_relief_{row.relief}")),
        ListCell(printer.reason(row.reason), sub=row.text),
    )
    return ListLine(cells)


def _page(asking: Asking, chosen: Chosen) -> Chosen:
    if not asking.show:
        return chosen[:FIRST_ROWS]
    return chosen[(asking.page - 1) * ROWS : asking.page * ROWS]


def _part(
    key: Section,
    columns: tuple[ListColumn, ...],
    rows: list[ListLine],
    printer: Printer,
    asking: Asking,
    links: Links,
    number: int,
) -> ListPart:
    words = printer.words
    whole = links.to(replace(asking, show=key, page=1))
    more = (words(f"pub_{key}_all", n=words.number(number)), whole)
    return ListPart(
        key=key,
        title=words(f"pub_{key}"),
        count=words.number(number),
        table=ListTable(words(f"pub_{key}_caption"), columns, tuple(rows)) if rows else None,
        empty=words("pub_nothing_found") if asking.q or asking.unit else words(f"pub_{key}_none"),
        more=more if not asking.show and number > len(rows) else None,
        pages=pages_of(asking, links, words, number) if asking.show else (),
        notes=(words(f"pub_{key}_note"),) if words.has(f"pub_{key}_note") else (),
    )
