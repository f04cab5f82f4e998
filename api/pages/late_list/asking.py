"""What of a month's list an address asks for."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Literal, get_args
from urllib.parse import quote, urlencode

from fastapi import Depends, Path, Query

LIST = "/publications"
MINE = f"{LIST}/mine"
Show = Literal["explained", "waiting", "without", "all", "units"]
SHOWS: tuple[Show, ...] = get_args(Show)
AskedShow = Literal[Show, ""]
Order = Literal["late", "open", "total", "rate", "most", "mean", "name"]
ORDERS: tuple[Order, ...] = get_args(Order)
What = Literal[
    "late", "done", "open", "zero", "repeated", "apologised", "receptions", "unmatched",
    "rewritten", "backdated", "retracted", "reopened", "explained", "waiting", "asked", "accepted",
    "rejected", "excluded", "relieved",
]  # fmt: skip
_MOST = 10**6

ListPath = Annotated[str, Path(alias="list", description="id: month, or month~UNIT")]


@dataclass(frozen=True)
class ReviewAsked:
    """``show``: "" is what the reader has to do. ``unit``: only its officers, those of units below
    too. ``officer``, ``of``: whose cases stand beside the table, and in which unit; ``of`` alone is
    a unit. ``first``: number of a page's first row."""

    show: AskedShow = ""
    unit: str = ""
    q: str = ""
    sort: Order = "late"
    first: int = 1
    officer: str = ""
    of: str = ""

    def url(self, list_: str, **changes: Any) -> str:
        """The list's page; what is as usual is not said. A change of what is listed begins with the
        first row."""
        moved = changes if changes.keys() <= {"officer", "of", "first"} else {"first": 1} | changes
        asked = replace(self, **moved)
        return address(list_page(list_), asked)

    @property
    def chosen(self) -> bool:
        """Whether somebody's cases are asked for."""
        return bool(self.of)


@dataclass(frozen=True)
class CasesAsked:
    """Dossiers of a list: ``what`` of them, charged to ``unit`` or one below it, and to
    ``officer``, if one is asked for."""

    what: What = "late"
    unit: str = ""
    officer: str = ""
    first: int = 1

    def url(self, list_: str, **changes: Any) -> str:
        """The list of these dossiers."""
        asked = replace(self, **({"first": 1} | changes if changes else {}))
        return address(f"{list_page(list_)}/dossiers", asked)


def list_page(list_: str, step: str = "") -> str:
    """The path of a list's page, or of one of its steps."""
    path = f"{LIST}/{quote(list_, safe='~')}"
    return f"{path}/{step}" if step else path


def address(path: str, asked: ReviewAsked | CasesAsked) -> str:
    """A path with what differs from the usual."""
    said = {
        field.name: value
        for field in fields(asked)
        if (value := getattr(asked, field.name)) != field.default
    }
    return f"{path}?{urlencode(said)}" if said else path


def list_asked(
    *,
    show: Annotated[AskedShow, Query(description="whose lines")] = "",
    unit: Annotated[str, Query(max_length=100, description="id of a unit")] = "",
    q: Annotated[str, Query(max_length=100, description="in names")] = "",
    sort: Annotated[Order, Query(description="order of the table")] = "late",
    first: Annotated[int, Query(ge=1, le=_MOST, description="number of the first row")] = 1,
    officer: Annotated[str, Query(max_length=200, description="whose cases")] = "",
    of: Annotated[str, Query(max_length=200, description="in which unit")] = "",
) -> ReviewAsked:
    """From the parameters of an address."""
    return ReviewAsked(show, unit, q.strip(), sort, first, officer, of)


def cases_asked(
    *,
    what: Annotated[What, Query(description="which dossiers of the list")] = "late",
    unit: Annotated[str, Query(max_length=200, description="charged to this unit")] = "",
    officer: Annotated[str, Query(max_length=200, description="charged to this officer")] = "",
    first: Annotated[int, Query(ge=1, le=_MOST, description="number of the first row")] = 1,
) -> CasesAsked:
    """From the parameters of an address."""
    return CasesAsked(what, unit, officer, first)


AskedList = Annotated[ReviewAsked, Depends(list_asked)]
AskedCases = Annotated[CasesAsked, Depends(cases_asked)]
