"""Published late lists as data: what the pages show, for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from api.asked import Language
from api.pages.words import words_of
from api.public.answers import (
    JSON,
    NOINDEX,
    PublicLang,
    described,
    indexed,
    kept,
    lists_of,
    site_of,
)
from api.public.asking import ROOT, Asking, Section, ServerLinks
from api.public.feed import MEDIA, feed_of
from api.public.list_data import list_json, lists_json
from api.public.pages import MOST_QUERY, ListPath, PageNumber, found
from dossiers.text.ids import MAX_ID

router = APIRouter(tags=["late lists"])
API = f"/api/v1{ROOT}"
_ROBOTS = "User-agent: *\nAllow: /late-lists\nAllow: /assets/\nDisallow: /\n"


_LISTS = described("Lists, newest month first", {"lists": [], "page": 1, "pages": 1})
_LIST = described("The list, and rows if they are asked for", {"id": "2026-10", "edition": 1})


@router.get(API, response_class=Response, responses=_LISTS)
async def lists(request: Request, page: PageNumber = 1) -> Response:
    """Every list that was published, with its editions, files and hashes. Open to anybody."""
    service = lists_of(request)
    catalogue, body = service.catalogue, await lists_json(service, page)
    return await kept(request, ("data", page, catalogue.head), lambda: body, JSON)


@router.get(f"{API}/{{list:path}}", response_class=Response, responses=_LIST)
async def one(
    request: Request,
    list_: ListPath,
    edition: Annotated[int, Query(ge=0, le=1_000, description="0: the newest")] = 0,
    show: Annotated[Section, Query(description="section whose rows are to come along")] = "",
    unit: Annotated[str, Query(max_length=MAX_ID, description="and those below it")] = "",
    q: Annotated[str, Query(max_length=MOST_QUERY, description="words, diacritics or not")] = "",
    page: PageNumber = 1,
) -> Response:
    """One list: counts, units, files, hashes; with `show`, up to 200 rows of a section, each with
    the salt of its hash. All rows at once are in the published JSON file. Open to anybody."""
    asking = Asking(list_, edition, show, unit, " ".join(q.split()), page)
    head = lists_of(request).catalogue.head
    published, opened, _ = await found(request, list_, edition)
    if unit and unit not in opened.lines:
        raise HTTPException(404, "The list has no such unit.")

    return await kept(
        request, ("list-data", asking, head), lambda: list_json(published, opened, asking), JSON,
        {} if indexed(request) else NOINDEX,
    )  # fmt: skip


@router.get(f"{ROOT}/feed.atom", include_in_schema=False)
async def feed(request: Request, lang: PublicLang) -> Response:
    """What was published, corrected and reduced."""
    live, catalogue = request.app.state.live, lists_of(request).catalogue
    links, site, words = _links(request, lang), site_of(request), words_of(lang)
    base = live.config.access.public_url.rstrip("/")

    def make() -> bytes:
        return feed_of(catalogue, site, links, words, base, lang)

    return await kept(request, ("feed", lang, catalogue.head, site), make, MEDIA)


@router.get("/robots.txt", include_in_schema=False)
async def robots() -> Response:
    """Search engines may read what is public, and are told there what not to list."""
    return Response(
        _ROBOTS, media_type="text/plain", headers={"Cache-Control": "public, max-age=3600"}
    )


def _links(request: Request, lang: Language) -> ServerLinks:
    return ServerLinks(lang, request.app.state.live.pages_release)
