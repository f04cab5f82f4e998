"""After a start the usual questions are asked once, before a reader does; and whatever fails then
is no reader's trouble."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import pytest

from api.app import create_app
from api.ports import StoreAway
from api.warming import warm
from tests.api.city import City
from tests.api.settings import config


class Asked:
    """A ClickHouse that is away, and what it was asked."""

    def __init__(self) -> None:
        self.tables: list[str] = []

    async def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        self.tables += [name for name in ("tallies", "dossiers_by_end") if name in sql]
        if "tallies" in sql:
            return []
        raise StoreAway("not there yet")


@pytest.mark.asyncio
async def test_the_usual_questions_are_asked_before_anybody_does(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked = Asked()
    app = create_app(config(), asked)
    app.state.live.deliver(City().records())
    app.state.live.loaded()
    with caplog.at_level(logging.WARNING):
        await warm(app)
    assert asked.tables.count("dossiers_by_end") > 1
    assert all(record.name != "api.warming" for record in caplog.records)
