"""When a message may go out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.alerting.quiet import QuietHours, may_go_at, quiet_hours
from dossiers.time.hours import DAY, HOUR
from tests.dossiers.alerting.city import CITY
from tests.dossiers.days import at

NIGHT, NOON, NEVER = (
    quiet_hours(clocks) for clocks in (("18:00", "07:00"), ("11:30", "13:00"), ("07:00", "07:00"))
)


@pytest.mark.parametrize(
    ("quiet", "moment", "expected"),
    [
        (NIGHT, "2026-11-02T17:59", "2026-11-02T17:59"),
        (NIGHT, "2026-11-02T18:00", "2026-11-03T07:00"),
        (NIGHT, "2026-11-03T03:00", "2026-11-03T07:00"),
        (NIGHT, "2026-11-05T19:00", "2026-11-07T07:00"),  # Friday is off, and Saturday made up
        (NIGHT, "2026-11-07T10:00", "2026-11-07T10:00"),
        (NIGHT, "2026-11-07T18:00", "2026-11-09T07:00"),
        (NIGHT, "2026-11-08T12:00", "2026-11-09T07:00"),
        (NOON, "2026-11-02T12:00", "2026-11-02T13:00"),
        (NOON, "2026-11-02T23:00", "2026-11-02T23:00"),
        (NOON, "2026-11-06T10:00", "2026-11-07T00:00"),
        (NEVER, "2026-11-08T03:00", "2026-11-08T03:00"),
        (quiet_hours(("00:00", "08:00")), "2026-11-06T10:00", "2026-11-07T08:00"),
    ],
)
def test_the_first_instant_at_which_a_message_may_go(
    quiet: QuietHours, moment: str, expected: str
) -> None:
    assert may_go_at(at(moment), quiet, CITY.calendar) == at(expected)


@given(
    st.integers(0, 365 * DAY), st.integers(0, 23).map(HOUR.__mul__),
    st.integers(0, 23).map(HOUR.__mul__),
)  # fmt: skip
def test_it_is_never_earlier_and_nothing_is_quiet_then(after: int, begins: int, ends: int) -> None:
    start, quiet = at("2026-01-01T00:00") + after, QuietHours(begins, ends)
    found = may_go_at(start, quiet, CITY.calendar)
    assert found >= start
    assert may_go_at(found, quiet, CITY.calendar) == found
