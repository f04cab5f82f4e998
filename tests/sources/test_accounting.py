"""Nothing is lost in silence: what was read is what was taken, what was refused, and what was there
twice; and where a file breaks off, one dead letter says so. Counted here from the bytes alone."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossiers.wire.events import DueSet, Finished, Progressed, Received
from sources.importer import reading
from sources.importer.rows import LogError
from sources.mapping import MappingError
from tests.sources.logs import HEADER, Imported, imported, mapping, row, write_csv

COLUMNS = {
    "dossier": "case:concept:name",
    "activity": "concept:name",
    "time": "time:timestamp",
    "received": "case:from",
    "due": "case:due",
}
BROKEN = {"malformed_xml", "broken_off"}
TIMES = st.sampled_from(["2020-01-01T08:00:00Z", "2020-01-02", "2020-01-03 10:00", "soon", ""])
KEYS = st.sampled_from(["concept:name", "time:timestamp", "org:resource", "from", "due", "x"])
VALUES = st.one_of(TIMES, st.sampled_from(["A", "B", "Ký", "&amp;&#233;"]))
TAGS = st.sampled_from(["event", "trace", "event", "trace", "list", "string", "global", "log"])


def attribute(key: str, value: str) -> str:
    return f'<string key="{key}" value="{value}"/>'


def event(activity: str = "x", time: str = "2020-01-01T08:00:00Z") -> str:
    return (
        f"<event>{attribute('concept:name', activity)}{attribute('time:timestamp', time)}</event>"
    )


def trace(name: str, *content: str) -> str:
    return f"<trace>{attribute('concept:name', name)}{''.join(content)}</trace>\n"


def element(tag: str, content: list[str]) -> str:
    return f"<{tag}>{''.join(content)}</{tag}>"


SOUND = st.builds(
    trace, st.sampled_from("ABC"), st.builds(event, st.sampled_from("xyz"), TIMES).map(str)
)
ANYTHING = st.recursive(
    st.one_of(st.builds(attribute, KEYS, VALUES), st.builds(event, st.sampled_from("xy"), TIMES)),
    lambda parts: st.builds(element, TAGS, st.lists(parts, max_size=4)),
    max_leaves=12,
)
FIRST = trace("F", attribute("from", "2020-01-01"), attribute("due", "2020-02-01"), event())
XES = st.lists(st.one_of(SOUND, ANYTHING), min_size=1, max_size=12).map(
    lambda parts: f"<log>\n{FIRST}{''.join(parts)}</log>".encode()
)


def readable(content: bytes) -> bytes:
    """What zlib gives of a gzip file, byte by byte, before it gives up."""
    unpacker, found = zlib.decompressobj(31), b""
    try:
        for byte in content:
            found += unpacker.decompress(bytes([byte]))
    except zlib.error:
        pass
    return found


def events_and_bare_traces(xml: bytes) -> tuple[int, bool]:
    """How many events and traces without events end in ``xml``, and whether it is broken."""
    parser: Any = ElementTree.XMLPullParser(("start", "end"))
    found, events, stack = 0, [0], [""]
    try:
        parser.feed(xml)
        parser.close()
        broken = False
    except ElementTree.ParseError:
        broken = True
    try:
        for kind, node in cast(Iterator[tuple[str, ElementTree.Element]], parser.read_events()):
            if kind == "start":
                stack.append(node.tag)
                events.append(0)
                continue
            stack.pop()
            inside = events.pop()
            found += node.tag == "event" or (node.tag == "trace" and not inside)
            events[-1] += node.tag == "event"
    except ElementTree.ParseError:
        pass
    return found, broken


def check(got: Imported, read: int, broken: bool) -> None:
    counts = got.counts
    assert counts.read == read
    assert counts.broken_off == broken == sum(reason in BROKEN for reason in got.reasons())
    assert counts.dead_lettered == len(got.letters)
    assert counts.read == counts.taken + len(got.letters) - broken + counts.duplicates
    refused_dates = sum("The rest of the row was used" in letter.detail for letter in got.letters)
    rows = {(e.dossier_id, e.event_id) for e in got.of(Progressed)}
    touched = {dossier for dossier, _ in rows}
    untouched = [e for e in got.of(Received) if e.dossier_id not in touched]
    # A trace without events may add to a dossier that has some elsewhere: then nobody sees it here.
    assert len(rows) + len(untouched) <= counts.taken + refused_dates


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(XES, st.floats(0, 1), st.sampled_from(["whole", "cut", "packed", "packed and cut", "flip"]))
def test_every_event_of_an_xes_log_is_accounted_for(
    tmp_path: Path, content: bytes, share: float, how: str
) -> None:
    kept = content
    place = int(share * len(content))
    if how == "cut":
        kept = content = content[:place]
    elif how != "whole":
        content = gzip.compress(content, mtime=0)
        place = 10 + int(share * (len(content) - 11))
        if how == "packed and cut":
            content = content[:place]
        elif how == "flip":
            content = content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]
        kept = readable(content)
    read, broken = events_and_bare_traces(kept)
    broken = broken or how in {"packed and cut", "flip"}
    path = tmp_path / "log.xes"
    path.write_bytes(content)
    try:
        got = imported(path, mapping(COLUMNS))
    except LogError:
        assert read == 0
        return
    check(got, read, broken)


CELLS = st.sampled_from(["A", "B", "", "x,y", 'say "hm"', "Ký", "NA"])
ROWS = st.lists(st.tuples(CELLS, CELLS, TIMES, CELLS, CELLS), max_size=12)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def data_lines(text: str, delimiter: str) -> list[str]:
    """Lines that hold anything; no generated field runs over several."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line for line in lines[1:] if line.strip(delimiter + " ")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    ROWS, ENDS, st.sampled_from(",;\t"), st.floats(0, 1), st.integers(0, 600),
    st.sampled_from(["whole", "cut", "packed", "packed and cut", "flip"]),
)  # fmt: skip
def test_every_row_of_a_csv_log_is_accounted_for(
    tmp_path: Path,
    rows: list[tuple[str, ...]],
    end: str,
    delimiter: str,
    share: float,
    stray: int,
    how: str,
) -> None:
    """``stray``: where a quote stands that nobody closes, if so far into the file."""
    if stray:  # with two of them, nobody can tell what is meant
        drop = str.maketrans("", "", '",;')
        rows = [tuple(cell.translate(drop) for cell in cells) for cells in rows]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerows([HEADER, row("first"), *rows])
    head = len(delimiter.join(HEADER)) + len(end)
    written = text.getvalue()
    if stray > head:
        written = written[:stray] + '"' + written[stray:]
    content = kept = written.encode()
    broken = how in {"packed and cut", "flip"}
    place = head + int(share * (len(content) - head))
    if how == "cut":
        content = kept = content[:place]
    elif how != "whole":
        content = gzip.compress(content, mtime=0)
        place = 10 + int(share * (len(content) - 11))
        if how == "packed and cut":
            content = content[:place]
        elif how == "flip":
            content = content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]
        kept = readable(content)
    if broken:  # the last line is unfinished
        kept = kept[: max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1]
    lines = data_lines(kept.decode(errors="replace"), delimiter)
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    try:
        got = imported(path)
    except (LogError, MappingError):
        assert how in {"packed and cut", "flip"}
        return
    check(got, len(lines), broken)


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


def test_rows_without_end_of_which_none_can_be_taken_are_not_read_to_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few packed kilobytes would else leave millions of dead letters."""
    monkeypatch.setattr(reading, "MOST_BAD", 100)
    rows = [row(), *[row(time="?")] * 99, row("B"), *[row(time="?")] * 300]
    got = imported(write_csv(tmp_path / "log.csv", rows))
    check(got, 201, True)
    assert "100 rows one after another could not be taken" in got.letters[-1].detail
    assert {e.dossier_id for e in got.of(Progressed)} == {"A", "B"}


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
