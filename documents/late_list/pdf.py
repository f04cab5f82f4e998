"""A list as PDF: the notice and its annexes; annexes that are too long are files of their own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import msgspec

from documents.dates import date_text
from documents.late_list.annexes import Annex, annex_named, annexes_of
from documents.late_list.data import Paper
from documents.late_list.grids import Grid, GridRow, cell_text
from documents.late_list.holders import notice_grid
from documents.late_list.mentions import Mentions
from documents.late_list.notice import (
    attached,
    closing,
    counted,
    hash_text,
    kind_text,
    opening,
    origin_text,
    titles,
    units_line,
)
from documents.late_list.words import mark_of
from documents.typeset.bounded import bounded_pdf
from documents.typeset.compiling import pdf_of
from documents.typeset.qr import qr_svg
from documents.typeset.texts import breakable, printable

MOST_ROWS = 1_500  # of all annexes of one file: a second and a third of a gigabyte
AT_A_TIME = 2  # files; with the memory of each, together less than a gigabyte
_AT_ONCE = 600  # rows that are set in this process
_ALIGNS = {"stt": 0, "share": 0, "time": 0, "text": 1, "code": 1}  # else 2: to the right
_LANDSCAPE, _PORTRAIT = 252.0, 165.0  # mm between the margins
_PADDING = 2.5  # mm of a cell that hold no text
_PT = 0.3528  # mm
_LINE = 16.0  # em, of half a portrait page


class Pdf(msgspec.Struct, frozen=True):
    """``suffix``: in the name of its file, "" for the document itself."""

    suffix: str
    content: bytes


def pdfs_of(paper: Paper) -> Iterator[Pdf]:
    """The document first. Raises what ``pdf_of`` does."""
    mentions = Mentions(paper)
    annexes = annexes_of(paper, mentions)
    inside, outside = _split(annexes)
    content = _around(paper, mentions) | {
        "notice": _notice(paper, mentions, annexes),
        "annexes": [_annex(paper, mentions, annex, annex.grid.rows) for annex in inside],
    }
    long = sum(len(annex.grid.rows) for annex in inside) > _AT_ONCE
    make = bounded_pdf if long else pdf_of
    yield Pdf("", make("late-list", content, paper.core.watermark))
    for annex in outside:
        yield from _parts(paper, mentions, annex)


def _parts(paper: Paper, mentions: Mentions, annex: Annex) -> Iterator[Pdf]:
    rows = annex.grid.rows
    count = -(-len(rows) // MOST_ROWS)

    def made(part: int) -> Pdf:
        of = f"phần {part}/{count}" if count > 1 else ""
        some = rows[(part - 1) * MOST_ROWS : part * MOST_ROWS]
        content = _around(paper, mentions, f"{annex.label} {of}".strip()) | {
            "annexes": [_annex(paper, mentions, annex, some, of, last=part == count)],
        }
        suffix = f"-phu-luc-{annex.number}" + (f"-phan-{part}" if of else "")
        return Pdf(suffix, bounded_pdf("late-list", content, paper.core.watermark))

    return _side_by_side(made, range(1, count + 1))


def _side_by_side(made: Callable[[int], Pdf], parts: Iterable[int]) -> Iterator[Pdf]:
    """In order; each waits for a process of its own, and none is made long before it is taken."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        waiting: deque[Future[Pdf]] = deque()
        for part in parts:
            if len(waiting) == AT_A_TIME:
                yield waiting.popleft().result()
            waiting.append(pool.submit(made, part))
        while waiting:
            yield waiting.popleft().result()


def _split(annexes: tuple[Annex, ...]) -> tuple[list[Annex], list[Annex]]:
    """Those in the document, and those beside it."""
    inside: list[Annex] = []
    outside: list[Annex] = []
    room = MOST_ROWS
    for annex in annexes:
        fits = len(annex.grid.rows) <= room
        (inside if fits else outside).append(annex)
        room -= len(annex.grid.rows) if fits else 0
    return inside, outside


def _around(paper: Paper, mentions: Mentions, part: str = "") -> dict[str, Any]:
    title = f"{kind_text(paper)}: {' '.join(titles(paper, mentions))}"
    return {
        "title": printable(f"{part} – {title}" if part else title),
        "mark": mark_of(paper),
        "check": _check(paper, mentions),
    }


