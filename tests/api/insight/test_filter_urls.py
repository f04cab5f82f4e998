"""A filter and its URL are the same thing, and what is no filter is refused."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from api.insight.filters import Filter
from api.insight.parsing import AskedFilter
from api.insight.vocabulary import TOTAL
from api.insight.windows import NAMED, WindowError, span_of
from dossiers.time.calendar import calendar_of
from dossiers.wire.calendar_spec import CalendarSpec

app = FastAPI()


@app.get("/")
def shown(filter_: AskedFilter) -> dict[str, Any]:
    return {"query": filter_.query()}


def get(url: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(url)

    return asyncio.run(ask())


ids = st.text("aé/&=% \"'", max_size=12).map(str.strip)
filters = st.builds(
    Filter,
    unit=ids,
    officer=ids,
    procedure=ids,
    field=ids,
    step=ids,
    text=ids,
    level=ids,
    channel=st.integers(0, 3),
    standing=st.lists(st.sampled_from(TOTAL), max_size=3).map(tuple),
    marks=st.lists(st.sampled_from(["due_soon", "unended"]), max_size=2).map(tuple),
    flags=st.lists(st.sampled_from(["rewritten", "reopened"]), max_size=2).map(tuple),
    supplements=st.integers(0, 9),
    what=st.sampled_from(["", "received", "late"]),
    window=st.sampled_from(["", *NAMED, "2026-11", "2026", "2026-11-01..", "..2026-11-01T08:30"]),
    left=st.sampled_from(["", "soon", "none"]),
)


@given(filters)
def test_a_filter_survives_its_url(filter_: Filter) -> None:
    answer = get(filter_.url("/"))
    assert answer.json() == {"query": filter_.query()}


def test_one_filter_has_one_url() -> None:
    one = Filter(standing=("late", "early", "late"))
    assert one == Filter(standing=("early", "late"))
    assert one.url() == "/dossiers?standing=early&standing=late"
    assert Filter().url() == "/dossiers"


def test_empty_fields_of_a_form_ask_nothing() -> None:
    answer = get("/?unit=u1&level=&channel=&standing=&what=&supplements=&age=&window=")
    assert answer.json() == {"query": "unit=u1"}


@pytest.mark.parametrize(
    "query",
    [
        "standing=dead", "window=yesterday", "window=2026-13", "due=..", "channel=7", "left=much",
        "supplements=-1", "supplements=1e3", "marks=none", "window=99999-01-01..",
        f"text={'x' * 201}", "&".join(["flags=x"] * 15), "window=2026-11-31..", "what=any",
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(query: str) -> None:
    assert get(f"/?{query}").status_code == 422


def test_windows_are_of_local_days() -> None:
    calendar = calendar_of(CalendarSpec(), "Asia/Ho_Chi_Minh")
    day, hour = 86_400_000, 3_600_000
    now = 1_795_395_600_000 + 90_500  # Monday 23 November 2026, 08:01:30.5
    midnight = 1_795_395_600_000 - 8 * hour
    assert span_of("1h", now, calendar) == (now - 30_500 - 59 * 60_000, now + 29_500)
    assert span_of("today", now, calendar) == (midnight, midnight + day)
    assert span_of("2026-11-22..2026-11-23", now, calendar) == (midnight - day, midnight + day)
    assert span_of("2026-11-23T08:00..2026-11-23T08:01", now, calendar) == (
        midnight + 8 * hour, midnight + 8 * hour + 60_000,
    )  # fmt: skip
    assert span_of("2026-11", now, calendar) == (midnight - 22 * day, midnight + 8 * day)
    assert span_of("month", now, calendar).start == midnight - 22 * day
    assert span_of("2026", now, calendar).start == span_of("year", now, calendar).start
    with pytest.raises(WindowError):
        span_of("tomorrow", now, calendar)


def test_urls_hold_nothing_but_what_is_asked() -> None:
    assert parse_qsl(Filter(unit="u/2", what="late", window="7d").query()) == [
        ("unit", "u/2"), ("what", "late"), ("window", "7d"),
    ]  # fmt: skip
