"""A filter from the query of a URL: bounded before it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import Depends, HTTPException, Query

from api.insight.filters import Filter
from api.insight.vocabulary import Age, Left, Mark, Standing, What
from api.insight.windows import MOST_CHARACTERS, WindowError, span_of
from dossiers.time.calendar import calendar_of
from dossiers.wire.calendar_spec import CalendarSpec

Empty = Literal[""]  # a form sends its empty fields as well
Id = Annotated[str, Query(max_length=200, description="an id; of `text` a part of one")]
Period = Annotated[
    str, Query(max_length=MOST_CHARACTERS, description="1h, 24h, 7d, 30d, month, year, today, "
               "2026-11, 2026, 2026-11-23..2026-11-29")
]  # fmt: skip
_ANY_CALENDAR = CalendarSpec(kind="24x7")


def filter_of_query(
    unit: Id = "",
    officer: Id = "",
    field: Id = "",
    procedure: Id = "",
    level: Id = "",
    online: Annotated[str, Query(max_length=20, description="full or partial")] = "",
    channel: Annotated[
        Literal["", "1", "2", "3"], Query(description="1 direct, 2 online, 3 by post")
    ] = "",
    standing: Annotated[
        list[Standing | Empty] | None, Query(max_length=12, description="one of these")
    ] = None,
    step: Id = "",
    left: Annotated[Left | Empty, Query(description="working time to the due time")] = "",
    age: Annotated[Age | Empty, Query(description="working time since the due time")] = "",
    marks: Annotated[
        list[Mark | Empty] | None, Query(max_length=10, description="each holds")
    ] = None,
    flags: Annotated[
        list[Annotated[str, Query(max_length=40)]] | None,
        Query(max_length=14, description="has each of these"),
    ] = None,
    supplements: Annotated[str, Query(pattern=r"^\d{0,3}$", description="at least so many")] = "",
    what: Annotated[What | Empty, Query(description="what happened in `window`")] = "",
    window: Period = "",
    due: Period = "",
    turns: Period = "",
    charged: Id = "",
    charged_in: Id = "",
    held_in: Id = "",
    held: Id = "",
    late_before: Id = "",
    text: Id = "",
) -> Filter:
    """The filter that a request asks for. Raises a 422 for what is none."""
    found = Filter(
        unit=unit, officer=officer, field=field, procedure=procedure, level=level, online=online,
        channel=int(channel or 0), standing=_said(standing), step=step, left=left, age=age,
        marks=_said(marks), flags=_said(flags), supplements=int(supplements or 0), what=what,
        window=window, due=due, turns=turns, charged=charged,
        charged_in=charged_in, held_in=held_in, held=held, late_before=late_before, text=text,
    )  # fmt: skip
    for name in ("window", "due", "turns"):
        _check(name, getattr(found, name))
    return found


AskedFilter = Annotated[Filter, Depends(filter_of_query)]


def _check(name: str, window: str) -> None:
    try:
        if window:
            span_of(window, 0, calendar_of(_ANY_CALENDAR, "UTC"))
    except WindowError as error:
        raise HTTPException(422, f"{name}: {error}") from error


def _said(values: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(value for value in values or () if value)
