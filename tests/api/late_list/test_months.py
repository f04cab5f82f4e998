"""When a month is over, and when it is frozen by itself: to the millisecond."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.publications.months import month_before, month_named
from dossiers.reference.context import Context
from tests.api.city import REFERENCE_DATA
from tests.api.late_list.publishing_city import REVIEWER, new_kafka, process

CONTEXT = Context(REFERENCE_DATA)


def at(*moment: int) -> int:
    local = datetime(*moment, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))  # type: ignore[misc, arg-type]
    return int(local.timestamp() * 1000)


def test_the_month_before_changes_at_midnight_and_over_the_year() -> None:
    assert month_before(at(2026, 11, 1), CONTEXT).name == "2026-10"
    assert month_before(at(2026, 11, 1) - 1, CONTEXT).name == "2026-09"
    assert month_before(at(2027, 1, 15), CONTEXT).name == "2026-12"
    assert month_before(at(2026, 11, 1), CONTEXT).end == at(2026, 11, 1)


@pytest.mark.parametrize(
    "name", ["2026-13", "2026-00", "26-10", "2026-10~H99", "1999-12", "2069-01", "2026-1٠", ""]
)
def test_what_is_no_month_is_none(name: str) -> None:
    assert month_named(name, CONTEXT) is None


@pytest.mark.asyncio
async def test_a_month_is_frozen_when_the_first_working_day_opens(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path, automatic=True) as api:
        room = api.guarded.live.publishing
        due = {}
        # 1 November 2026 is a Sunday.
        for moment in (at(2026, 11, 1), at(2026, 11, 2), at(2026, 11, 2, 7, 29)):
            room.automatic._now = partial(int, moment)
            due[moment] = room.automatic.due()
        assert set(due.values()) == {""}
        opening = at(2026, 11, 2, 7, 30)
        room.automatic._now = lambda: opening
        assert room.automatic.due() == "2026-10"


@pytest.mark.asyncio
async def test_only_a_month_that_was_seen_whole_is_frozen_by_itself(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path, automatic=True) as api:
        automatic = api.guarded.live.publishing.automatic
        automatic._now = lambda: at(2026, 11, 2, 7, 30)
        api.freezer.part = True
        await automatic.look()
        assert automatic.due() == ""  # it is not tried again
        assert len(api.freezer.asked) == 1
        assert api.guarded.live.publications.edition("2026-10") is None
        await api.done(REVIEWER, "", month="2026-10")  # by hand it is


@pytest.mark.asyncio
async def test_nothing_is_frozen_by_itself_in_a_simulations_history(tmp_path: Path) -> None:
    live_from = at(2026, 11, 19, 9, 30)
    async with process(new_kafka(), tmp_path, automatic=True, automatic_from=live_from) as api:
        automatic = api.guarded.live.publishing.automatic
        automatic._now = lambda: at(2026, 11, 2, 7, 30)
        assert automatic.due() == ""
        automatic._now = lambda: live_from
        assert automatic.due() == "2026-10"


@pytest.mark.asyncio
async def test_a_month_that_is_not_over_is_not_frozen(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path) as api:
        room = api.guarded.live.publishing
        room.freezing._now = lambda: at(2026, 11, 1) - 1
        early = await api.post(REVIEWER, "", month="2026-10", request="a")
        assert (early.status_code, early.json()["code"]) == (409, "month_not_over")
        room.freezing._now = lambda: at(2026, 11, 1)
        await api.done(REVIEWER, "", month="2026-10", request="b")