def _check(paper: Paper, mentions: Mentions) -> dict[str, Any]:
    address = paper.envelope.address
    how = "quét mã hoặc chạy dunghen late-list verify với tệp này." if address else (
        "chạy dunghen late-list verify với tệp này; mã QR là SHA-256 của bản JSON chuẩn."
    )  # fmt: skip
    return {
        "qr": qr_svg(f"{address}#{paper.sha256}" if address else paper.sha256),
        "alt": "Mã QR: trang kiểm tra bản công bố" if address else "Mã QR: SHA-256 của danh sách",
        "how": ["Kiểm tra bản công bố:", how],
        "hash": ["SHA-256 của bản JSON chuẩn:", hash_text(paper.sha256)],
        "origin": printable(origin_text(paper, mentions)),
    }


def _notice(paper: Paper, mentions: Mentions, annexes: tuple[Annex, ...]) -> dict[str, Any]:
    envelope = paper.envelope
    said = [*counted(mentions, annexes)]
    grid = notice_grid(mentions, annex_named(annexes, "don-vi"))
    if paper.core.units:
        said.append(units_line(mentions))
    sentences = [*opening(paper, mentions), *_listed(said, 1)]
    place = f"{printable(envelope.place)}, " if envelope.place else ""
    return {
        "head": {
            "agency": _lines([line.upper() for line in envelope.agency]),
            "number": f"Số: {printable(envelope.document_no)}",
            "place_dated": place + date_text(envelope.dated),
        },
        "kind": printable(envelope.kind),
        "titles": _lines(titles(paper, mentions)),
        "before": _lines(sentences),
        "table": _table(mentions, grid, grid.rows, grid.total, _PORTRAIT)
        if paper.core.units
        else None,
        "after": _lines(_listed([closing(paper, annexes)], len(said) + 1)),
        "recipients": _lines(envelope.recipients),
        "signer_title": _lines(envelope.signer_title),
        "signer": printable(envelope.signer),
    }


def _listed(sentences: Sequence[str], first: int) -> list[str]:
    return [f"{number}. {words}" for number, words in enumerate(sentences, first)]


def _lines(texts: Sequence[str]) -> list[str]:
    return [breakable(text, _LINE) for text in texts]


def _annex(
    paper: Paper,
    mentions: Mentions,
    annex: Annex,
    rows: tuple[GridRow, ...],
    part: str = "",
    *,
    last: bool = True,
) -> dict[str, Any]:
    grid = annex.grid
    return {
        "label": f"{annex.label} ({part})" if part else annex.label,
        "title": grid.title,
        "attached": printable(attached(paper)),
        "table": _table(mentions, grid, rows, grid.total if last else (), _LANDSCAPE),
        "notes": _lines(grid.notes) if last else [],
    }


def _table(
    mentions: Mentions, grid: Grid, rows: tuple[GridRow, ...], total: GridRow, page: float
) -> dict[str, Any]:
    fields, zone = grid.fields, mentions.zone
    whole = sum(field.width for field in fields)
    rooms = [(page * field.width / whole - _PADDING) / (grid.size * _PT) for field in fields]

    def written(row: GridRow) -> list[str]:
        return [
            breakable(text, most) if _ALIGNS.get(field.kind, 2) == 1 else text
            for cell, field, most in zip(row, fields, rooms, strict=True)
            for text in (cell_text(cell, field.kind, zone),)
        ]

    return {
        "size": grid.size,
        "widths": [field.width for field in fields],
        "aligns": [_ALIGNS.get(field.kind, 2) for field in fields],
        "head": _head(grid),
        "rows": [written(row) for row in rows],
        "total": written(total) if total else [],
    }


def _head(grid: Grid) -> list[list[dict[str, Any]]]:
    """One row, or two where columns stand in groups."""
    grouped = any(field.group for field in grid.fields)
    above: list[dict[str, Any]] = []
    below: list[dict[str, Any]] = []
    group = ""
    for field in grid.fields:
        if not field.group:
            above.append({"words": field.title, "columns": 1, "rows": 1 + grouped})
        elif field.group != group:
            above.append({"words": field.group, "columns": 1, "rows": 1})
        else:
            above[-1]["columns"] += 1
        if field.group:
            below.append({"words": field.title, "columns": 1, "rows": 1})
        group = field.group
    return [above, below]
