"""Every number of every page leads to a list of as many dossiers, whoever looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest

from api.access.principal import Principal
from api.access.reach import EVERYTHING, reach_of
from api.access.rules import READERS
from api.insight.filters import LIST_PAGE, Filter
from api.insight.listed_counts import listed_counts
from api.insight.parsing import filter_of_query
from api.viewer import Viewer
from dossiers.reference.context import Context
from dunghen.serving.store_query import StoreQuery
from tests.api.access.callers import PEOPLE, Guarded, guarded, person
from tests.api.city import City
from tests.api.engines import Engines
from tests.api.insight.busy_city import NOW, REFERENCE, busy_city
from tests.api.pages.walking import (
    PAGES,
    LinkedNumber,
    WalkedPage,
    numbers_of,
    parts_of,
    rows_of,
    unlinked,
    walk,
)
from tests.oracle.busy_store import dossier_events
from tests.oracle.told_filters import NotTold, ToldCity

pytestmark = pytest.mark.asyncio
WHO: Mapping[str, Principal] = {
    "admin": PEOPLE["admin"],
    "head": person("supervisor", units=("u2",)),
    "officer": PEOPLE["officer"],
}
LEAST = {"admin": 300, "head": 100, "officer": 30}  # numbers that are met
# What forms ask for: no link leads there.
BEGUN = ("/units?field=H%E1%BB%99+t%E1%BB%8Bch", "/units/u2?officers_all=1&procedure=p2",
         "/compare?unit=u1&unit=u2", "/search?q=u1-00")  # fmt: skip
# Shares of two numbers that stand beside them, hours over limits, of one dossier, an age, and what
# became of alerts that are no more.
WITHOUT_LIST = {
    ("/units/{unit:path}", "%"), ("/units", "Quá hạn %"), ("/units/{unit:path}", "Giờ vượt hạn"),
    ("/dossiers/{dossier:path}", ""), ("/data", "figure"),
    ("/alerts/quality", "Đã báo"), ("/alerts/quality", "figure"),
    ("/alerts/quality", "Nhận kịp, %"), ("/alerts/quality", "Rút lại, %"),
}  # fmt: skip
# Shows parts; leads on to others; from a mail; and lists of what is wrong, which nothing is here.
# No month is frozen here: late lists are walked by themselves (test_late_list_pages.py).
NOT_HERE = {
    "/design", "/unit", "/overdue", "/overdue/{unit:path}", "/alerts/act/{token}",
    *(f"/publications/{{list:path}}{end}" for end in ("", "/dossiers", "/steps")),
} | {
    f"/data/{name}"
    for name in (
        "errors", "letters/{number}", "missing", "names", "names/dossiers",
        "nights/{night}/{occasion}", "replay", "reported", "steps", "steps/dossiers", "texts",
    )
}  # fmt: skip
AT_ONCE = 40  # lists that are counted by one statement


class Walks:
    """Each person's walk, taken once."""

    def __init__(self, guard: Guarded, city: City) -> None:
        self.guard, self.city = guard, city
        self._taken: dict[str, list[WalkedPage]] = {}

    async def of(self, who: str) -> list[WalkedPage]:
        if who not in self._taken:
            async with self.guard.client(WHO[who]) as http:
                self._taken[who] = await walk(http, "/", *(BEGUN if who == "admin" else ()))
        return self._taken[who]

    async def numbers(self, who: str) -> set[LinkedNumber]:
        return {number for page in await self.of(who) for number in numbers_of(page)}


@pytest.fixture(scope="module")
def walks(engines: Engines) -> Iterator[Walks]:
    with engines.of("busy", busy_city) as (city, store):
        query = StoreQuery(store)
        yield Walks(guarded(city, query), city)
        query.close()


