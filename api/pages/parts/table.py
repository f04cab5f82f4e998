"""A table whose visible rows add up, and whose order stands in its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from api.pages.parts.charts import Sparkline
from api.pages.parts.figure import Help
from api.pages.parts.marks import LiveBinding, Shape, Tone

Density = Literal["compact", "normal", "roomy"]


@dataclass(frozen=True)
class TableColumn:
    """``title`` has the unit, so that cells need none. ``sort``: address of the table in the order
    of this column, "" if it cannot be ordered by it; ``sorted``: whether and how it is. ``phone``:
    where its cells go in the two lines that a row has on a phone ("lead": first line left, "main":
    first line right, "more": second line, "off": not shown)."""

    title: str
    number: bool = False
    sort: str = ""
    sorted: Literal["", "up", "down"] = ""
    phone: Literal["lead", "main", "more", "off"] = "more"
    help: Help | None = None
    wide: bool = False


@dataclass(frozen=True)
class TableCell:
    """``text``: as written; "0" and "–" are faint by themselves. ``href``: where a name or a count
    leads. ``bar``: 0..1, a bar beside the number. ``sub``: a second, smaller line. ``title``: all
    of a text that may be cut."""

    text: str = ""
    href: str = ""
    tone: Tone = "neutral"
    shape: Shape = ""
    sub: str = ""
    bar: float | None = None
    chart: Sparkline | None = None
    live: LiveBinding | None = None
    title: str = ""
    strong: bool = False


@dataclass(frozen=True)
class DataRow:
    """``kind``: "rest" stands for those that are not shown ("34 đơn vị khác"), "total" for all;
    "chosen" is the one selected."""

    cells: tuple[TableCell, ...]
    kind: Literal["plain", "rest", "total", "chosen"] = "plain"


@dataclass(frozen=True)
class DataTable:
    """``caption``: for those who cannot see the panel's title."""

    caption: str
    columns: tuple[TableColumn, ...]
    rows: tuple[DataRow, ...]
    density: Density = "normal"
    note: str = ""
    id: str = ""
