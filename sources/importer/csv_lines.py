"""The physical lines of a CSV file, decoded one by one, with a way back after a stray quote."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from io import BufferedReader

from sources.importer.unpacking import BrokenOff

LONGEST_LINE = 6_000_000  # bytes; what a line has beyond it is skipped
LONGEST_RECORD = 1_000  # lines that one quoted field may run over
LARGEST_RECORD = 4_000_000  # characters of all of them
_CHUNK = 131_072
_SHOWN = 100  # bytes of a line that is too long


class Unended(ValueError):
    """A quoted field does not end, or too late: most likely its opening quote is a stray one."""


class Lines(Iterator[str]):
    """The lines of one record after another; they end in LF, CR LF or CR, also in one file.

    ``begin`` gives a record's first line, ``next`` those that a quoted field runs over. ``number``
    is the first line's; ``damaged``: one of them was not UTF-8; ``cut``: one was too long, and is
    not given. ``broken``: why the file could not be read to its end; its last, unfinished line is
    not given.
    """

    def __init__(self, stream: BufferedReader) -> None:
        self._lines = _physical(stream)
        self._again: deque[tuple[str, bool]] = deque()
        self._more: list[tuple[str, bool]] = []
        self._held = 0  # characters in it
        self._first_damaged = False
        self.number = 0
        self.damaged = False
        self.cut = False
        self.broken: str | None = None

    @property
    def spans(self) -> int:
        """How many lines the record has."""
        return 1 + len(self._more)

    def begin(self) -> str:
        """The first line of the next record; "" at the end of the file."""
        self.number += 1
        if self._more:
            self.number += len(self._more)
            self._more = []
            self._held = 0
        self.cut = False
        line, self._first_damaged = self._read()
        self.damaged = self._first_damaged
        return line

    def give_back(self) -> None:
        """Reads all lines of the record but its first again, as records of their own."""
        self._again.extendleft(reversed(self._more))
        self._more = []
        self._held = 0
        self.damaged = self._first_damaged

    def __next__(self) -> str:
        if self.spans >= LONGEST_RECORD or self._held > LARGEST_RECORD:
            raise Unended
        line, damaged = self._read()
        if not line:
            raise Unended
        self.damaged = self.damaged or damaged
        self._held += len(line)
        self._more.append((line, damaged))
        return line

    def _read(self) -> tuple[str, bool]:
        if self._again:
            return self._again.popleft()
        try:
            raw = next(self._lines, b"")
        except BrokenOff as error:
            self.broken = str(error)
            return "", False
        if len(raw) > LONGEST_LINE:
            self.cut = True
            raw = raw[:_SHOWN]
        try:
            return raw.decode(), False
        except UnicodeDecodeError:
            return raw.decode(errors="replace"), True


def _physical(stream: BufferedReader) -> Iterator[bytes]:
    """Lines with their ends. One that is too long comes cut, and is known by its length."""
    rest = b""
    try:
        while chunk := stream.read1(_CHUNK):
            lines = (rest + chunk).splitlines(keepends=True)
            # The last one may be unfinished; after a CR, an LF may come.
            rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
            yield from lines
            if len(rest) > LONGEST_LINE and not rest.endswith(b"\r"):
                yield rest
                rest = _after_line(stream)
    except BrokenOff:
        if rest.endswith(b"\r"):
            yield rest
        raise
    yield from rest.splitlines(keepends=True)


def _after_line(stream: BufferedReader) -> bytes:
    """Skips the rest of a line; returns what was read behind it."""
    while chunk := stream.read1(_CHUNK):
        first = chunk.splitlines(keepends=True)[0]
        if first.endswith((b"\n", b"\r")):
            return chunk[len(first) :]
    return b""
