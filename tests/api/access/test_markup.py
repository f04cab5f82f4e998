"""A name is text wherever it is shown, whoever chose it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.events import Tick
from dossiers.wire.reference import Officer, Procedure, Reference, Step, Unit
from dossiers.wire.topics import EVENTS
from dunghen.serving.store_query import StoreQuery
from sinks.migrate import migrate
from sinks.store import Store
from tests.api.access.callers import Guarded, guarded
from tests.api.city import HOUR, START, City, progressed, received

pytestmark = pytest.mark.asyncio


def evil(name: str) -> str:
    """Ends every kind of quoting that a page has."""
    tags = f"<img src=x onerror=alert('{name}')><svg/onload=alert(1)>"
    return f"""{name}"'></title></script>{tags}{{{{7*7}}}}"""


ID = "H29\"'><b>1"
REFERENCE = Reference(
    title=evil("title"),
    calendar=CalendarSpec(kind="vn-office", version=evil("calendar")),
    units=(
        Unit(id="u1", name=evil("unit"), short=evil("short"), kind="commune"),
        Unit(id="u\"'><i>2", name=evil("other"), kind="department"),
    ),
    officers=(Officer(id="o1", name=evil("officer"), unit="u1", position=evil("position")),),
    procedures=(
        Procedure(
            id="p1", name=evil("procedure"), steps=(Step(id="s1", name=evil("step"), hours=1),)
        ),
    ),
)


@pytest.fixture(scope="module")
def evil_guard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    city = City(reference=REFERENCE)
    city.publish(received(ID, START, START + HOUR), Tick(START))
    city.publish(progressed(ID, START, "s1"), Tick(START + 2 * HOUR))
    city.publish(progressed(ID, START + 2 * HOUR, evil("free step")), Tick(START + 3 * HOUR))
    assert [topic for topic, *_ in city.log if topic == EVENTS]
    with Store.embedded(str(tmp_path_factory.mktemp("engine"))) as store:
        store.ensure_database()
        migrate(store)
        city.insert(store)
        query = StoreQuery(store)
        yield guarded(city, query)
        query.close()


class Tags(HTMLParser):
    """Tags and attributes as a browser would make them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        ours = tag == "svg" and "width" in dict(attrs)  # shapes and charts of the pages themselves
        self.tags |= set() if ours else {tag}
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/units", ("title", "unit")),
        ("/units?lang=en", ("title", "unit")),
        ("/dossiers?standing=overdue", ("title", "unit", "officer", "procedure", "free step", ID)),
        ("/dossiers/H29%22%27%3E%3Cb%3E1", ("officer", "procedure", "step", "free step", ID)),
        ("/units/u%22%27%3E%3Ci%3E2", ("other",)),
        ("/units/%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E", ('"><img src=x',)),
        ("/dossiers/%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E", ('"><img src=x',)),
        ("/enter?goal=/%22%3E%3Cimg%20src=x%3E", ("title",)),
    ],
)
async def test_pages_show_names_as_text(
    evil_guard: Guarded, path: str, shown: tuple[str, ...]
) -> None:
    async with evil_guard.client("reform_office") as http:  # sees every name in full
        answer = await http.get(path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Tags(answer.text)
    assert not page.tags & {"img", "svg", "b", "i"}, page.tags
    assert not [name for name in page.attributes if name.startswith("on")]
    assert "style" not in page.attributes
    for name in shown:
        assert name in page.text
    assert "49" not in re.sub(r"\d{2}:\d{2}[^<]*|\d{3,}", "", page.text), "templates in names"


@pytest.mark.parametrize(
    "path",
    ["/api/v1/units", "/api/v1/officers", "/api/v1/dossiers", "/api/v1/alerts", "/api/v1/state",
     "/api/v1/units/%3Cimg%20src=x%3E", "/api/v1/dossiers/H29%22%27%3E%3Cb%3E1"],
)  # fmt: skip
async def test_data_is_never_taken_for_a_page(evil_guard: Guarded, path: str) -> None:
    async with evil_guard.client("reform_office", Accept="text/html") as http:
        answer = await http.get(path)
    assert answer.headers["content-type"].partition(";")[0] in (
        "application/json", "application/problem+json",
    )  # fmt: skip
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"


async def test_a_table_is_downloaded_and_its_cells_are_no_formulas(evil_guard: Guarded) -> None:
    async with evil_guard.client("reform_office") as http:
        answer = await http.get("/dossiers.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("path", ["/wall", "/units", "/enter", "/api/v1/units", "/nowhere"])
async def test_every_answer_has_the_headers(evil_guard: Guarded, path: str) -> None:
    async with evil_guard.client("leader") as http:
        headers = (await http.get(path)).headers
    policy = headers["content-security-policy"]
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'",
                 "form-action 'self'", "frame-ancestors 'self'"):  # fmt: skip
        assert part in policy
    assert "unsafe" not in policy
    assert ("sha256-" in policy) == (path == "/wall")
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "server" not in headers
    assert "strict-transport-security" not in headers, "not without TLS"
