"""Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết, with blanks where the one-stop system
knows what stands there: whom it goes to, its number, who signs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from documents.letters.told import Apology
from documents.typeset.compiling import pdf_of
from documents.typeset.texts import printable
from documents.word.filling import docx_of
from documents.word.template import (
    CENTER,
    LEFT,
    columns,
    new_template,
    paragraph,
    repeated,
)

TITLE = "Xin lỗi và đề nghị gia hạn thời gian giải quyết hồ sơ"
FORM = "Mẫu số 04, Thông tư 03/2025/TT-VPCP"
BLANK = "…" * 24
_SHORT = "…" * 6
_DATE = "ngày …… tháng …… năm ………"


def apology_pdf(letter: Apology) -> bytes:
    """PDF/A-2a and UA-1."""
    return pdf_of("letter", _content(letter), letter.at)


def apology_docx(letter: Apology) -> bytes:
    """To be completed and signed."""
    made = new_template()
    left, right = columns(made, 65, 100)
    left.paragraphs[0].alignment = CENTER
    left.paragraphs[0].add_run("{{ unit }}").bold = True
    paragraph(left, "Số: " + _SHORT, CENTER)
    right.paragraphs[0].alignment = CENTER
    country = right.paragraphs[0].add_run("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    country.bold = True
    paragraph(right, "Độc lập - Tự do - Hạnh phúc", CENTER, bold=True)
    paragraph(right, f"{_SHORT}, {_DATE}", CENTER, italic=True)
    paragraph(made, "VĂN BẢN", CENTER, 14, bold=True)
    paragraph(made, TITLE, CENTER, 14, bold=True)
    paragraph(made, f"({FORM})", CENTER, 11, italic=True)
    paragraph(made, "Kính gửi: " + BLANK, CENTER)
    repeated(made, "line in lines", "{{ line }}", indent=True)
    left, right = columns(made, 82, 83)
    left.paragraphs[0].add_run("Nơi nhận:").bold = True
    paragraph(left, "- Như trên;", LEFT, 11)
    paragraph(left, "- Lưu: VT.", LEFT, 11)
    right.paragraphs[0].alignment = CENTER
    right.paragraphs[0].add_run("THỦ TRƯỞNG CƠ QUAN").bold = True
    paragraph(right, "(Ký, ghi rõ họ tên, đóng dấu)", CENTER, 11, italic=True)
    return docx_of(made, _content(letter), f"{TITLE} {letter.dossier}", letter.at)


def _content(letter: Apology) -> dict[str, Any]:
    return {
        "title": printable(f"{TITLE} {letter.dossier}"),
        "mark": letter.mark,
        "unit": printable(letter.unit.upper()),
        "number": "Số: " + _SHORT,
        "place_dated": f"{_SHORT}, {_DATE}",
        "kind": "VĂN BẢN",
        "heading": TITLE,
        "form": f"({FORM})",
        "to": "Kính gửi: " + BLANK,
        "lines": [printable(line) for line in _lines(letter)],
        "recipients": ["- Như trên;", "- Lưu: VT."],
        "signer_title": ["THỦ TRƯỞNG CƠ QUAN"],
        "signer": "(Ký, ghi rõ họ tên, đóng dấu)",
    }


def _lines(letter: Apology) -> Iterator[str]:
    yield (
        f"Lúc {letter.received}, {letter.unit} tiếp nhận hồ sơ giải quyết thủ tục hành chính "
        f"“{letter.procedure}” của {BLANK[:12]}; mã hồ sơ: {letter.dossier}."
    )
    yield f"Thời gian hẹn trả kết quả: {letter.due}."
    if letter.finished:
        yield f"Hồ sơ giải quyết xong lúc {letter.finished}, quá thời hạn {letter.late}."
    elif letter.late:
        yield f"Đến nay hồ sơ chưa giải quyết xong, đã quá thời hạn {letter.late}."
    else:
        yield "Hồ sơ dự kiến chưa giải quyết xong đúng thời hạn đã hẹn."
    yield f"Lý do: {letter.reason or BLANK}."
    yield f"{letter.unit} xin lỗi Ông/Bà/Tổ chức về sự chậm trễ này."
    if not letter.finished:
        yield (
            f"Đề nghị Ông/Bà/Tổ chức đồng ý gia hạn; kết quả sẽ được trả lúc "
            f"{letter.until or f'{_SHORT} giờ {_SHORT} phút, {_DATE}'}."
        )
    yield "Rất mong nhận được sự thông cảm của Ông/Bà/Tổ chức./."
