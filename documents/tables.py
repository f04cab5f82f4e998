"""A table as it is written: its columns with their kinds, and what stands around the rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

# ``time``: an instant (ms), shown on the local clocks. ``percent``: 94.1 is 94,1 %. ``hours``:
# working hours with one decimal. ``hundredths``: a number with two.
Kind = Literal["text", "whole", "decimal", "hundredths", "percent", "hours", "time"]
Cell = str | int | float | None
Row = Sequence[Cell]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Column(msgspec.Struct, frozen=True):
    """``width``: characters; 0 is as wide as the kind usually needs."""

    title: str
    kind: Kind = "text"
    width: int = 0


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """``name``: of the sheet, at most 31 characters are kept. ``heading``: lines above the head of
    the table (what, of whom, as of when). ``total``: a row below the others, which no filter hides.
    ``notes``: lines below the rows. ``footer``: at the foot of each printed page. ``wrap``: long
    texts take several lines of their cell. ``timezone``: of column kind ``time``."""

    name: str
    columns: tuple[Column, ...]
    heading: tuple[str, ...] = ()
    total: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()
    footer: str = ""
    wrap: bool = False
    timezone: str = "Asia/Ho_Chi_Minh"


def local(at: int, zone: ZoneInfo) -> datetime:
    """What the clocks of ``zone`` show at ``at`` (ms), without a zone."""
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone).replace(tzinfo=None)
