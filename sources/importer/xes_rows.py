"""Rows of an XES log: trace attributes are columns ``case:<key>``, event attributes ``<key>``.

The log is read as a stream, so memory does not grow with it: a small archive may unpack to a huge
one. A document type declaration is refused: XES needs none, and its entities are how a small file
becomes a huge one. Attributes inside lists and containers, and the defaults of ``<global>``, are
not read. A trace without events is a row of its own: its dossier may have a reception or due time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from sources.importer.files import EventLogFile
from sources.importer.held import TraceEvent
from sources.importer.rows import Fault, LogError, LogRow, broken_off, digest_of
from sources.importer.unpacking import BrokenOff
from sources.importer.xes_parts import Parts
from sources.mapping import ROLES, Mapping
from sources.mapping_file import check_columns

_PROLOG, _STEP = 65_536, 1_024
_CHUNK, _LARGEST_CHUNK = 65_536, 4_194_304
LIFECYCLE = "lifecycle:transition"
MOST_BETWEEN = 256_000_000  # bytes from the end of one event or trace to that of the next
_MOST_QUIET = 16_000_000  # bytes without a tag's end: the parser holds them
_MOST_IN_TAG = 50_000  # XML attributes of one tag, which come all at once


def read_xes(file: EventLogFile, mapping: Mapping, folder: Path) -> Iterator[LogRow]:
    """All events in file order, numbered from 1 through the file. ``folder``: for large traces.

    Raises LogError for what is no XES or has a document type, MappingError at the end if no trace
    and no event of a whole log had a mapped column. If the XML breaks off, a last row says so.
    """
    mapped = mapping.columns.mapped()
    if mapping.columns.lifecycle is None:
        mapped["lifecycle"] = LIFECYCLE
    columns = [*(mapped.get(role, "") for role in ROLES), *mapping.traits.mapped().values()]
    # Without a dictionary of names: it would keep every one of them.
    parser = expat.ParserCreate(intern=None)
    parts = Parts(parser, file.path, folder)
    number = 0
    broken = ""
    try:
        feeding = _feeding(file, parser, parts)
        more = True
        while more:
            try:
                more = next(feeding, False)
            except (expat.ExpatError, BrokenOff, LookupError, ValueError) as error:
                broken, more = str(error).rstrip("."), False
                parts.break_off()
            for event, case, fault in _complete(parts):
                number += 1
                yield _row(number, event, case, fault, columns)
        if broken and number == 0:
            raise LogError(f"{file.path}: is no readable XES log: {broken}.")
        if broken:
            yield broken_off("malformed_xml", number + 1, parser.CurrentLineNumber, broken)
    finally:
        parts.close()
    if not broken:
        check_columns(mapping, parts.names, file.name)


def _feeding(file: EventLogFile, parser: expat.XMLParserType, parts: Parts) -> Iterator[bool]:
    """Hands the file to the parser, stopping after every piece. Raises BrokenOff, LogError, and
    what the parser raises."""
    size = _STEP  # nothing runs ahead of the check for a document type
    fed = without_end = quiet = in_tag = 0
    while data := file.stream.read1(size):
        beats, ends = parts.beats, parts.ends
        parser.Parse(data, False)
        fed += len(data)
        if not parts.rooted:
            if fed >= _PROLOG:
                raise LogError(f"{file.path}: has no XML element in its first {_PROLOG:,} bytes.")
            continue
        without_end = without_end + len(data) if parts.ends == ends else 0
        if without_end > MOST_BETWEEN:
            raise BrokenOff(
                f"{MOST_BETWEEN:,} bytes have come without the end of an event or a trace"
            )
        if parts.beats == beats:
            # The parser holds a tag whole, and begins it again with every piece.
            quiet += len(data)
            in_tag += min(data.count(b"="), (data.count(b'"') + data.count(b"'")) // 2)
            if in_tag > _MOST_IN_TAG:
                raise BrokenOff(f"a tag has more than {_MOST_IN_TAG:,} attributes")
            if quiet > _MOST_QUIET:
                raise BrokenOff(f"{_MOST_QUIET:,} bytes have come without the end of a tag")
            size = min(2 * size, _LARGEST_CHUNK)
        else:
            quiet, in_tag, size = 0, 0, _CHUNK
        yield True
    parser.Parse(b"", True)
    yield True


def _complete(parts: Parts) -> Iterator[tuple[TraceEvent, dict[str, str], Fault | None]]:
    """Each complete event with its trace's attributes and fault."""
    while parts.ready:
        part = parts.ready[0]
        if isinstance(part, TraceEvent):
            yield part, {}, None
        else:
            for event in part.held:
                yield event, part.case, part.fault
        parts.ready.popleft()


def _row(
    number: int, event: TraceEvent, case: dict[str, str], fault: Fault | None, columns: list[str]
) -> LogRow:
    row = {**case, **event.attributes}
    values = [row.get(column, "") for column in columns]
    filled = sorted(name for name, value in row.items() if value)
    digest = digest_of(filled, [row[name] for name in filled])
    return LogRow(number, event.line, values, digest, event.fault or fault, event.bare)
