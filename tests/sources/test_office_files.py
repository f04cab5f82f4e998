"""CSV logs as offices have them: line ends, delimiters, marks and names of every program."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from dossiers.wire.events import Finished, Progressed, Received
from sources.importer.rows import LogError
from sources.mapping import Mapping
from tests.sources.logs import Imported, imported, mapping

COLUMNS = {"dossier": "mã", "activity": "bước", "time": "lúc", "officer": "cán bộ"}
BY_ACTIVITY = mapping(COLUMNS, timezone="Asia/Ho_Chi_Minh", finished=["Trả kết quả"])
HEAD = "mã;bước;lúc;cán bộ"
ROWS = [
    "HS1;Tiếp nhận;2026-03-02 08:00:00;Nguyễn Thị Hường",
    "HS1;Trả kết quả;2026-03-04 08:00:00;Trần Đức Ất",
    "HS2;Tiếp nhận;2026-03-03 08:00:00;Nguyễn Thị Hường",
    "HS2;Trả kết quả;2026-03-05 08:00:00;Trần Đức Ất",
]
BOM = "\ufeff"


def quoted(lines: list[str]) -> list[str]:
    return ['"' + line.replace(";", '";"') + '"' for line in lines]


def whole(got: Imported) -> None:
    """All four rows were taken, and say the same whatever the file looked like."""
    assert got.letters == []
    assert (got.counts.read, got.counts.taken, got.counts.dossiers) == (4, 4, 2)
    assert [e.dossier_id for e in got.of(Finished)] == ["HS1", "HS2"]
    assert {e.officer for e in got.of(Progressed)} == {"Nguyễn Thị Hường", "Trần Đức Ất"}
    assert {e.step for e in got.of(Progressed)} == {"Tiếp nhận", "Trả kết quả"}


PLAIN = "\n".join([HEAD, *ROWS])
FILES = {
    "LF": PLAIN + "\n",
    "no end": PLAIN,
    "CR LF": "\r\n".join([HEAD, *ROWS, ""]),
    "CR": "\r".join([HEAD, *ROWS, ""]),
    "CR, quoted": "\r".join([HEAD, *quoted(ROWS), ""]),
    "mixed": HEAD + "\n" + "\r".join(ROWS[:2]) + "\r\n" + "\n".join(ROWS[2:]),
    "LF after CR at a distance": f"{HEAD}\r\r\n" + "\n\r\n".join(ROWS),
    "sep": f"sep=;\r\n{PLAIN}",
    "sep in quotes": f'{BOM}"sep=;"\r\n{PLAIN}',
    "SEP of a rare delimiter": f"SEP=~\n{PLAIN}".replace(";", "~"),
    "trailing delimiters": "\n".join([HEAD, *[row + ";;" for row in ROWS]]),
    "trailing in the first line too": "\n".join([line + ";" for line in [HEAD, *ROWS]]),
    "trailing in the first line only": "\n".join([HEAD + ";;", *ROWS]),
    "rows of delimiters": "\n".join([HEAD, ";;;", ROWS[0], ";;;;;", *ROWS[1:], ";;;", "; ; ;"]),
    "rows of quotes": "\n".join([HEAD, '"";"";"";""', *ROWS, '"";;;']),
    "empty lines first": f"\n{BOM}\n \n{PLAIN}",
    "BOM": BOM + PLAIN,
    "two files": f"{BOM}{HEAD}\n{ROWS[0]}\n{BOM}{HEAD}\n" + "\n".join(ROWS[1:]),
    "two files with sep": f"sep=;\n{HEAD}\n{ROWS[0]}\nsep=;\n{HEAD}\n" + "\n".join(ROWS[1:]),
    "two files, quoted": "\n".join([HEAD, ROWS[0], *quoted([HEAD]), BOM + ROWS[1], *ROWS[2:]]),
    "NFD": unicodedata.normalize("NFD", PLAIN),
    "half NFD": "\n".join([HEAD, *ROWS[:2], *[unicodedata.normalize("NFD", r) for r in ROWS[2:]]]),
    "NFD names of columns": "\n".join([unicodedata.normalize("NFD", HEAD), *ROWS]),
    "no-break blanks": PLAIN.replace(" bộ", "\u00a0bộ").replace("Đức Ất", "Đức\u00a0Ất\u00a0"),
    "invisible characters": PLAIN.replace("HS1", "HS1\u200b").replace("Trả", "\u200dTrả"),
    "blanks around": PLAIN.replace(";", " ; ").replace("\n", " \n"),
}


@pytest.mark.parametrize("kind", FILES)
def test_however_a_file_is_written_it_says_the_same(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(FILES[kind].encode())
    whole(imported(path, BY_ACTIVITY))


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_lines_are_numbered_by_any_kind_of_end(tmp_path: Path, end: str) -> None:
    path = tmp_path / "log.csv"
    bad = "HS3;Tiếp nhận;hôm qua;Lan"
    path.write_bytes(end.join([HEAD, "", ROWS[0], bad, "", bad]).encode())
    got = imported(path, BY_ACTIVITY)
    assert [letter.detail.partition(":")[0] for letter in got.letters] == [
        "log.csv, line 4 (row 2)",
        "log.csv, line 6 (row 3)",
    ]


def test_ends_of_lines_count_wherever_a_piece_of_the_file_ends(tmp_path: Path) -> None:
    """Files are read in pieces: a CR may be the last character of one, its LF the next one's."""
    path = tmp_path / "log.csv"
    row = "HS{};Tiếp nhận;2026-03-02 08:00:00;Lan"
    for end in ("\r\n", "\r", "\n"):
        path.write_bytes(end.join([HEAD, *map(row.format, range(12_000)), ""]).encode())
        got = imported(path, BY_ACTIVITY)
        assert (got.counts.read, got.counts.taken) == (12_000, 12_000)


