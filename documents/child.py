"""Writes one workbook in a process of its own: rows come on standard input, one JSON a line, first
the sheet, last ``null``. Bounded in memory and time; ends with whoever started it.

``python -m documents.child TARGET MEGABYTES SECONDS``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from documents.bounds import bound_process
from documents.tables import Row, Sheet
from documents.workbook import write_workbook

_row = msgspec.json.Decoder(list[str | int | float | None] | None).decode


class CutOff(Exception):
    """The rows ended before their end: whoever sent them has gone."""


def main(target: str, megabytes: int, seconds: int) -> None:
    """Read all of standard input and write ``target``."""
    bound_process(megabytes, seconds)
    lines = sys.stdin.buffer
    sheet = msgspec.json.decode(lines.readline(), type=Sheet)
    write_workbook(target, [(sheet, _rows(lines))], sheet.name, streamed=True)


def _rows(lines: BinaryIO) -> Iterator[Row]:
    for line in lines:
        row = _row(line)
        if row is None:
            return
        yield row
    raise CutOff


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
