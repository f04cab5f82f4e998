"""The public's pages: the months, one list, and where a file is checked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response

from api.asked import Language
from api.pages.words import words_of
from api.public.answers import NOINDEX, PublicLang, indexed, kept, lists_of, site_of
from api.public.asides import AsideMonth
from api.public.asking import MONTHS, ROOT, Asking, Section, ServerLinks
from api.public.list_view import list_page
from api.public.month_rows import BESIDE, month_rows, month_tables
from api.public.opened import OpenedEdition
from api.public.paging_links import month_pages
from api.public.published import PublishedEdition, PublishedList
from api.public.rendering import rendered
from api.public.sources import ListSources
from api.public.unit_choices import unit_choices
from api.public.verifying import verify_values
from dossiers.text.ids import MAX_ID

router = APIRouter(tags=["late lists"])
MOST_QUERY = 80  # characters of a search
ListPath = Annotated[
    str, Path(alias="list", max_length=210, description="month (YYYY-MM), or month~unit")
]
PageNumber = Annotated[int, Query(ge=1, le=10_000, description="page, from 1")]


@router.get(ROOT, include_in_schema=False)
async def months(request: Request, lang: PublicLang, at: PageNumber = 1) -> Response:
    """All lists that were published, newest first."""
    lists, links = lists_of(request), _links(request, lang, at=at)
    catalogue, site, words = lists.catalogue, site_of(request), words_of(lang)
    chosen = catalogue.lists[(at - 1) * MONTHS : at * MONTHS]
    if at > 1 and not chosen:
        raise HTTPException(404)
    rows = await month_rows(lists, chosen, words, links)

    def make() -> str:
        whole, units = month_tables(rows, words)
        return rendered(
            "months.html", site, links, lang, active="lists", table_of=whole, units_of=units,
            pages=month_pages(at, len(catalogue.lists), links, words),
        )  # fmt: skip

    return await kept(request, ("months", lang, at, catalogue.head, site, len(rows)), make)


@router.get(f"{ROOT}/verify", include_in_schema=False)
async def verify(
    request: Request,
    lang: PublicLang,
    list_: Annotated[str, Query(alias="list", max_length=210)] = "",
    dossier: Annotated[str, Query(max_length=MAX_ID)] = "",
) -> Response:
    """Where anybody checks a file or a row, in the browser alone."""
    lists, links = lists_of(request), _links(request, lang, list=list_, dossier=dossier)
    catalogue, site = lists.catalogue, site_of(request, names=bool(dossier))
    chosen = catalogue.of(list_) if list_ else next(iter(catalogue.lists), None)
    if list_ and chosen is None:
        raise HTTPException(404)
    opened = await lists.opened(chosen.newest) if chosen and dossier else None

    def make() -> str:
        values = verify_values(catalogue, chosen, words_of(lang), links, opened, dossier)
        return rendered("verify.html", site, links, lang, active="verify", **values)

    key = ("verify", lang, list_, dossier, catalogue.head, site)
    return await kept(request, key, make, headers=_headers(request))


@router.get(f"{ROOT}/{{list}}", include_in_schema=False)
async def one_list(
    request: Request,
    lang: PublicLang,
    list_: ListPath,
    edition: Annotated[int, Query(ge=0, le=1_000)] = 0,
    show: Section = "",
    unit: Annotated[str, Query(max_length=MAX_ID)] = "",
    q: Annotated[str, Query(max_length=MOST_QUERY)] = "",
    at: PageNumber = 1,
    dossier: Annotated[str, Query(max_length=MAX_ID)] = "",
) -> Response:
    """One list, or a part of it."""
    asking = Asking(list_, edition, show, unit, " ".join(q.split()), at, dossier)
    lists = lists_of(request)
    head = lists.catalogue.head
    published, opened, before = await found(request, asking.list, asking.edition)
    links = ServerLinks(
        lang, request.app.state.live.pages_release, f"{ROOT}/{list_}", tuple(asking.pairs())
    )
    words, site = words_of(lang), site_of(request, names=True)
    beside = await _beside(request, published, links)

    def make() -> str | None:
        made = ListSources(words, links, published, opened, before, beside)
        page = list_page(asking, made)
        if page is None:
            return None
        return rendered(
            "list.html", site, links, lang, active="lists", page=page,
            units=unit_choices(opened), bare=Asking(list_),
            no_unit=Asking(list_, edition, show, "", asking.q),
            no_search=Asking(list_, edition, show, unit),
        )  # fmt: skip

    return await kept(request, ("list", lang, asking, head, site), make, headers=_headers(request))


async def found(
    request: Request, list_: str, number: int
) -> tuple[PublishedList, OpenedEdition, OpenedEdition | None]:
    """A list, one of its editions, and the one that it corrects. Raises HTTPException."""
    lists = lists_of(request)
    published = lists.catalogue.of(list_)
    edition = published.edition(number) if published else None
    if published is None or edition is None:
        raise HTTPException(404, "Nothing of this list is published; see GET /api/v1/late-lists.")
    opened = await lists.opened(edition)
    if opened is None:
        raise HTTPException(503, "The files of this list cannot be read now.")
    corrected = _before(published, edition)
    return published, opened, await lists.opened(corrected) if corrected else None


def _before(published: PublishedList, edition: PublishedEdition) -> PublishedEdition | None:
    return published.edition(edition.edition - 1) if edition.edition > 1 else None


async def _beside(
    request: Request, published: PublishedList, links: ServerLinks
) -> tuple[AsideMonth, ...]:
    """The months around one, of the same scope."""
    lists = lists_of(request)
    same = [each for each in lists.catalogue.lists if each.scope == published.scope]
    place = next((n for n, each in enumerate(same) if each.id == published.id), 0)
    start = max(0, min(place - 1, len(same) - BESIDE))
    return await month_rows(lists, same[start : start + BESIDE], words_of(links.lang), links)


def _headers(request: Request) -> dict[str, str]:
    return {} if indexed(request) else NOINDEX


def _links(request: Request, lang: Language, **query: object) -> ServerLinks:
    pairs = tuple((k, str(v)) for k, v in query.items() if v and (k, v) != ("at", 1))
    release = request.app.state.live.pages_release
    return ServerLinks(lang, release, request.scope["path"], pairs)
