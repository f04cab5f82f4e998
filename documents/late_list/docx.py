"""The draft of a list as DOCX, for whoever words the notice: its sentences, the table of units, and
the officers. Dossiers are in the workbook."""

from __future__ import annotations

from docx.document import Document as DocumentObject
from docx.shared import Pt

from documents.dates import date_text
from documents.late_list.annexes import Annex, annex_named, annexes_of
from documents.late_list.data import Paper
from documents.late_list.grids import Grid, cell_text
from documents.late_list.holders import notice_grid
from documents.late_list.mentions import Mentions
from documents.late_list.notice import (
    attached,
    closing,
    counted,
    opening,
    origin_text,
    titles,
    units_line,
)
from documents.late_list.words import mark_of
from documents.typeset.texts import printable
from documents.word.filling import docx_of
from documents.word.template import (
    CENTER,
    LEFT,
    columns,
    landscape,
    new_template,
    paragraph,
    repeated,
    ruled,
)

MOST_ROWS = 1_000  # of an annex: whoever edits does not want more
_IN_ANNEX = ("dinh-chinh", "can-bo", "don-vi", "loai-tru")
_PAGE, _LANDSCAPE = 165.0, 252.0  # mm between the margins


def draft_docx(paper: Paper) -> bytes:
    """What a Word processor opens and an office words to its own use."""
    mentions = Mentions(paper)
    annexes = annexes_of(paper, mentions)
    table = notice_grid(mentions, annex_named(annexes, "don-vi"))
    shown = [annex for annex in annexes if _fits(annex)]
    title = " ".join(titles(paper, mentions))
    template = _template(table, [annex.grid for annex in shown])
    return docx_of(
        template, _values(paper, mentions, annexes, table, shown), title, paper.core.watermark
    )


def _fits(annex: Annex) -> bool:
    return annex.grid.key in _IN_ANNEX and len(annex.grid.rows) <= MOST_ROWS


def _template(table: Grid, grids: list[Grid]) -> DocumentObject:
    made = new_template()
    left, right = columns(made, 65, 100)
    left.paragraphs[0].text = "{%p for line in agency %}"
    paragraph(left, "{{ line }}", CENTER, 12, bold=True)
    paragraph(left, "{%p endfor %}")
    paragraph(left, "Số: {{ number }}", CENTER)
    right.paragraphs[0].alignment = CENTER
    country = right.paragraphs[0].add_run("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    country.bold, country.font.size = True, Pt(12)
    paragraph(right, "Độc lập - Tự do - Hạnh phúc", CENTER, bold=True)
    paragraph(right, "{{ place_dated }}", CENTER, italic=True)
    paragraph(made, "{{ kind }}", CENTER, 14, bold=True)
    repeated(made, "line in titles", "{{ line }}", align=CENTER, size=14, bold=True)
    repeated(made, "line in before", "{{ line }}", indent=True)
    ruled(made, _titles(table), _widths(table, _PAGE), "units", 10.5)
    repeated(made, "line in after", "{{ line }}", indent=True)
    left, right = columns(made, 82, 83)
    left.paragraphs[0].add_run("Nơi nhận:").bold = True
    paragraph(left, "{%p for line in recipients %}")
    paragraph(left, "{{ line }}", LEFT, 11)
    paragraph(left, "{%p endfor %}")
    right.paragraphs[0].text = "{%p for line in signer_title %}"
    paragraph(right, "{{ line }}", CENTER, bold=True)
    paragraph(right, "{%p endfor %}")
    for text in ("", "", "", "{{ signer }}"):
        paragraph(right, text, CENTER, bold=True)
    repeated(made, "line in proof", "{{ line }}", align=LEFT, size=8.5)
    for place, grid in enumerate(grids):
        _annex(made, grid, f"annexes[{place}]")
    return made


def _annex(made: DocumentObject, grid: Grid, name: str) -> None:
    landscape(made)
    paragraph(made, f"{{{{ {name}.label }}}}", CENTER, bold=True)
    paragraph(made, f"{{{{ {name}.title }}}}", CENTER, bold=True)
    paragraph(made, "{{ attached }}", CENTER, italic=True)
    ruled(made, _titles(grid), _widths(grid, _LANDSCAPE), f"{name}.rows", 10)
    repeated(made, f"line in {name}.notes", "{{ line }}", align=LEFT, size=10, italic=True)


def _titles(grid: Grid) -> list[str]:
    return [field.full_title for field in grid.fields]


def _widths(grid: Grid, page: float) -> list[float]:
    whole = sum(field.width for field in grid.fields)
    return [page * field.width / whole for field in grid.fields]


def _values(
    paper: Paper, mentions: Mentions, annexes: tuple[Annex, ...], table: Grid, shown: list[Annex]
) -> dict[str, object]:
    envelope = paper.envelope
    said = [*counted(mentions, annexes), units_line(mentions)]
    place = f"{envelope.place}, " if envelope.place else ""
    before = [*opening(paper, mentions), *(f"{n}. {line}" for n, line in enumerate(said, 1))]
    return {
        "mark": mark_of(paper),
        "agency": _lines([line.upper() for line in envelope.agency]),
        "number": printable(envelope.document_no),
        "place_dated": printable(place) + " " + date_text(envelope.dated),
        "kind": printable(envelope.kind),
        "titles": _lines(titles(paper, mentions)),
        "before": _lines(before),
        "after": _lines([f"{len(said) + 1}. {closing(paper, annexes)}"]),
        "units": _rows(table, mentions),
        "recipients": _lines(envelope.recipients),
        "signer_title": _lines(envelope.signer_title),
        "signer": printable(envelope.signer),
        "proof": _lines([f"SHA-256: {paper.sha256}", origin_text(paper, mentions)]),
        "attached": printable(attached(paper)),
        "annexes": [
            {
                "label": annex.label,
                "title": printable(annex.grid.title.upper()),
                "rows": _rows(annex.grid, mentions),
                "notes": _lines(annex.grid.notes),
            }
            for annex in shown
        ],
    }


def _rows(grid: Grid, mentions: Mentions) -> list[list[str]]:
    rows = (*grid.rows, grid.total) if grid.total else grid.rows
    return [
        [
            printable(cell_text(cell, field.kind, mentions.zone))
            for cell, field in zip(row, grid.fields, strict=True)
        ]
        for row in rows
    ]


def _lines(texts: tuple[str, ...] | list[str]) -> list[str]:
    return [printable(text) for text in texts]
