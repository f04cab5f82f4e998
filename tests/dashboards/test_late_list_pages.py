"""The pages of the late list in a browser: legible, accessible, and live while one chooses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from api.access.principal import Principal
from tests.api.pages.late_month import REVIEWER_SIGNED_IN, TUAN_SIGNED_IN, LateMonth
from tests.dashboards.pages import IN_TURN, View, faults, opened
from tests.dashboards.serving import bound, serving
from tests.dossiers.publication.made_lists import BUILDING, LIST, TUAN
from tests.dossiers.publication.made_records import TUAN_1, TUAN_2

PAGE = f"/publications/{LIST}"
SIDE = f"{PAGE}?of={BUILDING}&officer={TUAN}"
OPENED: dict[str, Principal] = {
    SIDE: REVIEWER_SIGNED_IN,
    PAGE: REVIEWER_SIGNED_IN,
    f"{PAGE}/steps": REVIEWER_SIGNED_IN,
    "/publications/mine": TUAN_SIGNED_IN,
}


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> LateMonth:
    folder: Path = tmp_path_factory.mktemp("month")
    found = LateMonth(folder)
    found.story.explain(TUAN_1, TUAN_2, text=found.text("Tôi nhận thêm hồ sơ của người nghỉ phép."))
    found.story.ask(TUAN_2, text=found.text("Ai nghỉ, từ ngày nào?", "q"))
    found.tell()
    return found


@pytest.fixture(scope="module")
def url(month: LateMonth) -> Iterator[str]:
    with serving(month.guard.app, bound()) as found:
        yield found


@pytest.mark.parametrize("path", OPENED)
def test_a_page_of_late_lists_can_be_read(
    browser: Browser, month: LateMonth, url: str, path: str
) -> None:
    first = list(OPENED).index(path) % 2
    found = {}
    for view in IN_TURN[2 * first :][:2]:
        headers = month.guard.headers(OPENED[path])
        with opened(browser, url, path, view, headers=headers) as page:
            found[view.name] = faults(page)
    assert not any(found.values()), found


def test_the_effect_follows_each_box(browser: Browser, month: LateMonth, url: str) -> None:
    headers = month.guard.headers(REVIEWER_SIGNED_IN)
    with opened(browser, url, SIDE, View(), headers=headers) as page:
        effect = page.locator("#effect")
        assert "Nếu chấp nhận 0 hồ sơ" in effect.inner_text()
        page.get_by_label(TUAN_1.dossier).check()
        effect.get_by_text("Nếu chấp nhận 1 hồ sơ đã chọn").wait_for()
        assert "3" in effect.locator("b").first.inner_text()
        button = page.get_by_role("button", name="Chấp nhận")
        counts = button.evaluate(
            "b => [...b.querySelectorAll('span')].map("
            "s => getComputedStyle(s, '::after').content).join(' ')"
        )
        assert counts == "counter(yes) counter(no)"
    assert month.guard.live.publications.state.head.number == 3, "nothing was written"
