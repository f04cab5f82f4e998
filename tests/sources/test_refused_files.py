"""Files that cannot be used as a whole: what is said of them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from dossiers.wire.events import Progressed
from sources.importer.log import import_log
from sources.importer.rows import LogError
from sources.mapping_file import MappingError
from tests.sources.logs import (
    COLUMNS,
    HEADER,
    NOW,
    imported,
    mapping,
    row,
    write_csv,
    write_xes,
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "has no line of column names"),
        (b"\xff\xfea\x00,\x00", "is UTF-16 text; save it as UTF-8"),
        (b"a\xff,b\n", "its first line is not UTF-8"),
        (b"<html><body/></html>", "begins with <html>; an XES log begins with <log>"),
        (b"<log><trace>", "is no readable XES log"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-12], "the gzip file is damaged or cut off"),
    ],
)
def test_a_file_that_is_no_log_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "log"
    path.write_bytes(content)
    with pytest.raises(LogError) as caught:
        imported(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    assert not list((tmp_path / "work").iterdir())


def test_a_missing_file_or_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="cannot be read"):
        imported(tmp_path / "none.csv")
    wrong = ("case:concept:nam", *HEADER[1:])
    with pytest.raises(MappingError, match=r"did you mean 'case:concept:nam'\?"):
        imported(write_csv(tmp_path / "l.csv", [row()], wrong))
    with pytest.raises(MappingError, match=r"no such column \(did you mean 'org:group'\?\)"):
        imported(
            write_xes(tmp_path / "l.xes", [row()]), mapping({**COLUMNS, "officer": "org:grup"})
        )


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "l.csv", [[*row(), "x"]], (*HEADER, "org:group"))
    with pytest.raises(LogError, match="more than one column is called 'org:group'"):
        imported(path)


def test_xes_that_breaks_off_is_used_up_to_there(tmp_path: Path) -> None:
    path = write_xes(tmp_path / "l.xes", [row(str(n)) for n in range(2_000)])
    path.write_bytes(path.read_bytes()[:-100_000])
    got = imported(path)
    assert got.reasons() == ["malformed_xml"]
    assert "breaks off" in got.letters[0].detail
    assert 0 < len(got.of(Progressed)) < 2_000


def test_an_unwritable_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("a file where the folder should be")
    path = write_csv(tmp_path / "l.csv", [row()])
    with pytest.raises(LogError, match="no scratch file can be written here"):
        import_log(path, mapping(), tmp_path / "work", now=NOW)
