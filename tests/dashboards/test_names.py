"""Names that are markup, in a real browser: each is shown as it is written, and none is run."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext

from api.feed.protocol import TransportProtocol
from api.slow_clients import DeadlineProtocol
from tests.api.access.callers import Guarded
from tests.api.access.test_markup import ID, evil
from tests.api.access.test_markup import evil_guard as evil_guard  # noqa: PLC0414 (a fixture)
from tests.dashboards.serving import bound, serving
from tests.dashboards.test_policy import Visit
from tests.dashboards.test_policy import context as context  # noqa: PLC0414 (a fixture)
from tests.dashboards.test_policy import visit as visit  # noqa: PLC0414 (a fixture)

# What the names would make, were they taken for markup.
MADE = "img, [onerror], [onload]"


@pytest.fixture(scope="module")
def address(evil_guard: Guarded) -> Iterator[str]:
    with serving(
        evil_guard.app, bound(), http=DeadlineProtocol, ws=TransportProtocol,
        ws_per_message_deflate=False,
    ) as found:  # fmt: skip
        yield found


@pytest.fixture
def signed_in(context: BrowserContext, evil_guard: Guarded, address: str) -> None:
    """The reform office, who sees every name in full."""
    name, _, value = evil_guard.headers("reform_office")["Cookie"].partition("=")
    context.add_cookies([{"name": name, "value": value, "url": address}])


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/wall", ("short", "title")),
        ("/wall?lang=en", ("short", "title")),
        ("/units", ("unit", "title")),
        ("/units/u1", ("unit", "officer", "procedure")),
        ("/dossiers?standing=overdue", ("unit", "officer", "procedure", "free step")),
        (f"/dossiers/{quote(ID, safe='')}", ("officer", "procedure", "step", "free step")),
    ],
)
@pytest.mark.usefixtures("signed_in")
def test_names_are_shown_and_not_run(
    visit: Visit, address: str, path: str, shown: tuple[str, ...]
) -> None:
    page = visit.page
    page.goto(address + path)
    if path.startswith("/wall"):
        page.locator(".figure .value").first.wait_for()
    text = page.evaluate("() => document.body.textContent + document.title")
    for name in shown:
        assert evil(name) in text, name
    assert page.locator(MADE).count() == 0
    assert [url for url in visit.asked if url.endswith("/x")] == []
    assert visit.complaints == []
