"""Walks through the pages as a reader does: every page that links lead to, every number on it, and
the list that the number leads to. A new page is walked by itself, as soon as anything links to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import httpx

from api.access.rules import RULES, rule_for
from tests.api.pages.read_html import Node, read_html

_MOST_ALIKE = 8  # pages of one route; each of these asks something else
_INTEGER = re.compile(r"(?<![\d,.–/:])\d{1,3}(?:\.\d{3})*(?![\d–]| ?/|[.,:]\d)")
_RATE = re.compile(r"(\d+,\d)(?: %)?")
_AMOUNTS = ("giờ", "lần", "ngày")  # alone after a number: what dossiers had, not how many they are


@dataclass(frozen=True)
class WalkedPage:
    url: str
    rule: str
    main: Node


@dataclass(frozen=True)
class LinkedNumber:
    """``number`` that stands in a link of a page to ``href``; a ``rate`` in percent stands for the
    list that it is a rate of."""

    page: str
    text: str
    href: str
    number: int | None = None
    rate: float | None = None


async def walk(http: httpx.AsyncClient, *begin: str) -> list[WalkedPage]:
    """All pages that can be reached by links from ``begin``, in the order of their finding: of one
    route some, each with other conditions."""
    todo, met, found = list(begin), set(begin), list[WalkedPage]()
    alike: Counter[str] = Counter()
    while todo:
        url = todo.pop(0)
        answer = await http.get(url, headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.status_code == 200, (url, answer.status_code, answer.text[:300])
        document = read_html(answer.text)
        main = document.first("main")
        assert main is not None, url
        found.append(WalkedPage(url, route_of(url), main))
        for href in _hrefs(document):
            kind = _kind(href)
            if kind and kind not in met and alike[route_of(href)] < _MOST_ALIKE:
                met.add(kind)
                alike[route_of(href)] += 1
                todo.append(href)
    return found


def route_of(url: str) -> str:
    """The path of the page's rule, "" of what is no page of ours to be walked."""
    rule, _, _ = rule_for("GET", urlsplit(url).path)
    return rule.path if rule is not None and rule.path in PAGES else ""


# The public's site stands apart, and has lists of its own (tests/api/public).
PAGES = frozenset(
    rule.path
    for rule in RULES
    if rule.method == "GET" and rule.page and not rule.framed and not rule.saved
)


def _hrefs(node: Node) -> Iterator[str]:
    for link in node.all("a"):
        href = link.attributes.get("href", "").partition("#")[0]
        if href.startswith("/") and "lang=" not in href:
            yield href


def _kind(url: str) -> str:
    """The same for addresses that ask the same of the same route; "" of what is not walked."""
    route, names = route_of(url), sorted({name for name, _ in parse_qsl(urlsplit(url).query)})
    what = urlsplit(url).path if not names else ""  # some plain ones of a route with an id
    return f"{route} {what} {names}" if route else ""


def numbers_of(page: WalkedPage) -> Iterator[LinkedNumber]:
    """Every number that stands in a link of the page's main part, as a count or as a rate. None of
    a group of alerts: its choices count within it, and lead out of it."""
    if "group=" in page.url:
        return
    for link, beside in _links(page.main):
        href = link.attributes.get("href", "").partition("#")[0]
        if not href.startswith("/") or "chip" in link.classes or not _asks(href):
            continue
        counted = link.first("span", "count")  # said apart from what it counts
        text = link.text(_unread) if counted is None else counted.text()
        # Another part of the list; the way out of a choice; no number.
        if "rel" in link.attributes or link.attributes.get("aria-current") == "true":
            continue
        if text.startswith("–"):
            continue
        titled = re.match(r"[\d.]+(?= hồ sơ$)", link.attributes.get("title", ""))
        rate = _RATE.match(text) if "what=judged" in href else None
        said = titled or _INTEGER.search(text)
        if rate:
            value = float(rate[1].replace(",", "."))
            yield LinkedNumber(page.url, text, href, rate=value)
        elif said and (titled or text[said.end() :].strip() not in _AMOUNTS):
            number = int(said[0].replace(".", "")) + beside
            yield LinkedNumber(page.url, text, href, number=number)


def _links(node: Node, beside: int = 0) -> Iterator[tuple[Node, int]]:
    """Every link, and how many rows stand beside one that stands for the rest of them; without
    heads of tables, whose links order them."""
    rows = [row for row in node.inside if isinstance(row, Node) and row.tag == "tr"]
    shown = sum(not {"group", "rest"} & set(row.classes) for row in rows)
    for child in node.inside:
        if not isinstance(child, Node) or child.tag == "thead":
            continue
        if child.tag == "a":
            yield child, beside
        yield from _links(child, shown if "rest" in child.classes else beside)


def _asks(href: str) -> bool:
    """Whether it leads to a list: names and ids of single things may have digits, too."""
    rule, _, _ = rule_for("GET", urlsplit(href).path)
    return rule is not None and "{" not in rule.path and href not in EVERYTHING


# Of all there are, named by words: some of these have numbers in them.
EVERYTHING = ("/units", "/dossiers", "/walls", "/wall", "/data/nights")


def _unread(node: Node) -> bool:
    return node.tag == "svg" or node.attributes.get("aria-hidden") == "true"


def unlinked(page: WalkedPage) -> Iterator[tuple[str, str]]:
    """(what it is of, text) of every figure of the page that no link leads from."""
    for cell in (*page.main.all("td", "number"), *page.main.all("td", "tone-late")):
        text = cell.text(lambda node: _unread(node) or node.tag == "a")
        if cell.first("a") is None and re.fullmatch(r"[\d.]+|\d+,\d", text) and text != "0":
            yield cell.attributes.get("data-label", ""), text
    for value in page.main.all("p", "figure-value"):
        if value.first("a") is None and re.search(r"[1-9]", value.text(_unread)):
            yield "figure", value.text(_unread)


async def rows_of(http: httpx.AsyncClient, url: str) -> int:
    """Of the list at ``url``, over all its pages: without the sum, and what stands for others."""
    return (await parts_of(http, url))[0]


async def parts_of(http: httpx.AsyncClient, url: str) -> list[int]:
    """As ``rows_of``, and of each part of the list, if it has parts."""
    rows, parts = 0, list[int]()
    while url:
        answer = await http.get(url, headers={"Accept": "text/html"})
        assert answer.status_code == 200, (url, answer.status_code)
        document = read_html(answer.text)
        table = document.first("tbody")
        for row in () if table is None else table.all("tr"):
            rows += not {"row-total", "row-rest", "total"} & set(row.classes)
        for part in document.all("section", "alert-section"):
            parts.append(sum(_stands_for(row) for row in part.all("li", "alert-row")))
        following = (
            a.attributes["href"] for a in document.all("a") if a.attributes.get("rel") == "next"
        )
        url = next(following, "")
    return [rows + sum(parts), *parts]


def _stands_for(row: Node) -> int:
    """As many alerts as a row says that it has: one, as a rule."""
    title = row.first("a", "row-link")
    said = _INTEGER.search(title.text()) if title is not None and "many" in row.classes else None
    return 1 if said is None else int(said[0].replace(".", ""))
