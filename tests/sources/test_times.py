"""Times as logs write them."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.importer.times import parse_time

UTC_ZONE = ZoneInfo("UTC")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# A text cannot say which of an hour's two passages is meant: the first one is.
MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2068, 1, 1)).map(lambda d: d.replace(fold=0))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


def milliseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@given(MOMENTS, OFFSETS, st.sampled_from(["T", " "]), st.booleans(), st.sampled_from(["", " "]))
def test_reads_any_offset(
    naive: datetime, offset: timezone, between: str, colon: bool, space: str
) -> None:
    moment = naive.replace(tzinfo=offset)
    suffix = moment.strftime("%z")
    written = suffix[:3] + ":" + suffix[3:] if colon else suffix
    text = naive.isoformat(between) + space + written
    assert parse_time(text, AMSTERDAM) == milliseconds(moment)


@given(MOMENTS, st.integers(0, 999_999_999), st.integers(1, 9))
def test_cuts_any_fraction_below_a_millisecond(naive: datetime, nanos: int, digits: int) -> None:
    whole = naive.replace(microsecond=0)
    fraction = f"{nanos:09d}"[:digits]
    expected = milliseconds(whole.replace(tzinfo=UTC)) + int(f"{fraction:0<3}"[:3])
    assert parse_time(f"{whole.isoformat()}.{fraction}Z", AMSTERDAM) == expected


@given(MOMENTS)
def test_the_zone_counts_where_there_is_no_offset(naive: datetime) -> None:
    expected = milliseconds(naive.replace(tzinfo=AMSTERDAM))
    assert parse_time(str(naive), AMSTERDAM) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2020-06-01",
        "2020-06-01 00:00",
        "2020-06-01t00:00:00z",
        "2020-06-01 00:00:00 UTC",
        "2020-06-01 00:00:00 GMT",
        " 2020-06-01T02:00:00,000+02 ",
    ],
)
def test_rarer_spellings(text: str) -> None:
    assert parse_time(text, UTC_ZONE) == milliseconds(datetime(2020, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "01/06/2020",
        "2020",
        "20200601",
        "1590969600000",
        "2020-W23-1",
        "2020-13-01",
        "2020-06-31 10:00",
        "2020-06-01 25:00",
        "2020-06-01 10:00+25:00",
        "2020-06-01x10:00",
        "2020-06-01 10:00 Hanoi",
    ],
)
def test_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the importer makes the sentence)
        parse_time(text, UTC_ZONE)


@given(st.text(max_size=40))
def test_never_fails_otherwise(text: str) -> None:
    with contextlib.suppress(ValueError, OverflowError):
        parse_time(text, UTC_ZONE)


@pytest.mark.parametrize("hostile", ["2026-01-01" + " " * 200 + "x", "2026-01-01 +" + "0" * 200])
def test_a_text_too_long_for_a_time_is_not_looked_at(hostile: str) -> None:
    with pytest.raises(ValueError, match="characters is no ISO 8601 time"):
        parse_time(hostile, UTC_ZONE)


def test_many_blanks_before_an_offset_are_blanks() -> None:
    spaced = "2026-01-01 07:00:00" + " " * 60 + "+07:00"
    assert parse_time(spaced, UTC_ZONE) == parse_time("2026-01-01T00:00:00Z", UTC_ZONE)
