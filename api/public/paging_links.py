"""The pages of a long section, as links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from api.pages.words import Words
from api.public.asking import MONTHS, ROWS, Asking, Links

_AROUND = 2


def pages_of(
    asking: Asking, links: Links, words: Words, number: int
) -> tuple[tuple[str, str, bool], ...]:
    """(text, address, whether it is this one) of the first, the last and those around; an address
    of "" is a gap. Nothing if all ``number`` rows are on one page."""

    def to(page: int) -> str:
        return links.to(replace(asking, page=page))

    return _links(asking.page, last_page(number, ROWS), to, words)


def month_pages(
    here: int, number: int, links: Links, words: Words
) -> tuple[tuple[str, str, bool], ...]:
    """The same of the page of months."""
    return _links(here, last_page(number, MONTHS), links.months, words)


def _links(
    here: int, last: int, to: Callable[[int], str], words: Words
) -> tuple[tuple[str, str, bool], ...]:
    if last == 1:
        return ()
    wanted = sorted({1, last, *range(here - _AROUND, here + _AROUND + 1)})
    found: list[tuple[str, str, bool]] = []
    before = 0
    for page in wanted:
        if not 1 <= page <= last:
            continue
        if page - before > 1:
            found.append(("…", "", False))
        chosen = page == here
        found.append((words.number(page), to(page), chosen))
        before = page
    return tuple(found)


def last_page(number: int, rows: int) -> int:
    """Of so many entries, ``rows`` a page; the first one is there even without any."""
    return max(1, -(-number // rows))
