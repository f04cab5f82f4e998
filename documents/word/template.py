"""Parts of a template: paragraphs and tables with the fields that docxtpl fills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
CENTER, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
LEFT, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT


def new_template(mark: str = "{{ mark }}") -> DocumentObject:
    """An empty A4 page with the margins of the decree, its number at the head from the second page
    on, and ``mark`` on each."""
    made = Document()
    style = made.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(4)
    _language(style.element.get_or_add_rPr())
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True
    _centred(section.first_page_header.paragraphs[0], mark)
    number = section.header.paragraphs[0]
    number.alignment = CENTER
    _field(number, "PAGE")
    _centred(section.header.add_paragraph(), mark)
    return made


def landscape(made: DocumentObject) -> None:
    """What follows begins on a new page that lies on its side."""
    section = made.add_section(WD_SECTION.NEW_PAGE)
    _turn(section)
    section.different_first_page_header_footer = False


def landscape_page(made: DocumentObject) -> None:
    """All of it lies on its side."""
    _turn(made.sections[0])


def _turn(section: Section) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)


def paragraph(
    made: DocumentObject | _Cell, text: str, align: Any = JUSTIFY, size: float = 13, *,
    bold: bool = False, italic: bool = False, indent: bool = False,
) -> Paragraph:  # fmt: skip
    """With one run."""
    found = made.add_paragraph()
    if isinstance(made, _Cell):
        found.paragraph_format.space_after = Pt(0)
    found.alignment = align
    if indent:
        found.paragraph_format.first_line_indent = Mm(10)
    run = found.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    return found


def repeated(made: DocumentObject, over: str, text: str, **style: Any) -> None:
    """``text`` for each item of ``over`` ("line in lines")."""
    paragraph(made, f"{{%p for {over} %}}")
    paragraph(made, text, **style)
    paragraph(made, "{%p endfor %}")


def columns(made: DocumentObject, left: float, right: float) -> tuple[_Cell, _Cell]:
    """Two cells side by side, without lines; widths in mm."""
    table = made.add_table(rows=1, cols=2)
    table.autofit = False
    for column, width in zip(table.columns, (left, right), strict=True):
        column.width = Mm(width)
    cells = table.rows[0].cells
    for cell, width in zip(cells, (left, right), strict=True):
        cell.width = Mm(width)
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)
    return cells[0], cells[1]


def ruled(
    made: DocumentObject, titles: Sequence[str], widths: Sequence[float], rows: str, size: float
) -> None:
    """A table with its head on every page. ``rows``: name of the rows among the values, each a list
    of ``titles``' length; ``widths`` in mm."""
    table = made.add_table(rows=4, cols=len(titles), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    head, begin, line, end = table.rows
    for cell, title, width in zip(head.cells, titles, widths, strict=True):
        _write(cell, title, CENTER, size - 1.5, bold=True)
        cell.width = Mm(width)
    _write(begin.cells[0], f"{{%tr for row in {rows} %}}", LEFT, size)
    for place, (cell, width) in enumerate(zip(line.cells, widths, strict=True)):
        _write(cell, f"{{{{ row[{place}] }}}}", LEFT, size)
        cell.width = Mm(width)
    _write(end.cells[0], "{%tr endfor %}", LEFT, size)
    _narrow(table)
    properties = head._tr.get_or_add_trPr()
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    properties.append(repeat)


def _narrow(table: Any) -> None:
    """Less room at the sides of a cell than Word gives by itself."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        found = OxmlElement(f"w:{side}")
        found.set(qn("w:w"), "45")
        found.set(qn("w:type"), "dxa")
        margins.append(found)
    table._tbl.tblPr.append(margins)


def _write(cell: _Cell, text: str, align: Any, size: float, *, bold: bool = False) -> None:
    found = cell.paragraphs[0]
    found.alignment = align
    found.paragraph_format.space_after = Pt(0)
    run = found.add_run(text)
    run.font.size, run.bold = Pt(size), bold


def _centred(found: Paragraph, text: str) -> None:
    found.alignment = CENTER
    run = found.add_run(text)
    run.bold, run.font.size = True, Pt(9)


def _language(properties: Any) -> None:
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    properties.append(language)


def _field(found: Paragraph, code: str) -> None:
    """What Word works out."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    found._p.append(field)
