"""Rows of an XES log: trace attributes are columns ``case:<key>``, event attributes ``<key>``.

Nothing is kept but one trace, and none may be larger than any dossier's: a small archive may unpack
to a huge one. A document type declaration is refused: XES needs none, and its
entities are how a small file becomes a huge one. Attributes inside lists and containers, and the
defaults of ``<global>``, are not read.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import NamedTuple, cast

from lxml import etree

from sources.importer.files import LogFile
from sources.importer.rows import MAX_FIELD, NO_VALUES, LogError, Row, digest_of, too_long
from sources.mapping import ROLES, Mapping, check_columns

_MOST_NAMES = 10_000  # distinct attribute names that are remembered for the missing-column hint
_CASE = "case:"
_PROLOG, _STEP = 65_536, 1_024
MOST_TRACE = 16_000_000  # bytes of a trace, or of what stands before the first one
_NESTED = frozenset({"list", "container", "values"})


class _TraceTooLarge(Exception):
    """Says so."""


class _Bounded:
    """The stream, up to ``MOST_TRACE`` bytes without the end of a trace."""

    def __init__(self, file: LogFile) -> None:
        self._stream = file.stream
        self.left = MOST_TRACE

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self.left -= len(data)
        if self.left < 0:
            raise _TraceTooLarge(f"{MOST_TRACE:,} bytes have come without the end of a trace")
        return data


class _Event(NamedTuple):
    line: int
    attributes: dict[str, str]
    fault: tuple[str, str] | None


def read_xes(file: LogFile, mapping: Mapping) -> Iterator[Row]:
    """All events in file order, numbered from 1 through the file.

    Raises LogError for what is no XES or has a document type, MappingError at the end if no trace
    and no event had a mapped column. XML that breaks off is a fault of one more row.
    """
    mapped = mapping.columns.mapped()
    columns = [mapped.get(role, "") for role in ROLES]
    seen: set[str] = set()
    number = 0
    try:
        _check_root(file)
        for case, events in _traces(file):
            seen.update(case)
            for event in events:
                if len(seen) < _MOST_NAMES:
                    seen.update(event.attributes)
                number += 1
                row = {**case, **event.attributes}
                values = [row.get(column, "") for column in columns]
                filled = sorted(name for name, value in row.items() if value)
                digest = digest_of(filled, [row[name] for name in filled])
                yield Row(number, event.line, values, digest, event.fault)
    except (etree.XMLSyntaxError, EOFError, zlib.error, _TraceTooLarge) as error:
        if number == 0:
            raise LogError(f"{file.path}: is no readable XES log: {_said(error)}.") from error
        line = error.lineno if isinstance(error, etree.XMLSyntaxError) and error.lineno else 0
        fault = (
            "malformed_xml",
            f"breaks off: {_said(error)}. Events before this place were taken, later ones are "
            "missing; repair the file and import it again",
        )
        yield Row(number + 1, line, NO_VALUES, b"", fault)
    check_columns(mapping, seen, file.name)


def _traces(file: LogFile) -> Iterator[tuple[dict[str, str], list[_Event]]]:
    """Attributes and events of one trace after another."""
    stream = _Bounded(file)
    parsed = etree.iterparse(
        stream,
        events=("end",),
        tag=("{*}trace", "{*}event"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    events: list[_Event] = []
    for _, element in parsed:
        kind = etree.QName(element).localname
        parent = element.getparent()
        if kind == "event":
            attributes, fault = _attributes(element, "")
            events.append(_Event(element.sourceline or 0, attributes, fault))
        elif kind == "trace":
            case, fault = _attributes(element, _CASE)
            if fault is not None:
                events = [event._replace(fault=event.fault or fault) for event in events]
            yield case, events
            events = []
            stream.left = MOST_TRACE
        if parent is not None:
            parent.remove(element)  # read: the tree never holds more than one trace


def _check_root(file: LogFile) -> None:
    """Looks at the first bytes only: past the root element a declaration can stand no more."""
    parser = etree.XMLPullParser(
        events=("start",), resolve_entities=False, load_dtd=False, no_network=True
    )
    start = file.stream.peek(_PROLOG)[:_PROLOG]
    for place in range(0, len(start), _STEP):
        parser.feed(start[place : place + _STEP])
        for _, root in cast(Iterator[tuple[str, etree._Element]], parser.read_events()):
            if root.getroottree().docinfo.internalDTD is not None:
                raise LogError(
                    f"{file.path}: has a document type declaration (DOCTYPE). XES needs none and "
                    "its entities can be used to exhaust memory: remove it and import again."
                )
            name = etree.QName(root).localname
            if name != "log":
                raise LogError(f"{file.path}: begins with <{name}>; an XES log begins with <log>.")
            return
    raise LogError(f"{file.path}: has no XML element in its first {_PROLOG:,} bytes.")


def _attributes(
    element: etree._Element, prefix: str
) -> tuple[dict[str, str], tuple[str, str] | None]:
    found: dict[str, str] = {}
    fault = None
    for child in element:
        key, value = child.get("key"), child.get("value")
        if key is None or value is None or etree.QName(child).localname in _NESTED:
            continue
        if len(value) > MAX_FIELD:
            fault = too_long(prefix + key, len(value))
            value = value[:100]
        found[prefix + key] = value
    return found, fault


def _said(error: Exception) -> str:
    return str(error).rstrip(".")
