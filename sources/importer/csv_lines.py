"""The physical lines of a CSV file, decoded one by one, with a way back after a stray quote."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

LONGEST_LINE = 16_000_000  # bytes; what a line has beyond it is passed over
LONGEST_RECORD = 1_000  # lines that one quoted field may run over
LARGEST_RECORD = 2 * LONGEST_LINE  # characters of all of them


class RecordTooLong(ValueError):
    """A quoted field does not end: most likely its opening quote is a stray one."""


class Lines(Iterator[str]):
    """The lines of one record after another.

    ``begin`` gives a record's first line, ``next`` those that a quoted field runs over. ``number``
    is the first line's; ``damaged``: one of them was not UTF-8; ``cut``: one was too long.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._again: deque[tuple[str, bool]] = deque()
        self._more: list[tuple[str, bool]] = []
        self._held = 0  # characters in it
        self._first_damaged = False
        self.number = 0
        self.damaged = False
        self.cut = False

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
            raise RecordTooLong
        line, damaged = self._read()
        if not line:
            raise StopIteration
        self.damaged = self.damaged or damaged
        self._held += len(line)
        self._more.append((line, damaged))
        return line

    def _read(self) -> tuple[str, bool]:
        if self._again:
            return self._again.popleft()
        raw = self._stream.readline(LONGEST_LINE)
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            self.cut = True
            while (rest := self._stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
        try:
            return raw.decode(), False
        except UnicodeDecodeError:
            return raw.decode(errors="replace"), True
