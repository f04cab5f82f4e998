"""The physical lines of a CSV file, decoded one by one, with a way back after a stray quote."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

LONGEST_LINE = 16_000_000  # bytes; what a line has beyond it is passed over
LONGEST_RECORD = 1_000  # lines that one quoted field may run over


class RecordTooLong(ValueError):
    """A quoted field does not end: most likely its opening quote is a stray one."""


class Lines(Iterator[str]):
    """Feeds ``csv.reader``. ``begin`` before each record; then ``taken`` are its lines, ``first``
    the number of the first, ``damaged`` whether one was not UTF-8, ``cut`` whether one was cut."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._again: deque[tuple[str, bool]] = deque()
        self._number = 0
        self.taken: list[tuple[str, bool]] = []
        self.damaged = False
        self.cut = False

    @property
    def first(self) -> int:
        return self._number - len(self.taken) + 1

    def begin(self) -> None:
        self.taken = []
        self.damaged = False
        self.cut = False

    def give_back(self) -> None:
        """Reads all lines of the record but its first again, as records of their own."""
        again = self.taken[1:]
        self._again.extendleft(reversed(again))
        self._number -= len(again)
        del self.taken[1:]
        self.damaged = self.taken[0][1]

    def __next__(self) -> str:
        if len(self.taken) >= LONGEST_RECORD:
            raise RecordTooLong
        line, damaged = self._again.popleft() if self._again else self._read()
        if damaged:
            self.damaged = True
        self._number += 1
        self.taken.append((line, damaged))
        return line

    def _read(self) -> tuple[str, bool]:
        raw = self._stream.readline(LONGEST_LINE)
        if not raw:
            raise StopIteration
        if len(raw) >= LONGEST_LINE and not raw.endswith(b"\n"):
            self.cut = True
            while (rest := self._stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
        try:
            return raw.decode(), False
        except UnicodeDecodeError:
            return raw.decode(errors="replace"), True
