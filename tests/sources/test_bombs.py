"""Small files that would become huge ones: refused, or read piece by piece."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from dossiers.wire.events import Progressed
from sources.importer import csv_lines, xes_rows
from sources.importer.rows import LogError
from tests.sources.logs import HEADER, imported, row, write_csv
from tests.sources.peaks import peaks

HEAD = '<?xml version="1.0"?>\n'
LAUGHS = """<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>"""
USED = '<log><trace><string key="concept:name" value="&d;"/></trace></log>'
QUADRATIC = f'<!DOCTYPE log [<!ENTITY d "{"a" * 10_000}">]><log>{"&d;" * 1_000}</log>'
EXTERNAL = '<!DOCTYPE log [<!ENTITY d SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE log [<!ENTITY % p SYSTEM "http://a.example/x.dtd"> %p;]>'


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}{LAUGHS}{USED}".encode(),
        f"{HEAD}{LAUGHS}{USED}".replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"),
        gzip.compress(f"{HEAD}{LAUGHS}{USED}".encode(), mtime=0),
        QUADRATIC.encode(),
        f"{EXTERNAL}<log>&d;</log>".encode(),
        f"{PARAMETER}{USED}".encode(),
        b'<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>',
        f"<!-- {'x' * 60_000} -->{LAUGHS}{USED}".encode(),
    ],
    ids=range(8),
)
def test_a_document_type_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bomb.xes"
    path.write_bytes(content)
    with pytest.raises(LogError, match="document type declaration"):
        imported(path)


def test_a_document_type_cannot_hide_behind_a_long_prolog(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xes"
    path.write_text(f"{HEAD}<!-- {'x' * 70_000} -->{LAUGHS}{USED}")
    with pytest.raises(LogError, match="no XML element in its first"):
        imported(path)


EVENT = (
    '<event><string key="concept:name" value="x"/><string key="org:resource" value="o"/>'
    '<string key="org:group" value="u"/>'
    '<date key="time:timestamp" value="2020-01-01T08:00:00Z"/></event>'
)
GOOD = f'<trace><string key="concept:name" value="good"/>{EVENT}</trace>'
ENDLESS = {
    "an event": "<trace><event>" + '<string key="k" value="v"/>' * 8_000,
    "what no trace has": '<extension name="a"/>' * 10_000,
    "depth": "<trace>" + "<list>" * 50_000,
    "text": "<trace>" + " " * 200_000,
}


@pytest.mark.parametrize("what", ENDLESS)
def test_nothing_in_a_log_may_go_on_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """What ends it does not matter: it is never read, so it is never held."""
    monkeypatch.setattr(xes_rows, "MOST_BETWEEN", 100_000)
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(f"<log>{GOOD}{ENDLESS[what]}".encode(), mtime=0))
    got = imported(path)
    assert [event.dossier_id for event in got.of(Progressed)] == ["good"]
    assert got.reasons() == ["malformed_xml"]
    said = got.letters[0].detail
    assert "100,000 bytes have come without the end of an event" in said or what == "depth"
    path.write_bytes(gzip.compress(f"<log>{ENDLESS[what]}".encode(), mtime=0))
    with pytest.raises(LogError, match="no readable XES log"):
        imported(path)


def test_a_record_over_many_long_lines_is_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_lines, "LARGEST_RECORD", 10_000)
    header = (*HEADER, "note")
    long = [*row("long"), "\n".join(["x" * 200] * 60)]
    got = imported(write_csv(tmp_path / "log.csv", [[*row("good"), ""], long], header))
    assert [event.dossier_id for event in got.of(Progressed)] == ["good"]
    assert set(got.reasons()) == {"malformed_row"}


@pytest.mark.parametrize("kind", ["zip", "gzip in gzip"])
def test_archives_of_other_kinds_are_not_unpacked(tmp_path: Path, kind: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.csv", ",".join(HEADER) + "\n" + " " * 10_000_000)
    once = gzip.compress(gzip.compress(b"a,b\n" * 100_000, mtime=0), mtime=0)
    path = tmp_path / "log.csv"
    path.write_bytes(packed.getvalue() if kind == "zip" else once)
    with pytest.raises(LogError, match="not UTF-8"):
        imported(path)


def test_a_large_gzip_takes_little_memory(tmp_path: Path) -> None:
    event = (
        '<event><string key="concept:name" value="x"/><string key="note" value="{}"/>'
        '<date key="time:timestamp" value="2020-01-01T08:00:00Z"/></event>'
    ).format("n" * 10_000)
    trace = '<trace><string key="concept:name" value="{}"/>{}</trace>'
    paths = []
    for traces in (100, 600):
        paths.append(tmp_path / f"{traces}.xes.gz")
        with gzip.open(paths[-1], "wt", compresslevel=1) as file:
            file.write("<log>")
            for number in range(traces):
                file.write(trace.format(number, event * 10))
            file.write("</log>")
    (_, few, before), (_, many, after) = peaks(paths)
    assert (few, many) == (1_000, 6_000)
    assert after - before < 20  # MB; unpacked, the second has 50 MB more
