"""Logs as they should not be: one bad row costs itself, a bad file is refused in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dossiers.wire.events import Finished, Progressed, Received
from sources.importer.log import import_log
from tests.sources.logs import (
    COLUMNS,
    HEADER,
    NOW,
    Imported,
    imported,
    mapping,
    row,
    write_csv,
    write_xes,
)

GOOD = row("good")


DAY_MS = 86_400_000


def with_bad(path: Path, *bad: list[str]) -> Imported:
    """A log with good rows around the bad ones."""
    got = imported(write_csv(path / "log.csv", [GOOD, *bad, row("good", "End")]))
    assert got.counts.read == 2 + len(bad)
    return got


@pytest.mark.parametrize(
    ("bad", "reason", "said"),
    [
        (
            row(time="soon"),
            "bad_time",
            "column 'time:timestamp' is a text of 4 characters, which is no ISO",
        ),
        (row(time=""), "missing_time", "column 'time:timestamp' is empty"),
        (row(time="1999-12-31T23:59:59Z"), "time_too_early", "a time before 2000"),
        (row(time="2026-09-23T00:00:00Z"), "time_in_future", "later than a day after 2026-09-21"),
        (row(time="2020-01-01T10:00+25:00"), "bad_time", "no ISO 8601"),
        (row(case=" "), "missing_dossier", "the dossier's id is empty"),
        (row(case="A\x1fB"), "bad_dossier_id", "holds a control character"),
        (row(case="A\nB"), "bad_dossier_id", "holds a control character"),
        (row(case="x" * 201), "bad_dossier_id", "has 201 characters, over 200"),
        (row(case="unit:H29"), "bad_dossier_id", "begin with unit:"),
        (row(activity=""), "missing_activity", "column 'concept:name' is empty"),
        (row(activity="x" * 1001), "name_too_long", "has 1,001 characters"),
        (row(activity="x" * 5_000_000), "field_too_long", "holds 5,000,000 characters"),
        (row()[:-1], "malformed_row", "has 4 columns where the first line names 5"),
        ([*row(), "more"], "malformed_row", "has 6 columns"),
    ],
)
def test_a_bad_row_costs_itself_only(
    tmp_path: Path, bad: list[str], reason: str, said: str
) -> None:
    got = with_bad(tmp_path, bad)
    (letter,) = got.letters
    assert letter.reason == reason
    assert letter.detail.startswith("log.csv, line 3 (row 2): ")
    assert said in letter.detail
    assert (letter.partition, letter.offset, letter.detected_at) == (-1, -1, NOW)
    assert len(letter.detail) < 400
    assert len(letter.payload) <= 4_000
    assert [e.step for e in got.of(Progressed)] == ["Start", "End"]
    assert got.as_of == got.events[0].occurred_at
    assert got.counts.dead_lettered == 1


def test_a_clock_a_day_ahead_is_taken(tmp_path: Path) -> None:
    got = with_bad(tmp_path, row(time="2026-09-21T23:00:00Z"))
    assert got.letters == []
    assert got.as_of is not None
    assert NOW < got.as_of <= NOW + DAY_MS


def test_a_bad_date_of_the_dossier_costs_itself_only(tmp_path: Path) -> None:
    header = (*HEADER, "start", "due", "end")
    rows = [
        [*row("A"), "2020-13-01", "1999-01-01", "2031-01-01"],
        [*row("B"), "2020-01-01", "2031-01-01", "-"],
        [*row("C"), "", "2099-01-01", ""],
    ]
    with_dates = mapping({**COLUMNS, "received": "start", "due": "due", "finished": "end"})
    got = imported(write_csv(tmp_path / "l.csv", rows, header), with_dates)
    assert got.reasons() == ["bad_time", "bad_time", "time_in_future"]
    for said in ("is no ISO 8601 time", "a time before 2000", "later than a day after"):
        assert said in got.letters[0].detail
    assert "2020-13-01" not in got.letters[0].detail
    assert "The rest of the row was used" in got.letters[0].detail
    assert got.of(Finished) == []
    assert len(got.of(Progressed)) == 3
    assert [e.due_at is None for e in sorted(got.of(Received), key=lambda e: e.dossier_id)] == [
        True,
        False,
        True,
    ]
    assert got.as_of == got.of(Progressed)[0].occurred_at


def test_invalid_utf8_costs_its_row(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv", [GOOD, row("BAD"), row("good", "End")])
    path.write_bytes(path.read_bytes().replace(b"BAD,Start", b"B\xff,St\xc3art"))
    got = imported(path)
    assert got.reasons() == ["invalid_utf8"]
    assert "line 3" in got.letters[0].detail
    assert [e.step for e in got.of(Progressed)] == ["Start", "End"]


def test_text_that_was_damaged_long_ago_is_still_utf8(tmp_path: Path) -> None:
    got = with_bad(tmp_path, row(activity="h\ufffd so"))
    assert got.letters == []


def test_a_stray_quote_does_not_swallow_the_rows_after_it(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv", [row(str(n)) for n in range(20)])
    path.write_text(path.read_text().replace("\n5,", '\n"5,'), encoding="utf-8")
    got = imported(path)
    assert got.reasons() == ["malformed_row"]
    assert "line 7" in got.letters[0].detail
    assert len(got.of(Progressed)) == 19
    assert got.counts.read == 20


def test_a_stray_quote_in_a_long_log_is_found(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv", [row(str(n)) for n in range(3_000)])
    path.write_text(path.read_text().replace("\n5,", '\n"5,'), encoding="utf-8")
    got = imported(path)
    assert got.reasons() == ["malformed_row"]
    assert "does not end" in got.letters[0].detail
    assert got.counts.read == 3_000
    assert len(got.of(Progressed)) == 2_999


def test_quoted_fields_may_hold_delimiters_quotes_and_line_breaks(tmp_path: Path) -> None:
    header = (*HEADER, "note")
    notes = ["a,b", 'say "yes"', "two\nlines", "plain"]
    rows = [[*row(str(n)), note] for n, note in enumerate(notes)]
    got = imported(write_csv(tmp_path / "log.csv", rows, header))
    assert (got.counts.read, got.letters) == (4, [])
    (letter,) = imported(
        write_csv(tmp_path / "l.csv", [*rows, [*row("late", time="?"), ""]], header)
    ).letters
    assert "line 7 (row 5)" in letter.detail


def test_payloads_hold_the_mapped_columns_only(tmp_path: Path) -> None:
    header = (*HEADER, "phone")
    bad = [*row(time="never"), "0901234567"]
    got = imported(write_csv(tmp_path / "log.csv", [bad], header))
    payload = json.loads(got.letters[0].payload)
    described = ["(text of 5 characters)" if value == "never" else value for value in bad]
    assert payload == dict(zip(HEADER, described, strict=False))
    assert got.as_of is None


def test_control_characters_in_names_become_spaces(tmp_path: Path) -> None:
    got = with_bad(tmp_path, ["A", "one\ntwo", "2020-01-01T08:00:00Z", "an\x1fna", "\u00a0"])
    (event,) = [e for e in got.of(Progressed) if e.dossier_id == "A"]
    assert (event.step, event.officer, event.unit) == ("one two", "an na", "")


def test_a_large_xes_field_is_a_dead_letter(tmp_path: Path) -> None:
    rows = [GOOD, row("bad", "x" * 5_000_000), row("good", "End")]
    got = imported(write_xes(tmp_path / "l.xes", rows))
    assert got.reasons() == ["field_too_long"]
    assert len(got.of(Progressed)) == 2


def test_bad_xes_events_are_dead_letters(tmp_path: Path) -> None:
    rows = [GOOD, row("bad", time="1999-01-01T00:00:00Z"), row("bad", ""), row("good", "End")]
    got = imported(write_xes(tmp_path / "l.xes", rows))
    assert got.reasons() == ["time_too_early", "missing_activity"]
    assert len(got.of(Progressed)) == 2


PERSONAL = ["Nguyễn Thị Đánh-Dấu", "0912 345 678", "0912345678", "079099012345", "a@b.vn", "a(at)b"]


@pytest.mark.parametrize("text", PERSONAL)
@pytest.mark.parametrize("column", HEADER)
def test_a_shifted_column_is_shown_on_the_terminal_only(
    tmp_path: Path, column: str, text: str
) -> None:
    """In a row that cannot be taken, whatever stands in a column goes into no dead letter."""
    place = HEADER.index(column)
    for other in range(len(HEADER)):
        bad = row(time="never")
        bad[place] = bad[other] = text
        path = write_csv(tmp_path / "log.csv", [GOOD, bad, [*bad, text], [text], GOOD])
        with import_log(path, mapping(), tmp_path / "w", now=NOW) as log:
            letters = list(log.dead_letters())
            said = log.examples()
        assert len(letters) == 3
        kept = [
            value for letter in letters for value in (letter.detail, letter.key, letter.payload)
        ]
        assert not [value for value in kept if text in value or json.dumps(text)[1:-1] in value]
        if column == "time:timestamp":
            assert any(text in example for example in said)
