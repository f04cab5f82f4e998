"""The pages of the public site in one language, each with links from where it stands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace

from api.asked import Language
from api.pages.words import words_of
from api.public.asking import MONTHS, ROWS, SECTIONS, Asking
from api.public.feed import feed_of
from api.public.html import list_html, months_html, verify_html
from api.public.month_rows import month_rows, months_beside
from api.public.opened import OpenedEdition
from api.public.paging_links import last_page
from api.public.published import PublishedList
from api.public.rendering import Site
from api.public.service import PublicLists
from api.public.sources import ListSources
from dunghen.late_list.fragment import fragment_of
from dunghen.late_list.static_files import unreadable
from dunghen.late_list.static_links import StaticLinks, folder_of, page_of

SitePage = tuple[str, bytes]


async def pages_of_site(
    service: PublicLists, site: Site, lang: Language, base: str
) -> AsyncIterator[SitePage]:
    """(path within the site, content) of each. ``base``: see exporting.export."""
    pages = _Pages(service, replace(site, static=True), lang, base.rstrip("/"))
    async for page in pages.months():
        yield page
    for listed in service.catalogue.lists:
        async for page in pages.of_list(listed):
            yield page


class _Pages:
    """Of one language."""

    def __init__(self, service: PublicLists, site: Site, lang: Language, base: str) -> None:
        self._service = service
        self._lists = service.catalogue.lists
        newest = self._lists[0].id if self._lists else ""
        self._site = replace(site, newest=newest)
        self._lang = lang
        self._base = base
        self._root = "en/" if lang == "en" else ""
        self._newest = {each.id: each.newest.edition for each in self._lists}

    def _links(self, at: str, units: Mapping[str, Mapping[str, int]] | None = None) -> StaticLinks:
        return StaticLinks(self._lang, self._root + at, self._newest, units or {})

    async def months(self) -> AsyncIterator[SitePage]:
        """All lists, and the feed."""
        words, number = words_of(self._lang), len(self._lists)
        for at in range(1, last_page(number, MONTHS) + 1):
            page = f"index-{at}.html" if at > 1 else "index.html"
            links = self._links(page)
            chosen = self._lists[(at - 1) * MONTHS : at * MONTHS]
            rows = await month_rows(self._service, chosen, words, links)
            site = replace(self._site, indexed=True)
            text = months_html(rows, at, number, site, links, self._lang)
            yield self._root + page, text.encode()
        links = self._links("feed.atom")
        base = f"{self._base}/{self._root}" if self._base else ""
        feed = feed_of(self._service.catalogue, self._site, links, words, base, self._lang)
        yield f"{self._root}feed.atom", feed

    async def of_list(self, listed: PublishedList) -> AsyncIterator[SitePage]:
        """Every edition of a list, where its files are checked, and the fragment to embed."""
        before: OpenedEdition | None = None
        for edition in listed.editions:
            opened = await self._service.opened(edition)
            if opened is None:
                raise unreadable(listed.id)
            number = 0 if edition is listed.newest else edition.edition
            async for page in self._edition(listed, number, opened, before):
                yield page
            before = opened
        if before is not None:
            yield self._fragment(listed, before)
        yield await self._verify(listed)

    async def _edition(
        self,
        listed: PublishedList,
        number: int,
        opened: OpenedEdition,
        before: OpenedEdition | None,
    ) -> AsyncIterator[SitePage]:
        words, units = words_of(self._lang), {listed.id: _unit_pages(opened)}
        for asking in _askings(listed.id, number, opened):
            page = page_of(asking, listed.newest.edition)
            links = self._links(page, units)
            beside = await months_beside(self._service, listed, links, self._lang)
            made = ListSources(words, links, listed, opened, before, beside)
            text = list_html(asking, made, self._site, self._lang) or ""
            yield self._root + page, text.encode()

    async def _verify(self, listed: PublishedList) -> SitePage:
        page = f"{folder_of(listed.id)}/verify.html"
        manifests = []
        for edition in listed.editions:
            core = await self._service.files.core(edition.core)
            if core is not None:
                manifests.append(edition.manifest(core))
        text = verify_html(
            self._service.catalogue, listed, self._site, self._links(page), self._lang,
            manifests=manifests,
        )  # fmt: skip
        return self._root + page, text.encode()

    def _fragment(self, listed: PublishedList, opened: OpenedEdition) -> SitePage:
        page = f"embed/{folder_of(listed.id)}.html"
        links = self._links(page)
        home = f"{self._base}/{self._root}{folder_of(listed.id)}/" if self._base else ""
        address = home or links.to(Asking(listed.id))
        return self._root + page, fragment_of(opened, words_of(self._lang), address).encode()


def _askings(list_: str, number: int, opened: OpenedEdition) -> Iterator[Asking]:
    yield Asking(list_, number)
    sizes = {
        "units": len(opened.tops),
        "officers": len(opened.officers),
        "dossiers": len(opened.dossiers),
        "receptions": len(opened.rows.receptions),
        "excluded": len(opened.rows.excluded),
    }
    for section in SECTIONS:
        for at in range(1, last_page(sizes[section], ROWS) + 1):
            yield Asking(list_, number, section, page=at)


def _unit_pages(opened: OpenedEdition) -> dict[str, int]:
    """On which page of the units each one stands: that of the first unit above it."""
    found = {}
    for place, top in enumerate(opened.tops):
        for unit in opened.under(top.unit):
            found[unit] = place // ROWS + 1
    return found
