"""Panels of what the reference data lacks: names, texts, steps and limits."""

from __future__ import annotations

from collections.abc import Sequence

from api.data_quality.names import UnmatchedName, UnmatchedNames
from api.data_quality.procedures import LackingProcedure
from api.pages.data.parts_of_page import SHOWN, PagePanel, counted_row, two_columns
from api.pages.data.procedures_list import lacks
from api.pages.parts.figure import help_of
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.words import Words
from api.ports import UnlistedName
from dossiers.reference.unlisted import shown_name


def names_panel(found: UnmatchedNames, words: Words) -> PagePanel:
    """Names that nobody is matched with."""
    reasons: dict[str, list[UnmatchedName]] = {}
    for each in found.names:
        # The names themselves stand only where each look at them is noted.
        reasons.setdefault(words(f"data_why_{each.why}", n="≥ 2"), []).append(each)
    rows = [
        DataRow(
            (
                TableCell(reason),
                TableCell(words.number(len(names))),
                TableCell(
                    words.number(sum(each.dossiers for each in names)),
                    strong=True,
                ),
            )
        )
        for reason, names in sorted(reasons.items(), key=lambda item: -len(item[1]))
    ]
    columns = (
        TableColumn(words("data_name_why"), phone="lead"),
        TableColumn(words("data_names_n"), number=True, phone="more"),
        TableColumn(words("data_dossiers"), number=True, phone="main"),
    )
    return PagePanel(
        "names",
        words("data_names"),
        words(
            "data_names_count",
            n=words.number(len(found.names)),
            dossiers=words.number(found.dossiers),
        ),
        table=DataTable(words("data_names"), columns, tuple(rows)) if rows else None,
        instead=None if rows else Empty("good", words("data_names_none", days=30)),
        more=Link(words("data_names_see"), "/data/names") if rows else None,
        help=help_of(words, "data_names"),
    )


def texts_panel(found: Sequence[UnlistedName] | None, words: Words) -> PagePanel:
    """Texts that the reference data lacks, by what they name."""
    title = words("data_texts")
    if found is None:
        return PagePanel("texts", title, instead=Empty("none", words("data_texts_nobody")))
    rows = []
    for kind in ("unit", "officer", "step", "procedure"):
        own = [each for each in found if each.kind == kind]
        if own:
            # The texts themselves stand only where each look at them is noted.
            rows.append(
                counted_row(words(f"data_text_{kind}"), "", words.number(len(own)), "/data/texts")
            )
    return PagePanel(
        "texts",
        title,
        words("data_texts_count", n=words.number(len(found))),
        table=two_columns(title, words("data_text_kind"), words("data_count"), rows),
        instead=None if rows else Empty("good", words("data_texts_none")),
        more=Link(words("data_texts_see"), "/data/texts") if rows else None,
        help=help_of(words, "data_texts"),
    )


def procedures_panel(found: Sequence[LackingProcedure], words: Words) -> PagePanel:
    """Procedures whose entry lacks something."""
    title = words("data_procedures")
    rows = [
        DataRow(
            (
                TableCell(
                    each.name or shown_name(each.id, words.language) or words("data_no_procedure"),
                    sub=lacks(each, words),
                    title=each.id,
                ),
                TableCell(words.number(each.open), href=each.filter.url() if each.open else ""),
            )
        )
        for each in found[:SHOWN]
    ]
    if left := found[SHOWN:]:
        text = words("data_other_procedures", n=words.number(len(left)))
        count = words.number(sum(each.open for each in left))
        rows.append(
            DataRow((TableCell(text), TableCell(count, href="/data/procedures")), kind="rest")
        )
    return PagePanel(
        "procedures",
        title,
        words("data_procedures_count", n=words.number(len(found))),
        table=two_columns(title, words("procedure"), words("open"), rows),
        instead=None if rows else Empty("good", words("data_procedures_none")),
        more=Link(words("data_procedures_see"), "/data/procedures") if rows else None,
        help=help_of(words, "data_procedures"),
    )
