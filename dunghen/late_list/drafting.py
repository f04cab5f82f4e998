"""A month's late list as things stand, in the forms in which lists are published. Nothing is kept.

It is frozen as any list is, and marked as a draft. The same log gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from documents.late_list.csv_files import csvs_of
from documents.late_list.data import Paper, json_of
from documents.late_list.docx import draft_docx
from documents.late_list.pdf import pdfs_of
from documents.late_list.workbook import xlsx_of
from dossiers.wire.late_lists import Envelope
from dunghen.late_list.freezing import FreezeAsked, Note, freeze
from dunghen.late_list.thresholds import thresholds_of
from dunghen.settings.installation import Installation

Form = Literal["json", "csv", "xlsx", "docx", "pdf"]
Part = Literal["officers", "units", "dossiers", "receptions"]
_CSVS: dict[Part, str] = {
    "officers": "can-bo", "units": "don-vi", "dossiers": "ho-so", "receptions": "cham-tiep-nhan",
}  # fmt: skip


def draft_of(installation: Installation, note: Note, month: str, scope: str) -> Paper:
    """The list of ``month`` (YYYY-MM) for the unit ``scope``, "" for all. Raises UserError."""
    thresholds = thresholds_of(installation)
    asked = FreezeAsked(month=month, scope=scope, thresholds=thresholds, draft=True)
    found = freeze(installation, asked, note)
    agency = installation.settings.late_list.agency or installation.settings.wall.title
    envelope = Envelope(agency=(agency,) if agency else ())
    return Paper(core=found.core, rows=found.rows, sheet=found.sheet, envelope=envelope)


def written(paper: Paper, form: Form, part: Part) -> Iterator[tuple[str, bytes]]:
    """What to add to a file's name, and its content; a PDF with long annexes has several files.
    ``part``: which table, of CSV. Raises TooLarge."""
    if form == "pdf":
        yield from ((pdf.suffix, pdf.content) for pdf in pdfs_of(paper))
    elif form == "docx":
        yield "", draft_docx(paper)
    elif form == "xlsx":
        yield "", xlsx_of(paper)
    elif form == "csv":
        yield "", dict(csvs_of(paper)).get(_CSVS[part], b"")
    else:
        yield "", json_of(paper) + b"\n"
