"""The events of one trace until its end, when its attributes are known; on disk if many."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from sources.importer.rows import Fault

_MOST_HELD = 4_000_000  # characters, each attribute counted with what it takes beside them
_LENGTH = 8  # bytes of a batch's length before it


class TraceEvent(NamedTuple):
    """An event, or with ``bare`` a trace that has none. ``line``: of the file, where it begins."""

    line: int
    attributes: dict[str, str]
    fault: Fault | None
    bare: bool = False


class Held:
    """Events in the order they came. A trace of any size needs little memory: beyond a bound they
    go to a nameless file in ``folder``, until ``close``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._events: list[TraceEvent] = []
        self._size = 0
        self._file: IO[bytes] | None = None

    def add(self, event: TraceEvent, size: int) -> None:
        """``size``: about how much room its attributes take."""
        self._events.append(event)
        self._size += size
        if self._size > _MOST_HELD:
            self._spill()

    def __bool__(self) -> bool:
        return bool(self._events or self._file)

    def __iter__(self) -> Iterator[TraceEvent]:
        """All of them, once."""
        if self._file is not None:
            self._file.seek(0)
            while head := self._file.read(_LENGTH):
                yield from _decoder.decode(self._file.read(int.from_bytes(head)))
        yield from self._events
        self.close()

    def close(self) -> None:
        """Forget all events, and the file if there is one."""
        self._events = []
        if self._file is not None:
            self._file.close()
            self._file = None

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 (close does it)
        content = msgspec.msgpack.encode(self._events)
        self._file.write(len(content).to_bytes(_LENGTH))
        self._file.write(content)
        self._events = []
        self._size = 0


_decoder: msgspec.msgpack.Decoder[list[TraceEvent]] = msgspec.msgpack.Decoder(list[TraceEvent])
