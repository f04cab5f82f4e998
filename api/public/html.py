"""The public's pages as HTML, for this server and for a folder of files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from api.asked import Language
from api.pages.words import words_of
from api.public.asides import AsideMonth
from api.public.asking import Asking, Links
from api.public.list_view import list_page
from api.public.month_rows import month_tables
from api.public.opened import OpenedEdition
from api.public.paging_links import month_pages
from api.public.published import Catalogue, PublishedList
from api.public.rendering import Site, rendered
from api.public.sources import ListSources
from api.public.unit_choices import unit_choices
from api.public.verifying import verify_values
from dossiers.publication.manifest import ListManifest


def months_html(
    rows: Sequence[AsideMonth], page: int, number: int, site: Site, links: Links, lang: Language
) -> str:
    """One page of all lists. ``number``: how many there are."""
    words = words_of(lang)
    whole, units = month_tables(rows, words)
    return rendered(
        "months.html", site, links, lang, active="lists", table_of=whole, units_of=units,
        pages=month_pages(page, number, links, words),
    )  # fmt: skip


def list_html(asking: Asking, made: ListSources, site: Site, lang: Language) -> str | None:
    """A list, or a part of it; None if it has no such unit, dossier or page."""
    page = list_page(asking, made)
    if page is None:
        return None
    return rendered(
        "list.html", site, made.links, lang, active="lists", page=page,
        units=unit_choices(made.opened), bare=Asking(asking.list),
        no_unit=replace(asking, unit="", page=1), no_search=replace(asking, q="", page=1),
    )  # fmt: skip


def verify_html(
    catalogue: Catalogue,
    chosen: PublishedList | None,
    site: Site,
    links: Links,
    lang: Language,
    opened: OpenedEdition | None = None,
    dossier: str = "",
    manifests: Iterable[ListManifest] = (),
) -> str:
    """Where a file or a row is checked (``verify_values``)."""
    values = verify_values(catalogue, chosen, words_of(lang), links, opened, dossier, manifests)
    return rendered("verify.html", site, links, lang, active="verify", **values)
