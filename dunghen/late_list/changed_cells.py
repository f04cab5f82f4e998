"""What is different between two tables, as workbooks or as CSV: for whoever holds a file that was
changed. Only texts and numbers are read, never how they look."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

_ZIP = b"PK\x03\x04"
_MOST_XML = 300 * 2**20  # bytes of a workbook's parts together
_MOST_TOLD = 10
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# Whatever a file from anywhere makes the readers raise; an encrypted one is a RuntimeError.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, csv.Error, ParseError, DefusedXmlException,
    OSError, ValueError, EOFError, RuntimeError, LookupError,
)  # fmt: skip
Cells = dict[tuple[str, str], str]  # by sheet and place


def changed_cells(published: bytes, here: bytes) -> list[str]:
    """The first places in which they differ, each in a sentence; empty if either cannot be read."""
    before, after = _cells(published), _cells(here)
    if not before or not after:
        return []
    # What stands in one only comes last: a row too many moves all others.
    places = sorted(before.keys() | after.keys(), key=lambda p: p not in before or p not in after)
    return [
        f"{_place(*place)}: {before.get(place, '')!r} was published, here it is "
        f"{after.get(place, '')!r}"
        for place in places
        if before.get(place, "") != after.get(place, "")
    ][:_MOST_TOLD]


def text_of(content: bytes) -> bytes:
    """Everything legible in a file: of a workbook its parts, of anything else itself."""
    if not content.startswith(_ZIP):
        return content
    try:
        return b"\n".join(_parts(content).values())
    except _UNREADABLE:
        return content


def _place(sheet: str, cell: str) -> str:
    return f"{sheet}, cell {cell}" if sheet else cell


def _cells(content: bytes) -> Cells:
    try:
        if content.startswith(_ZIP):
            return dict(_of_workbook(_parts(content)))
        return dict(_of_csv(content.decode("utf-8-sig")))
    except _UNREADABLE:
        return {}


def _of_csv(text: str) -> Iterator[tuple[tuple[str, str], str]]:
    for number, row in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
        for column, value in enumerate(row, 1):
            yield ("", f"line {number}, column {column}"), value


def _parts(content: bytes) -> dict[str, bytes]:
    """Raises ValueError for what would not fit into memory."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sizes = [info.file_size for info in book.infolist()]
        if sum(sizes) > _MOST_XML:
            raise ValueError("too large")
        return {name: book.read(name) for name in book.namelist() if name.endswith(".xml")}


def _of_workbook(parts: dict[str, bytes]) -> Iterator[tuple[tuple[str, str], str]]:
    shared: list[str] = []
    if "xl/sharedStrings.xml" in parts:
        table = ElementTree.fromstring(parts["xl/sharedStrings.xml"])
        shared = ["".join(entry.itertext()) for entry in table.iter(f"{_NS}si")]
    sheets = sorted(name for name in parts if name.startswith("xl/worksheets/"))
    for name in sheets:
        sheet = name.rpartition("/")[2].removesuffix(".xml")
        for cell in ElementTree.fromstring(parts[name]).iter(f"{_NS}c"):
            value = "".join("".join(part.itertext()) for part in cell)
            if cell.get("t") == "s" and value.isdecimal() and int(value) < len(shared):
                value = shared[int(value)]
            yield (sheet, cell.get("r", "")), value