@pytest.mark.parametrize("who", WHO)
async def test_every_number_is_that_of_its_list(walks: Walks, who: str) -> None:
    found = await walks.numbers(who)
    urls = sorted({number.href for number in found})
    viewer = viewer_of(walks.guard, WHO[who])
    lists = await dossiers_of([url for url in urls if is_of_dossiers(url)], viewer)
    async with walks.guard.client(WHO[who]) as http:
        for url in [url for url in urls if url not in lists]:
            rows, *parts = await parts_of(http, url)
            lists[url] = Listed(rows, parts=tuple(parts))
        for url in [url for url in lists if 0 < lists[url].rows <= 50][:6]:
            assert await rows_of(http, url) == lists[url].rows, url
    wrong = [f"{number} {lists[number.href]}" for number in found if not says(number, lists)]
    assert not wrong, "\n".join(wrong[:20])
    assert len(found) > LEAST[who]


async def test_no_number_is_without_its_list(walks: Walks) -> None:
    pages = await walks.of("admin")
    assert {(page.rule, of) for page in pages for of, _ in unlinked(page)} - WITHOUT_LIST == set()


async def test_no_page_is_left_out(walks: Walks) -> None:
    assert PAGES - {page.rule for who in WHO for page in await walks.of(who)} == NOT_HERE


async def test_every_number_is_that_of_the_recount(walks: Walks) -> None:
    """Of the log alone, by the witness: neither the stream nor ClickHouse has a say."""
    told = ToldCity(dossier_events(walks.city), NOW, Context(REFERENCE))
    lists: dict[str, Listed] = {}
    untold = set[str]()
    numbers = await walks.numbers("admin")
    for url in {number.href for number in numbers if is_of_dossiers(number.href)}:
        of = read_filter(urlsplit(url).query)
        try:
            late = told.count(of.with_(what="late")) if of.what == "judged" else 0
            lists[url] = Listed(told.count(of), late)
        except NotTold as what:
            untold.add(str(what))
    found = [number for number in numbers if number.href in lists]
    assert [(number, lists[number.href]) for number in found if not says(number, lists)] == []
    assert len(found) > 800
    assert untold <= {"extended", "resumed", "rewritten", "supplements"}, "when it was last"


@dataclass(frozen=True)
class Listed:
    """How many rows a list has, and how many of them are late; ``parts``: rows of each part."""

    rows: int
    late: int = 0
    parts: tuple[int, ...] = ()


def is_of_dossiers(url: str) -> bool:
    return urlsplit(url).path == LIST_PAGE


async def dossiers_of(urls: Sequence[str], viewer: Viewer) -> dict[str, Listed]:
    """The lists of dossiers behind addresses, for this reader."""
    filters = [read_filter(urlsplit(url).query) for url in urls]
    lates = [f.with_(what="late") if f.what == "judged" else f for f in filters]
    asked = list(dict.fromkeys((*filters, *lates)))
    counted: dict[Filter, int] = {}
    for first in range(0, len(asked), AT_ONCE):
        some = asked[first : first + AT_ONCE]
        counted |= dict(zip(some, await listed_counts(some, viewer), strict=True))
    pairs = zip(urls, filters, lates, strict=True)
    return {url: Listed(counted[of], counted[late]) for url, of, late in pairs}


def says(said: LinkedNumber, lists: Mapping[str, Listed]) -> bool:
    """Whether the list is what is said of it."""
    found = lists[said.href]
    if said.rate is None:
        return said.number in (found.rows, *found.parts)
    rate = 100 * (found.rows - found.late) / found.rows
    return rate - 0.1 < said.rate <= rate


def viewer_of(guard: Guarded, who: Principal) -> Viewer:
    narrow = who.roles & {"officer", "supervisor"}
    return Viewer(guard.live, who, reach_of(who, READERS) if narrow else EVERYTHING)


def read_filter(query: str) -> Filter:
    """What the page behind an address reads from it."""
    lists = ("standing", "marks", "flags")
    given = {name: v if name in lists else v[0] for name, v in parse_qs(query).items()}
    return filter_of_query(**given)  # type: ignore[arg-type]
