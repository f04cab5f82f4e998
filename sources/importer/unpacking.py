"""Unpacks gzip piece by piece, and gives all that comes before a break.

``gzip.GzipFile`` raises instead of giving what it has unpacked already, so up to a megabyte of
sound rows before a damaged place would be lost; here every byte up to it arrives first.
"""

from __future__ import annotations

import io
import zlib

_PIECE = 65_536  # packed bytes at a time
_GZIP_ONLY = 31  # zlib's window bits for a gzip member with its header and check sum
# A log that packs better than this, and is this large, is made to fill a machine.
MOST_RATIO, FREE_BYTES = 200, 128_000_000


class BrokenOff(Exception):
    """Nothing can be read any more; the text says why, without a full stop."""


class Unpacked(io.RawIOBase):
    """The content of all gzip members in ``packed``. Reading raises BrokenOff, and does so only
    after all that was unpacked before."""

    def __init__(self, packed: io.BufferedReader) -> None:
        self._packed = packed
        self._unpacker = zlib.decompressobj(_GZIP_ONLY)
        self._input = b""
        self._between = True  # before a member, where the file may end
        self._broken = ""
        self._taken = self._given = 0

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer``; the number of bytes, 0 at the end. Raises BrokenOff."""
        while not self._broken:
            if not self._input and not self._fill():
                return 0
            if self._between and not self._begin():
                continue
            data = self._unpack(len(buffer))
            if data:
                self._given += len(data)
                if self._given > FREE_BYTES and self._given > MOST_RATIO * self._taken:
                    self._broken = f"it unpacks to more than {MOST_RATIO} times its size"
                buffer[: len(data)] = data
                return len(data)
        raise BrokenOff(self._broken)

    def _fill(self) -> bool:
        """Takes in more; False at an end where a file may end."""
        self._input = self._packed.read1(_PIECE)
        self._taken += len(self._input)
        if not self._input and not self._between:
            self._broken = "the gzip file is damaged or cut off (its end is missing)"
        return bool(self._input or self._broken)

    def _begin(self) -> bool:
        """Begins the next member, past the zeros that archivers put between them."""
        if self._taken > len(self._input):
            self._input = self._input.lstrip(b"\0")
        if not self._input:
            return False
        self._between = False
        self._unpacker = zlib.decompressobj(_GZIP_ONLY)
        return True

    def _unpack(self, most: int) -> bytes:
        if not self._input:
            return b""
        before = self._unpacker.copy()
        try:
            data = self._unpacker.decompress(self._input, most)
        except zlib.error as error:
            self._broken = f"the gzip file is damaged or cut off ({error})"
            return _up_to_error(before, self._input, most)
        if self._unpacker.eof:
            self._between = True
            self._input = self._unpacker.unused_data
        else:
            self._input = self._unpacker.unconsumed_tail
        return data


def _up_to_error(unpacker: zlib._Decompress, packed: bytes, most: int) -> bytes:
    """What comes out before the damaged place, found byte by byte."""
    data = bytearray()
    try:
        for place in range(len(packed)):
            data += unpacker.decompress(packed[place : place + 1])
    except zlib.error:
        pass
    return bytes(data[:most])
