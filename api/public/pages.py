"""The public's pages: the months, one list, and where a file is checked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response

from api.asked import Language
from api.pages.words import words_of
from api.public.answers import NOINDEX, PublicLang, indexed, kept, lists_of, site_of
from api.public.asking import MONTHS, ROOT, Asking, Section, ServerLinks
from api.public.html import list_html, months_html, verify_html
from api.public.month_rows import month_rows, months_beside
from api.public.opened import OpenedEdition
from api.public.published import PublishedList
from api.public.sources import ListSources
from dossiers.text.ids import MAX_ID

router = APIRouter(tags=["late lists"])
MOST_QUERY = 80  # characters of a search
ListPath = Annotated[str, Path(alias="list", description="month (YYYY-MM), or month~unit")]
PageNumber = Annotated[int, Query(ge=1, le=10_000, description="page, from 1")]


@router.get(ROOT, include_in_schema=False)
async def months(request: Request, lang: PublicLang, page: PageNumber = 1) -> Response:
    """All lists that were published, newest first."""
    lists, links = lists_of(request), _links(request, lang, page=page)
    catalogue, site = lists.catalogue, site_of(request)
    chosen = catalogue.lists[(page - 1) * MONTHS : page * MONTHS]
    if page > 1 and not chosen:
        raise HTTPException(404)
    rows = await month_rows(lists, chosen, words_of(lang), links)
    return await kept(
        request,
        ("months", lang, page, catalogue.head, site, len(rows)),
        lambda: months_html(rows, page, len(catalogue.lists), site, links, lang),
    )


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

    return await kept(
        request,
        ("verify", lang, list_, dossier, catalogue.head, site),
        lambda: verify_html(catalogue, chosen, site, links, lang, opened, dossier),
        headers=_headers(request),
    )


@router.get(f"{ROOT}/{{list:path}}", include_in_schema=False)
async def one_list(
    request: Request,
    lang: PublicLang,
    list_: ListPath,
    edition: Annotated[int, Query(ge=0, le=1_000)] = 0,
    show: Section = "",
    unit: Annotated[str, Query(max_length=MAX_ID)] = "",
    q: Annotated[str, Query(max_length=MOST_QUERY)] = "",
    page: PageNumber = 1,
    dossier: Annotated[str, Query(max_length=MAX_ID)] = "",
) -> Response:
    """One list, or a part of it."""
    asking = Asking(list_, edition, show, unit, " ".join(q.split()), page, dossier)
    lists = lists_of(request)
    head = lists.catalogue.head
    published, opened, before = await found(request, asking.list, asking.edition)
    links = ServerLinks(
        lang, request.app.state.live.pages_release, f"{ROOT}/{list_}", tuple(asking.pairs())
    )
    words, site = words_of(lang), site_of(request, names=True)
    beside = await months_beside(lists, published, links, lang)
    made = ListSources(words, links, published, opened, before, beside)
    return await kept(
        request,
        ("list", lang, asking, head, site),
        lambda: list_html(asking, made, site, lang),
        headers=_headers(request),
    )


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
    corrected = published.before(edition)
    return published, opened, await lists.opened(corrected) if corrected else None


def _headers(request: Request) -> dict[str, str]:
    return {} if indexed(request) else NOINDEX


def _links(request: Request, lang: Language, **query: object) -> ServerLinks:
    pairs = tuple((k, str(v)) for k, v in query.items() if v and (k, v) != ("page", 1))
    release = request.app.state.live.pages_release
    return ServerLinks(lang, release, request.scope["path"], pairs)
