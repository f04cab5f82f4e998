"""Phiếu kiểm soát quá trình giải quyết hồ sơ: who held a dossier, from when until when, and whether
each of them was on time."""

from __future__ import annotations

from typing import Any

import msgspec

from documents.letters.told import ControlSlip
from documents.typeset.compiling import pdf_of
from documents.typeset.texts import breakable, printable
from documents.word.filling import docx_of
from documents.word.template import (
    CENTER,
    LEFT,
    landscape_page,
    new_template,
    paragraph,
    repeated,
    ruled,
)

TITLE = "Phiếu kiểm soát quá trình giải quyết hồ sơ"
FORM = "Mẫu số 06, Thông tư 03/2025/TT-VPCP"
_COLUMNS = (
    ("STT", 0.5), ("Bên giao", 2.0), ("Bên nhận", 2.4), ("Bước", 1.6), ("Nhận lúc", 1.4),
    ("Giao lúc", 1.4), ("Thời hạn (giờ làm việc)", 1.1), ("Đã dùng (giờ làm việc)", 1.1),
    ("Kết quả", 1.2), ("Ghi chú", 2.0),
)  # fmt: skip
_ALIGNS = (0, 1, 1, 1, 0, 0, 2, 2, 0, 1)
_PAGE = 252.0  # mm between the margins
_LONG = 6.0  # em, which every column of words has


def slip_pdf(slip: ControlSlip) -> bytes:
    """PDF/A-2a and UA-1."""
    return pdf_of("slip", _content(slip), slip.at)


def slip_docx(slip: ControlSlip) -> bytes:
    """To be completed and signed."""
    made = new_template()
    landscape_page(made)
    paragraph(made, "{{ unit }}", LEFT, bold=True)
    paragraph(made, TITLE.upper(), CENTER, 14, bold=True)
    paragraph(made, f"({FORM})", CENTER, 11, italic=True)
    repeated(made, "line in lines", "{{ line }}", align=LEFT)
    whole = sum(width for _, width in _COLUMNS)
    widths = [_PAGE * width / whole for _, width in _COLUMNS]
    ruled(made, [name for name, _ in _COLUMNS], widths, "rows", 10.5)
    paragraph(made, "{{ verdict }}", LEFT)
    paragraph(made, "{{ as_of }}", LEFT, 10, italic=True)
    values = _content(slip)
    values["lines"] = [f"{name}: {value}" for name, value in values["facts"]]
    return docx_of(made, values, f"{TITLE} {slip.dossier}", slip.at)


def _content(slip: ControlSlip) -> dict[str, Any]:
    return {
        "title": printable(f"{TITLE} {slip.dossier}"),
        "heading": TITLE.upper(),
        "form": f"({FORM})",
        "mark": slip.mark,
        "unit": printable(slip.unit),
        "facts": [[name, printable(value)] for name, value in slip.facts],
        "table": {
            "size": 10.5,
            "widths": [width for _, width in _COLUMNS],
            "aligns": _ALIGNS,
            "head": [[{"words": name, "columns": 1, "rows": 1} for name, _ in _COLUMNS]],
            "rows": _rows(slip),
            "total": [],
        },
        "rows": _rows(slip),
        "verdict": printable(slip.verdict),
        "as_of": printable(slip.as_of),
    }


def _rows(slip: ControlSlip) -> list[list[str]]:
    return [
        [str(number), *(breakable(str(text), _LONG) for text in msgspec.structs.astuple(each))]
        for number, each in enumerate(slip.handovers, 1)
    ]
