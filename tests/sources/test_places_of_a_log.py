"""Where a log is cut, damaged or out of order: the place is told, and the rest is taken."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from dossiers.wire.events import DueSet, Finished, Progressed, Received
from tests.sources.logs import imported, mapping, row, write_csv
from tests.sources.xes import COLUMNS, attribute, event, trace


def test_where_a_log_was_cut_is_told_and_what_stands_before_it_is_taken(tmp_path: Path) -> None:
    """In the middle of a trace: the events before count, like those of the traces before."""
    content = (
        f"<log>\n{trace('A', event('a'), event('b'))}<trace>{attribute('concept:name', 'B')}\n"
    )
    content += "\n".join(event(str(n)) for n in range(20)) + "\n<event><string key="
    for path, kept in (
        (tmp_path / "log.xes", content.encode()),
        (tmp_path / "log.xes.gz", gzip.compress(content.encode() + b" " * 999, mtime=0)[:-9]),
    ):
        path.write_bytes(kept)
        got = imported(path, mapping({k: COLUMNS[k] for k in ("dossier", "activity", "time")}))
        assert (got.counts.read, got.counts.taken, got.counts.broken_off) == (22, 22, 1)
        assert {e.dossier_id for e in got.of(Progressed)} == {"A", "B"}
        (letter,) = got.letters
        assert letter.reason == "malformed_xml"
        assert f"{path.name}, line 24 (row 23): the file breaks off: " in letter.detail
        assert got.warnings == [
            f"{letter.detail} Before it, 22 rows were read and 22 of them taken."
        ]


def test_rows_before_a_damaged_place_of_a_packed_csv_are_taken(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv", [row(str(n), f"step {n * n}") for n in range(2_000)])
    packed = gzip.compress(path.read_bytes(), mtime=0)
    path.write_bytes(packed[: len(packed) // 2])
    got = imported(path)
    (letter,) = got.letters
    assert letter.reason == "broken_off"
    assert "the gzip file is damaged or cut off" in letter.detail
    assert got.counts.read == len(got.of(Progressed)) > 500
    assert f"line {got.counts.read + 2} (row {got.counts.read + 1})" in letter.detail


def test_a_quote_that_is_open_at_the_end_swallows_nothing(tmp_path: Path) -> None:
    """In the last column it makes no row too wide: only the end of the file shows it."""
    path = write_csv(tmp_path / "log.csv", [row(str(n)) for n in range(20)])
    lines = path.read_text().splitlines()
    lines[5] = lines[5].replace(",desk", ',"desk')
    path.write_text("\n".join(lines))
    got = imported(path)
    assert got.reasons() == ["malformed_row"]
    assert "line 6 (row 5): column 'org:group' opens a quoted field" in got.letters[0].detail
    assert len(got.of(Progressed)) == 19


def test_a_trace_without_events_is_a_dossier_nobody_has_touched(tmp_path: Path) -> None:
    """If it says when it was received, or is due; and it may add to a dossier with events."""
    day = "2020-01-0{}T08:00:00Z".format
    known, both = attribute("from", day(2)), attribute("due", day(9))
    path = tmp_path / "log.xes"
    path.write_text(
        "<log>"
        + trace("events", event(time=day(3)))
        + trace("events", attribute("from", day(1)))
        + trace("received", known)
        + trace("both", known, both)
        + trace("due", both)
        + trace("nothing", attribute("x", "y"))
        + trace("bad", attribute("from", "soon"))
        + trace("both", known, both)
        + "</log>"
    )
    got = imported(path, mapping(COLUMNS, finished="last-event"))
    ms = 1_577_836_800_000 + 8 * 3_600_000 - 86_400_000
    days = {e.dossier_id: (e.occurred_at - ms) / 86_400_000 for e in got.of(Received)}
    assert days == {"events": 1, "received": 2, "both": 2, "due": 3}
    assert {e.dossier_id for e in got.of(Received) if e.due_at} == {"both", "due"}
    assert [e.dossier_id for e in got.of(Finished)] == ["events"]
    assert (got.of(DueSet), len(got.of(Progressed))) == ([], 1)
    assert got.reasons() == ["empty_trace", "bad_time"]
    assert "column 'case:from' is a text of 4 characters" in got.letters[1].detail
    assert got.letters[0].key == "nothing"
    counts = got.counts
    assert (counts.read, counts.taken, counts.duplicates, counts.dossiers) == (8, 5, 1, 4)


@pytest.mark.parametrize(
    ("content", "taken", "reasons"),
    [
        (event("stray") + trace("A", event("a")), ["a"], ["missing_dossier"]),
        (trace("A", f"<event>{event('in')}{attribute('time:timestamp', '2020')}</event>"),
         [], ["out_of_place", "missing_activity"]),
        (trace("A", event("a"), trace("B", event("b")), event("c")), ["a", "c"], ["out_of_place"]),
        (trace("A", event("a"), f"<list>{event('b')}</list>"), ["a"], ["out_of_place"]),
        (trace("A", event("a"), trace("B")), ["a"], ["out_of_place"]),
        (f"<global>{event('g')}</global>" + trace("A", event("a")), ["a"], ["out_of_place"]),
        (f"<trace>{event('a')}{attribute('concept:name', 'A')}</trace>", ["a"], []),
    ],
)  # fmt: skip
def test_what_stands_out_of_place_is_taken_for_nothing_else(
    tmp_path: Path, content: str, taken: list[str], reasons: list[str]
) -> None:
    path = tmp_path / "log.xes"
    path.write_text(f"<log>{content}</log>")
    got = imported(path, mapping({k: COLUMNS[k] for k in ("dossier", "activity", "time")}))
    assert [(e.dossier_id, e.step) for e in got.of(Progressed)] == [("A", step) for step in taken]
    assert got.reasons() == reasons


def test_a_large_trace_among_small_ones_is_taken_whole(tmp_path: Path) -> None:
    """Its events wait on disk for its end, where its id may stand; long values are told apart."""
    long = "".join(attribute(f"k{n}", "v" * 900_000) for n in range(5))
    events = "".join(event(f"step {n}").replace("</event>", f"{long}</event>") for n in range(4))
    twin = event("twin").replace("</event>", f"{long}</event>")
    other = twin.replace('v"/></event>', 'w"/></event>')
    name = attribute("concept:name", "large")
    path = tmp_path / "log.xes"
    path.write_text(
        f"<log>{trace('A', event('a'))}<trace>{events}{twin}{other}{twin}{name}</trace>"
        f"{trace('B', event('b'))}</log>"
    )
    assert path.stat().st_size > 18_000_000
    got = imported(path, mapping({k: COLUMNS[k] for k in ("dossier", "activity", "time")}))
    assert got.letters == []
    assert (got.counts.read, got.counts.taken, got.counts.duplicates) == (9, 8, 1)
    steps = {e.step for e in got.of(Progressed) if e.dossier_id == "large"}
    assert steps == {"step 0", "step 1", "step 2", "step 3", "twin"}
