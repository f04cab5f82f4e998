"""One late dossier as the public sees it: its dates, whose hours, and its row to check."""

from __future__ import annotations

from dataclasses import dataclass

from api.public.asking import Asking, Links
from api.public.printing import Printer
from api.public.row_parts import notes
from api.public.tables import ListCell, ListColumn, ListLine, ListTable
from dossiers.publication.sealing import hash_of
from dossiers.reports.wording import in_english, in_vietnamese, shown
from dossiers.text.canonical import canonical_json
from dossiers.wire.late_lists import Charge, DossierLine


@dataclass(frozen=True)
class OneDossier:
    """``facts``: (name, value). ``row``: what is checked, as canonical JSON with its salt;
    ``digest``: its hash; ``place``: among the dossiers of the list, from 1."""

    dossier: str
    facts: tuple[tuple[str, str], ...]
    charges: ListTable
    row: str
    digest: str
    place: str
    verify: str


def one_dossier(printer: Printer, asking: Asking, links: Links) -> OneDossier | None:
    """None if the list has no such dossier."""
    opened, words = printer.opened, printer.words
    place = opened.places.get(asking.dossier)
    if place is None:
        return None
    sealed = opened.rows.dossiers[place]
    return OneDossier(
        dossier=asking.dossier,
        facts=tuple(_facts(sealed.row, printer)),
        charges=_charges(sealed.row, printer),
        row=canonical_json(sealed).decode(),
        digest=hash_of(sealed),
        place=words("pub_place", n=printer.number(place + 1),
                    all=printer.number(len(opened.dossiers))),
        verify=links.verify(asking.list, asking.dossier),
    )  # fmt: skip


def _facts(row: DossierLine, printer: Printer) -> list[tuple[str, str]]:
    words = printer.words
    finished = words("pub_not_yet") if row.finished_at is None else printer.minute(row.finished_at)
    facts = [
        (words("pub_procedure"), printer.procedure(row.procedure)),
        (words("pub_unit"), printer.unit_in_full(row.unit)),
        (words("pub_received"), printer.minute(row.received_at)),
        (words("pub_due"), printer.minute(row.due_at)),
        (words("pub_finished"), finished),
        (words("pub_days"), printer.days(row.late, row.day)),
        (words("pub_step"), printer.step(row.step) if row.step else "–"),
        (words("pub_rules"), words("pub_rules_text", rules=row.rules, calendar=row.calendar)),
    ]
    said = notes(row, printer)
    return [*facts, (words("pub_notes"), "; ".join(said))] if said else facts


def _charges(row: DossierLine, printer: Printer) -> ListTable:
    """They add up to the whole lateness, in whole minutes too."""
    words = printer.words
    columns = (
        ListColumn(words("pub_whose"), phone="lead"),
        ListColumn(words("pub_step")),
        ListColumn(words("pub_hours"), number=True, phone="main"),
    )
    *amounts, unheld = shown([*(each.amount for each in row.charges), row.unassigned])
    rows = [_charge(*each, printer) for each in zip(row.charges, amounts, strict=True)]
    if row.unassigned:
        nobody = (
            ListCell(words("pub_unassigned")),
            ListCell(""),
            ListCell(_amount(unheld, printer)),
        )
        rows.append(ListLine(nobody))
    sum_ = _amount(sum(amounts) + unheld, printer)
    whole = (ListCell(words("pub_sum")), ListCell(""), ListCell(sum_))
    return ListTable(words("pub_whose_caption"), columns, (*rows, ListLine(whole, "whole")), lead=0)


def _charge(charge: Charge, amount: int, printer: Printer) -> ListLine:
    """``amount``: working ms, in whole minutes."""
    words = printer.words
    if charge.relieved:
        who = words("pub_relieved_one")
    elif charge.officer:
        who = printer.officer(charge.officer)
    else:
        who = words("inbox")
    cells = (
        ListCell(who, sub=printer.unit_in_full(charge.unit)),
        ListCell(printer.step(charge.step) if charge.step else ""),
        ListCell(_amount(amount, printer)),
    )
    return ListLine(cells)


def _amount(amount: int, printer: Printer) -> str:
    """Working ms in words."""
    return (in_vietnamese if printer.words.language == "vi" else in_english)(amount)
