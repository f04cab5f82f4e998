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

from dossiers.wire.events import Progressed, Received
from sources.importer import reading
from sources.importer.rows import LogError
from sources.mapping_file import MappingError
from tests.sources.logs import HEADER, Imported, imported, mapping, row, write_csv
from tests.sources.xes import COLUMNS, attribute, event, trace

BROKEN = {"malformed_xml", "broken_off"}


TIMES = st.sampled_from(["2020-01-01T08:00:00Z", "2020-01-02", "2020-01-03 10:00", "soon", ""])


KEYS = st.sampled_from(["concept:name", "time:timestamp", "org:resource", "from", "due", "x"])


VALUES = st.one_of(TIMES, st.sampled_from(["A", "B", "Ký", "&amp;&#233;"]))


TAGS = st.sampled_from(["event", "trace", "event", "trace", "list", "string", "global", "log"])


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
