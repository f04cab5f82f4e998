"""Everything that is offered of one list, file after file."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from documents.late_list.csv_files import csvs_of
from documents.late_list.data import FORMS, Form, Paper, json_of
from documents.late_list.docx import draft_docx
from documents.late_list.pdf import pdfs_of
from documents.late_list.workbook import xlsx_of
from dossiers.publication.manifest import file_stem

PDF, JSON, CSV = "application/pdf", "application/json", "text/csv; charset=utf-8"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MadeFile(msgspec.Struct, frozen=True):
    """``name``: as wire.publications.PublishedFile has it; ``media``: its type."""

    name: str
    media: str
    content: bytes


def files_of(paper: Paper, forms: Collection[Form] = FORMS) -> Iterator[MadeFile]:
    """In the order in which they are offered: the document with its annexes first. ``forms``: only
    these. Those of long lists take a minute: see ``making``. Raises documents.large.TooLarge."""
    stem = stem_of(paper)
    if "pdf" in forms:
        for pdf in pdfs_of(paper):
            yield MadeFile(f"{stem}{pdf.suffix}.pdf", PDF, pdf.content)
    if "docx" in forms and not paper.approved:  # what is published is not to be edited
        yield MadeFile(f"{stem}.docx", DOCX, draft_docx(paper))
    if "xlsx" in forms:
        yield MadeFile(f"{stem}.xlsx", XLSX, xlsx_of(paper))
    if "csv" in forms:
        for key, content in csvs_of(paper):
            yield MadeFile(f"{stem}-{key}.csv", CSV, content)
    if "json" in forms:
        yield MadeFile(f"{stem}.json", JSON, json_of(paper))


def stem_of(paper: Paper) -> str:
    """What the names of a list's files begin with: danh-sach-tre-han-2026-10."""
    draft = "" if paper.approved else "-nhap"
    return f"danh-sach-tre-han-{file_stem(paper.core.id, paper.core.edition)}{draft}"
