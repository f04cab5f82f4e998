"""What an XES log consists of, told by an XML parser that keeps no tree.

Only one event is held, and the events of one trace: an element's attributes are bounded in number
and length, elements in depth, their names in number. What stands outside its place in XES
(an event in an event, a trace in a trace) is reported with a fault and taken for nothing else.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from xml.parsers.expat import XMLParserType

from dossiers.text.identity import identity
from sources.importer.held import Held, TraceEvent
from sources.importer.rows import (
    MAX_COLUMNS,
    MAX_FIELD,
    MAX_NAME,
    Fault,
    LogError,
    digest_of_text,
    too_long,
)
from sources.importer.unpacking import BrokenOff

MOST_DEPTH = 100
# Characters of all attributes of one event, and of one trace, which every event repeats. Of long
# values beyond it only the beginning is kept, and a hash that tells rows apart.
MOST_EVENT, MOST_CASE = 4_000_000, 262_144
_KEPT = MAX_NAME + 1  # characters of such a value: too many for any column that is read
_MOST_TAGS = 1_000  # distinct names of elements and XML attributes: the parser keeps them
_MOST_KEYS = 10_000  # distinct names of columns that are remembered
_OVERHEAD = 150  # bytes that an attribute takes beside its characters
_CASE = "case:"
_PLAIN, _EVENT, _TRACE, _NESTED, _ROOT = range(5)
_KINDS = {
    "event": _EVENT,
    "trace": _TRACE,
    "list": _NESTED,
    "container": _NESTED,
    "values": _NESTED,
    "log": _ROOT,
}


class XesPart:
    """An open trace or event, and the attributes read so far."""

    __slots__ = ("attributes", "events", "fault", "in_trace", "kind", "line", "size")

    def __init__(self, kind: int, line: int, fault: Fault | None) -> None:
        self.kind = kind
        self.line = line
        self.fault = fault
        self.attributes: dict[str, str] = {}
        self.size = _OVERHEAD
        self.events = 0  # directly in it


class Trace:
    """A trace that has ended, or was cut off: its own attributes, its line, and its events."""

    def __init__(self, part: XesPart, held: Held) -> None:
        self.case = part.attributes
        self.fault = part.fault
        self.held = held


class Parts:
    """Handlers for one document. ``ready``: traces and stray events that are complete."""

    def __init__(self, parser: XMLParserType, path: Path, folder: Path) -> None:
        self._parser = parser
        self._path = path
        self._folder = folder
        self._open: list[XesPart | None] = []  # an element each, None for those that hold nothing
        self._kinds: dict[str, int] = {}
        self._xml_names: set[str] = set()
        self._keys: dict[str, str] = {}
        self._case_keys: dict[str, str] = {}
        self._home: XesPart | None = None  # the trace, if it stands where it should
        self._held = Held(folder)
        self.ready: deque[Trace | TraceEvent] = deque()
        self.rooted = False
        self.beats = 0  # elements that began or ended
        self.ends = 0  # events and traces that ended
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype

    @property
    def names(self) -> set[str]:
        """The columns seen, up to a bound."""
        return {*self._keys.values(), *self._case_keys.values()}

    def break_off(self) -> None:
        """Gives the events of a trace that has not ended."""
        if self._home is not None and self._held:
            self.ready.append(Trace(self._home, self._held))
            self._home = None
        else:
            self._held.close()

    def close(self) -> None:
        """Closes files of what was never read."""
        self._held.close()
        for part in self.ready:
            if isinstance(part, Trace):
                part.held.close()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.beats += 1
        kind = self._kinds.get(tag)
        if kind is None:
            kind = self._new_kind(tag)
        if attributes and (
            len(attributes) != 2 or "key" not in attributes or "value" not in attributes
        ):
            self._note_names(attributes)
        opened = self._open
        if kind == _PLAIN:
            part = opened[-1] if opened else None
            if part is not None:
                self._take(part, attributes)
            opened.append(None)
        elif kind in {_EVENT, _TRACE}:
            opened.append(self._begin(kind))
        else:
            opened.append(None)
        if len(opened) > MOST_DEPTH:
            raise BrokenOff(f"elements are nested more than {MOST_DEPTH} deep")

    def _begin(self, kind: int) -> XesPart:
        """An event or a trace begins: is it in its place in XES?"""
        inside = self._open[-1] if self._open else None
        line = self._parser.CurrentLineNumber
        in_log = len(self._open) == 1
        if kind == _TRACE:
            if in_log:
                self._home = XesPart(kind, line, None)
                self._held = Held(self._folder)
                return self._home
            return XesPart(
                kind, line, ("out_of_place", "is a trace that does not stand in the log")
            )
        if inside is not None and inside.kind == _TRACE:
            inside.events += 1
            if inside.fault is None or inside is self._home:
                return XesPart(kind, line, None)
        elif in_log:
            return XesPart(kind, line, None)
        return XesPart(kind, line, ("out_of_place", "is an event that does not stand in a trace"))

    def _end(self, tag: str) -> None:
        self.beats += 1
        part = self._open.pop()
        if part is None:
            return
        self.ends += 1
        if part is self._home:
            if not part.events and part.fault is None:
                self._held.add(TraceEvent(part.line, {}, None, bare=True), part.size)
            self.ready.append(Trace(part, self._held))
            self._home = None
            self._held = Held(self._folder)
            return
        if part.kind == _TRACE and part.events:
            return
        event = TraceEvent(part.line, part.attributes, part.fault, part.kind == _TRACE)
        if self._home is None:
            self.ready.append(event)
        else:
            self._held.add(event, part.size)

    def _take(self, part: XesPart, attributes: dict[str, str]) -> None:
        """An attribute of a trace or an event."""
        key, value = attributes.get("key"), attributes.get("value")
        if key is None or value is None:
            return
        names = self._keys if part.kind == _EVENT else self._case_keys
        name = names.get(key)
        if name is None:
            if len(key) > MAX_NAME:
                part.fault = part.fault or (
                    "field_too_long",
                    f"an attribute's key has {len(key):,} characters; at most "
                    f"{MAX_NAME:,} are read",
                )
                return
            name = identity(key) if part.kind == _EVENT else identity(_CASE + key)
            if len(names) < _MOST_KEYS:
                names[key] = name
        if len(value) > MAX_FIELD:
            part.fault = part.fault or too_long(name, len(value))
            value = value[:100]
        if len(part.attributes) >= MAX_COLUMNS:
            part.fault = part.fault or (
                "too_many_attributes",
                f"has more than {MAX_COLUMNS:,} attributes",
            )
            return
        most = MOST_EVENT if part.kind == _EVENT else MOST_CASE
        if part.size + len(value) > most and len(value) > _KEPT:
            value = value[:_KEPT] + digest_of_text(name, value).hex()
        if part.size + len(value) > 2 * most:
            part.fault = part.fault or (
                "too_many_attributes",
                f"has attributes of more than {2 * most:,} characters in it or its trace",
            )
            return
        part.attributes[name] = value
        part.size += len(name) + len(value) + _OVERHEAD

    def _new_kind(self, tag: str) -> int:
        local = tag.rpartition(":")[2]
        if not self.rooted:
            self.rooted = True
            if local != "log":
                raise LogError(
                    f"{self._path}: begins with <{local[:60]}>; an XES log begins with <log>."
                )
        if len(self._kinds) >= _MOST_TAGS:
            raise BrokenOff(f"elements have more than {_MOST_TAGS:,} different names")
        kind = self._kinds[tag] = _KINDS.get(local, _PLAIN)
        return kind

    def _note_names(self, attributes: dict[str, str]) -> None:
        self._xml_names.update(attributes)
        if len(self._xml_names) > _MOST_TAGS:
            raise BrokenOff(f"XML attributes have more than {_MOST_TAGS:,} different names")

    def _doctype(self, *_: object) -> None:
        raise LogError(
            f"{self._path}: has a document type declaration (DOCTYPE). XES needs none and its "
            "entities can be used to exhaust memory: remove it and import again."
        )
