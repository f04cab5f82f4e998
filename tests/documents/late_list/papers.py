"""Lists as they go on paper."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2

from documents.late_list.data import Paper
from dossiers.publication.sealing import hashes_of, sealed
from dossiers.wire.late_lists import Envelope, ExcludedLine
from tests.dossiers.publication.made_lists import KIEN, LAND, SECRET, MadeList, small_list

ENVELOPE = Envelope(
    agency=("UBND THÀNH PHỐ MINH HÒA", "VĂN PHÒNG"),
    issuer="Văn phòng Ủy ban nhân dân thành phố Minh Hòa",
    document_no="214/TB-VP",
    place="Minh Hòa",
    dated="2026-11-13",
    signer_title=("KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"),
    signer="Đinh Quang Vinh",
    recipients=("- Các sở, ban, ngành;", "- Lưu: VT, KSTT."),
    address="https://motcua.example/late-lists/2026-10",
)
RECORD = 31


def paper_of(made: MadeList, **more: Any) -> Paper:
    """Approved, unless ``more`` says otherwise."""
    values = {"envelope": ENVELOPE, "approved": RECORD, "sheet": made.sheet, **more}
    return Paper(core=made.core, rows=made.rows, **values)


def with_excluded(made: MadeList) -> MadeList:
    """Two that the review took out, beside what is left."""
    lines = (
        ExcludedLine(
            dossier="H99-2006", procedure="1.012753", unit=LAND, officer="", relief="unit",
            reason="system_down", text="Mất kết nối từ 05/10 đến 07/10",
        ),
        ExcludedLine(
            dossier="H99-2001", procedure="1.009978", unit=LAND, officer=KIEN, relief="holder",
            reason="leave",
        ),
    )  # fmt: skip
    found = tuple(sealed(SECRET, "excluded", line) for line in lines)
    rows = type(made.rows)(
        officers=made.rows.officers,
        dossiers=made.rows.dossiers,
        receptions=made.rows.receptions,
        excluded=found,
    )
    return small_list(excluded=hashes_of(found))._replace(rows=rows)


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, spaces as one."""
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        return [" ".join(_text(page).split()) for page in document]


def _text(page: Any) -> str:
    text: str = page.get_textpage().get_text_bounded()
    return text.replace("\u200b", "").replace("\ufffe", "")
