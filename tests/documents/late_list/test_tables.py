"""The list as workbook, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from documents.late_list.csv_files import csvs_of
from documents.late_list.data import json_of
from documents.late_list.files import files_of
from documents.late_list.making import make_files
from documents.late_list.workbook import xlsx_of
from dossiers.text.canonical import canonical_json, sha256_of
from dossiers.wire.publications import PublishedFile
from tests.documents.late_list.papers import ENVELOPE, paper_of, with_excluded
from tests.dossiers.publication.made_lists import (
    BUILDING,
    KIEN,
    LAND,
    PARENTS,
    SMALL_TOTALS,
    UNITS,
    charge,
    late,
    made_list,
    small_list,
    small_receptions,
)

PAPER = paper_of(with_excluded(small_list()))
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "a;=1+1", '=HYPERLINK("x")')


@pytest.fixture(scope="module")
def sheets() -> dict[str, Worksheet]:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of(PAPER)))
    return {page.title: page for page in book.worksheets}


@pytest.fixture(scope="module")
def tables() -> dict[str, list[list[str]]]:
    return {key: read(content) for key, content in csvs_of(PAPER)}


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_workbook_has_a_sheet_for_each_table(sheets: dict[str, Worksheet]) -> None:
    assert list(sheets) == [
        "Tổng hợp", "Cán bộ", "Đơn vị", "Hồ sơ", "Trễ 0 giờ làm việc", "Tiếp nhận chậm",
        "Loại trừ", "Nguồn còn chờ",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["Cán bộ", "Đơn vị", "Hồ sơ", "Tiếp nhận chậm", "Loại trừ"])
def test_a_sheet_filters_stays_and_prints(sheets: dict[str, Worksheet], name: str) -> None:
    page = sheets[name]
    head = next(row for row in page.iter_rows(max_row=10) if row[0].value == "STT")
    top = head[0].row or 0
    assert page.freeze_panes == f"A{top + 1}"
    assert page.auto_filter.ref.startswith(f"A{top}:")
    assert page.print_title_rows == f"${top}:${top}"
    assert page.page_setup.fitToWidth in (None, 1)  # which is what it is without a word
    assert page.page_setup.fitToHeight == 0
    assert getattr(page.sheet_properties.pageSetUpPr, "fitToPage", False)
    foot: Any = page.oddFooter
    assert foot.left.text.endswith(PAPER.sha256)
    assert any(PAPER.sha256 in str(page.cell(row, 1).value) for row in range(1, top))


def test_its_figures_are_numbers(sheets: dict[str, Worksheet]) -> None:
    row = next(row for row in sheets["Cán bộ"].iter_rows() if row[1].value == "Trần Văn Kiên")
    values = [cell.value for cell in row]
    assert values[4:10] == [41, 1, 1, 4.88, 5.7, 4.1]
    assert row[7].number_format == "#,##0.00"
    few = next(row for row in sheets["Cán bộ"].iter_rows() if row[1].value == "Trương Văn Ý")
    assert few[7].value == "–"


def test_the_tables_of_csv_are_those_of_the_workbook(
    sheets: dict[str, Worksheet], tables: dict[str, list[list[str]]]
) -> None:
    names = {"can-bo": "Cán bộ", "ho-so": "Hồ sơ", "loai-tru": "Loại trừ"}
    for key, name in names.items():
        lines = tables[key][: tables[key].index([])]
        codes = [row[1].value for row in sheets[name].iter_rows() if isinstance(row[0].value, int)]
        assert [line[1] for line in lines[1:]] == codes
        assert any(PAPER.sha256 in cell for line in tables[key] for cell in line)


def test_no_text_becomes_a_formula() -> None:
    for words in FORMULAS:
        made = made_list(
            [late(words, charge(LAND, KIEN, 3_600_000), procedure=words, reason=words, step=words)],
            small_receptions(), SMALL_TOTALS, PARENTS, {**UNITS, LAND: words},
            {KIEN: (words, words)},
        )  # fmt: skip
        paper = paper_of(made, envelope=type(ENVELOPE)(document_no=words, issuer=words))
        book = openpyxl.load_workbook(io.BytesIO(xlsx_of(paper)))
        cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
        assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
        for _, content in csvs_of(paper):
            written = [cell for line in read(content) for cell in line]
            assert not any(re.match(r"\s*[=+\-@＝]", cell) for cell in written if cell != "–")


def test_the_json_holds_all_three_and_its_core_is_what_is_proven() -> None:
    found = json.loads(json_of(PAPER))
    assert sorted(found) == ["list", "names", "rows"]
    assert sha256_of(canonical_json(found["list"])) == PAPER.sha256
    assert len(found["rows"]["dossiers"]) == 12


@pytest.mark.asyncio
async def test_a_child_makes_the_same_files(tmp_path: Path) -> None:
    made = await make_files(PAPER, tmp_path)
    here = {file.name: file for file in files_of(PAPER)}
    assert [file.name for file in made] == list(here)
    for file in made:
        assert file == PublishedFile(
            name=file.name, media=here[file.name].media,
            sha256=sha256_of((tmp_path / file.name).read_bytes()),
            size=len(here[file.name].content),
        )  # fmt: skip
        assert (tmp_path / file.name).read_bytes() == here[file.name].content


def test_files_of_a_correction_of_a_unit_have_names_of_their_own() -> None:
    paper = paper_of(small_list(id=f"2026-10~{BUILDING}", edition=3))
    names = [file.name for file in files_of(paper)]
    assert names[0] == "danh-sach-tre-han-2026-10-h99-xd-dinh-chinh-2.pdf"
    assert len(set(names)) == len(names)
