"""A wall that comes while the server has no figures yet shows none, and then those that come."""

from __future__ import annotations

from tests.api.settings import config
from tests.dashboards.city import NOON, make_state
from tests.dashboards.conftest import OpenWall
from tests.dashboards.fake_api import FakeApi


def nothing_yet() -> dict[str, object]:
    """What an API sends that was started without Kafka."""
    from api.core import Live

    live = Live(config(mode="live"), query=None)  # type: ignore[arg-type]
    return {**live.state(), "tick_age_ms": None}


def test_there_are_no_numbers_until_they_come(open_wall: OpenWall) -> None:
    later = make_state(wards=24, departments=4)
    with FakeApi(nothing_yet()) as api:
        wall = open_wall(api)
        wall.heartbeat(None)
        wall.expect_verdict("empty")
        shown = wall.page.locator(".figure .value").all_inner_texts()
        assert [text.strip() for text in shown] == ["–"] * 5
        assert wall.page.locator("[data-unit]").count() == 0
        patch = {name: later[name] for name in ("figures", "units", "trend", "act", "data")}
        api.delta({**patch, "watermark": NOON})
        wall.heartbeat(400, NOON)
        wall.expect_verdict("live")
        wall.pass_time(2000)
        assert "–" not in wall.text(".figure-overdue .value")
        assert wall.page.locator("[data-unit]").count() > 0
        assert wall.errors == []
