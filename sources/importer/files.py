"""Opens a log: counts and fingerprints its bytes on the way, unpacks gzip, tells XES from CSV."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, cast

from sources.importer.rows import LogError
from sources.importer.unpacking import BrokenOff, Unpacked

Progress = Callable[[str, float], None]  # phase in words, share done 0..1

_BUFFER = 1 << 20
_GZIP = b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class _Watched(io.RawIOBase):
    """The raw file; every byte read is counted and hashed."""

    def __init__(self, raw: BinaryIO, size: int, on_read: Callable[[float], None]) -> None:
        self._raw = raw
        self._size = max(size, 1)
        self._on_read = on_read
        self._done = 0
        self.hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self.hash.update(data)
        self._done += len(data)
        self._on_read(min(1.0, self._done / self._size))
        return len(data)


class EventLogFile:
    """An open log. ``stream``: its unpacked bytes. ``kind``: what they look like."""

    def __init__(
        self, path: Path, stream: io.BufferedReader, kind: Literal["csv", "xes"], raw: _Watched
    ) -> None:
        self.path = path
        self.name = path.name
        self.stream = stream
        self.kind = kind
        self._raw = raw

    def fingerprint(self) -> str:
        """SHA-256 (hex) of the file as it lies on disk; reads what is left of it."""
        buffer = bytearray(_BUFFER)
        while self._raw.readinto(buffer):
            pass
        return self._raw.hash.hexdigest()


@contextmanager
def open_log(path: Path, on_read: Callable[[float], None]) -> Iterator[EventLogFile]:
    """The log at ``path``. Raises LogError if it is missing, empty or neither CSV nor XES."""
    try:
        size = path.stat().st_size
        with path.open("rb", buffering=0) as raw:
            watched = _Watched(cast(BinaryIO, raw), size, on_read)
            stream = _buffered(watched)
            if stream.peek(2)[:2] == _GZIP:
                stream = _buffered(Unpacked(stream))
            yield EventLogFile(path, stream, _kind(path, stream), watched)
    except BrokenOff as error:
        raise LogError(f"{path}: {error}.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise LogError(f"{path}: cannot be read ({reason}).") from error


def _buffered(raw: object) -> io.BufferedReader:
    return io.BufferedReader(cast(io.RawIOBase, raw), _BUFFER)


def _kind(path: Path, stream: io.BufferedReader) -> Literal["csv", "xes"]:
    start = stream.peek(1024)[:1024]
    if not start:
        raise LogError(f"{path}: is empty; a log has at least a line of column names.")
    looks_xml = start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    if looks_xml or (start[:2] in _UTF16 and ".xes" in path.name.lower()):
        return "xes"
    if start[:2] in _UTF16:
        raise LogError(f"{path}: is UTF-16 text; save it as UTF-8 (CSV UTF-8 in a spreadsheet).")
    return "csv"