def test_a_mapping_in_nfd_names_columns_and_activities_in_nfc(tmp_path: Path) -> None:
    apart = {role: unicodedata.normalize("NFD", name) for role, name in COLUMNS.items()}
    path = tmp_path / "log.csv"
    path.write_text(PLAIN, encoding="utf-8")
    finished = [unicodedata.normalize("NFD", " Trả\u00a0kết quả ")]
    whole(imported(path, mapping(apart, timezone="Asia/Ho_Chi_Minh", finished=finished)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PLAIN.encode("utf-16"), "is UTF-16 text; save it as UTF-8"),
        (PLAIN.encode("utf-16-le"), "save it as CSV UTF-8 (it looks like UTF-16)"),
        (b"sep=;\n", "has no line of column names"),
        (";".join(f"c{n}" for n in range(2_001)).encode(), "names 2,001 columns; at most 2,000"),
        ((HEAD + ";" + "x" * 1_001).encode(), "a column's name has 1,001 characters"),
        (b"x" * 1_000_001, "its first line has more than 1,000,000 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with pytest.raises(LogError) as caught:
        imported(path, BY_ACTIVITY)
    assert said in str(caught.value)


def test_another_encoding_is_a_dead_letter_for_each_row_that_shows_it(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(
        "m;b;t;o\nHS1;a;2026-03-02;Lan\nHS2;a;2026-03-02;\u0110\u01b0\n".encode("cp1258")
    )
    columns = {"dossier": "m", "activity": "b", "time": "t", "officer": "o"}
    got = imported(path, mapping(columns))
    assert got.reasons() == ["invalid_utf8"]
    assert "line 3 (row 2): column 'o' is not valid UTF-8" in got.letters[0].detail
    assert got.counts.taken == 1


DATES = {**COLUMNS, "received": "nhận", "due": "hẹn", "finished": "xong"}


def dated(path: Path, rows: list[str], **content: object) -> Imported:
    log = path / "log.csv"
    log.write_text("\n".join([f"{HEAD};nhận;hẹn;xong", *rows]), encoding="utf-8")
    with_dates: Mapping = mapping(DATES, timezone="Asia/Ho_Chi_Minh", **content)
    return imported(log, with_dates)


@pytest.mark.parametrize("empty", ["NA", "NaN", "nan", "NULL", "null", "None", "\\N", "", " NA "])
def test_what_programs_write_for_a_missing_value_is_none(tmp_path: Path, empty: str) -> None:
    rows = [
        f"HS1;Tiếp nhận;2026-03-02;Lan;{empty};{empty};{empty}",
        f"HS1;Thẩm định;2026-03-03;{empty};{empty};2026-03-09;2026-03-04",
        f"{empty};Tiếp nhận;2026-03-02;Lan;;;",
        f"HS2;{empty};2026-03-02;Lan;;;",
        f"HS3;Tiếp nhận;{empty};Lan;;;",
    ]
    got = dated(tmp_path, rows)
    assert got.reasons() == ["missing_dossier", "missing_activity", "missing_time"]
    for letter, column in zip(got.letters, ("mã", "bước", "lúc"), strict=True):
        assert f"column '{column}' is " in letter.detail
    assert [e.officer for e in got.of(Progressed)] == ["Lan", ""]
    assert len(got.of(Finished)) == 1
    assert [e.due_at is not None for e in got.of(Received)] == [True]


def test_only_whole_cells_are_missing_values_and_a_mapping_has_its_own(tmp_path: Path) -> None:
    rows = [f"HS1;Tiếp nhận;2026-03-02;{name};;;" for name in ("NA Lan", "na", "N/A", "-", "NA")]
    named = {e.officer for e in dated(tmp_path, rows).of(Progressed)}
    assert named == {"NA Lan", "na", "N/A", "-", ""}
    own = dated(tmp_path, rows, missing=["N/A", "-"]).of(Progressed)
    assert {e.officer for e in own} == {"NA Lan", "na", "NA", ""}


@pytest.mark.parametrize(
    "never", ["9999-12-31", "9999-12-31T23:59:59", "1970-01-01T07:00:00", "1970-01-01",
              "0001-01-01T00:00:00", "1900-01-01", "31/12/9999", "1969-12-31T19:00:00-05:00"],
)  # fmt: skip
def test_the_ends_of_time_are_no_dates(tmp_path: Path, never: str) -> None:
    rows = [f"HS1;Tiếp nhận;2026-03-02;Lan;{never};{never};{never}", f"HS2;x;{never};Lan;;;"]
    got = dated(tmp_path, rows)
    assert got.reasons() == ["missing_time"]
    (received,) = got.of(Received)
    assert (received.due_at, got.of(Finished)) == (None, [])
