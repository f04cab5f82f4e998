"""What a spreadsheet gets: typed cells, no formulas, pages that fit, and bounds."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from documents.csv_text import csv_text
from documents.large import AT_ONCE, TooLarge, workbook_file
from documents.tables import Column, Row, Sheet
from documents.workbook import write_workbook

SHEET = Sheet(
    name="Hồ sơ [quá hạn]",
    columns=(
        Column("Mã hồ sơ"), Column("Số lần", "whole"), Column("Đúng hạn", "percent"),
        Column("Hẹn trả", "time"),
    ),
    heading=("Sở Xây dựng", "đến 10:27"),
    notes=("Nguồn: Đúng Hẹn",),
)  # fmt: skip
DUE = 1_795_395_600_000  # 2026-11-23 08:00 in Viet Nam
ROWS: list[Row] = [
    ["=1+1", 3, 94.1, DUE],
    ["http://a.example/", 0, None, None],
    ["007", 12, 100.0, DUE],
]


async def paged(rows: Sequence[Row], size: int = 2) -> AsyncIterator[Sequence[Row]]:
    for first in range(0, len(rows), size):
        yield rows[first : first + size]


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def written(tmp_path: Path, rows: Sequence[Row], **bounds: int) -> dict[str, str]:
    target = tmp_path / "book.xlsx"
    asyncio.run(workbook_file(SHEET, paged(rows, 500), target, **bounds))
    return parts(target)


def test_numbers_are_numbers_times_are_times_and_texts_are_texts(tmp_path: Path) -> None:
    found = written(tmp_path, ROWS)
    page, texts = found["xl/worksheets/sheet1.xml"], found["xl/sharedStrings.xml"]
    first = re.findall(r'<c r="([A-D]5)"[^>]*?(?: t="(\w+)")?>(?:<v>|<is><t>)([^<]*)<', page)
    assert first == [
        ("A5", "s", "6"), ("B5", "", "3"), ("C5", "", "94.09999999999999"),
        ("D5", "", "46349.33333333334"),
    ]  # fmt: skip
    assert re.findall("<si><t>(.*?)</t>", texts)[6:9] == ["=1+1", "http://a.example/", "007"]
    assert "<f>" not in page
    assert "hyperlink" not in page
    assert 'r="C6"' not in page, "what is not known is no zero"


def test_it_fits_its_pages_when_printed(tmp_path: Path) -> None:
    found = written(tmp_path, ROWS)
    page = found["xl/worksheets/sheet1.xml"]
    assert 'orientation="landscape"' in page
    assert 'fitToHeight="0"' in page
    assert "fitToPage" in page
    assert 'ySplit="4"' in page, "head and heading stay when one scrolls"
    assert "$4:$4" in found["xl/workbook.xml"], "the head is repeated on each page"
    assert 'sheet name="Hồ sơ  quá hạn"' in found["xl/workbook.xml"]


def test_a_large_one_is_the_same_as_a_small_one_and_made_elsewhere(tmp_path: Path) -> None:
    rows: list[Row] = [[f"d-{n}", n, None, DUE] for n in range(AT_ONCE + 700)]
    page = written(tmp_path, rows)["xl/worksheets/sheet1.xml"]
    assert len(re.findall("<row ", page)) == len(rows) + 4
    assert ">d-1699<" in page


def test_one_that_needs_too_much_memory_is_refused_with_a_sentence(tmp_path: Path) -> None:
    rows: list[Row] = [["x", n, 1.5, DUE] for n in range(AT_ONCE)]
    rows.append(["x" * 30_000_000, 1, 1.5, DUE])
    with pytest.raises(TooLarge, match="needs more than 40 MB"):
        written(tmp_path, rows, megabytes=40)


def test_one_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    async def slow() -> AsyncIterator[Sequence[Row]]:
        yield [["d", 1, 1.0, DUE]] * (AT_ONCE + 1)
        await asyncio.Event().wait()

    async def run() -> None:
        with pytest.raises(TooLarge, match="1 s"):
            await workbook_file(SHEET, slow(), tmp_path / "book.xlsx", seconds=1)

    asyncio.run(run())


def test_whoever_asks_for_rows_and_fails_leaves_no_child(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[Sequence[Row]]:
        yield [["d", 1, 1.0, DUE]] * (AT_ONCE + 1)
        raise RuntimeError("the store is away")

    async def run() -> None:
        with pytest.raises(RuntimeError, match="store is away"):
            await workbook_file(SHEET, broken(), tmp_path / "book.xlsx")

    asyncio.run(run())


def test_csv_has_local_times_that_sort_and_quotes_formulas() -> None:
    async def text() -> str:
        return "".join([piece async for piece in csv_text(SHEET, paged(ROWS))])

    found = asyncio.run(text())
    assert found.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(found[1:], newline="")))
    assert rows[0] == ["Mã hồ sơ", "Số lần", "Đúng hạn", "Hẹn trả"]
    assert rows[1] == ["'=1+1", "3", "94.1", "2026-11-23 08:00:00"]
    assert rows[2] == ["http://a.example/", "0", "", ""]
    assert rows[-1] == ["Nguồn: Đúng Hẹn"]


def test_no_file_lacks_rows_without_saying_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("documents.workbook.MOST_ROWS", 2)
    write_workbook(str(tmp_path / "full.xlsx"), [(SHEET, ROWS[:2])], "full")
    with pytest.raises(ValueError, match="room for 2 rows"):
        write_workbook(str(tmp_path / "more.xlsx"), [(SHEET, ROWS)], "more")
