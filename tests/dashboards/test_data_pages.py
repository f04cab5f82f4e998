"""Page /data and its lists in a browser: they can be read at a desk and on a phone."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.api.data.conftest import DataPage
from tests.api.data.conftest import odd as odd  # noqa: PLC0414 (a fixture)
from tests.dashboards.pages import IN_TURN, Reader, View, faults
from tests.dashboards.serving import bound, serving

PHONE = (View(390, "vi", "light"),)


@pytest.fixture(scope="module")
def served(odd: DataPage) -> Iterator[str]:
    with serving(odd.app, bound()) as url:
        yield url


@pytest.fixture(scope="module")
def reader(browser: Browser, served: str) -> Iterator[Reader]:
    with Reader.of(browser, served) as found:
        yield found


@pytest.mark.parametrize(
    ("path", "views"),
    [
        ("/data", IN_TURN), ("/data/letters/2?do=replay", PHONE), ("/data/rewritten", PHONE),
    ],
)  # fmt: skip
def test_a_page_of_the_data_can_be_read(
    reader: Reader, odd: DataPage, path: str, views: tuple[View, ...]
) -> None:
    for number, view in enumerate(views):
        odd.app.state.live.view.freshness.advanced_at = time.monotonic()
        found = faults(reader.look(path, view, {}), axe=number < 2)
        assert found == {}, view.name
    assert reader.complaints() == []
