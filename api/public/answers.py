"""Answers that anybody's cache may keep, and that cost nothing where nothing has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.asked import Language
from api.problems import responses
from api.public.page_cache import MadePage
from api.public.rendering import Site
from api.public.service import PublicLists

PAGE_SECONDS = 60  # for which a cache need not ask again
A_DAY = "public, max-age=86400"  # no cache holds names much longer than this site
JSON = "application/json"
HTML = "text/html; charset=utf-8"
NOINDEX = {"X-Robots-Tag": "noindex"}


async def said_language(
    lang: Annotated[
        Language | None, Query(description="language of the page; Vietnamese if it is not said")
    ] = None,
) -> Language:
    """The address alone says it, so a cache never mixes two."""
    return lang or "vi"


PublicLang = Annotated[Language, Depends(said_language)]


def lists_of(request: Request) -> PublicLists:
    """The one of the application."""
    found: PublicLists = request.app.state.public_lists
    return found


def site_of(request: Request, *, names: bool = False) -> Site:
    """What stands around the pages. ``names``: whether officers may be named on it, which settings
    may keep out of search engines."""
    live = request.app.state.live
    whole = lists_of(request).catalogue.lists
    return Site(
        agency=live.view.reference.title or live.config.title or "Đúng Hẹn",
        simulation=live.config.mode == "simulation",
        indexed=not names or indexed(request),
        newest=whole[0].id if whole else "",
    )


def indexed(request: Request) -> bool:
    """Whether search engines may list pages with names."""
    lists = request.app.state.live.config.late_lists
    return lists is not None and lists.policy.robots == "index"


async def kept(
    request: Request,
    key: Hashable,
    make: Callable[[], str | bytes | None],
    media: str = HTML,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer that is made once for each ``key``, in a thread. Raises HTTPException (404) if
    there is none to make."""
    pages = lists_of(request).pages
    page = pages.get(key)
    if page is None:
        made = await run_in_threadpool(make)
        if made is None:
            raise HTTPException(404)
        body = made.encode() if isinstance(made, str) else made
        page = MadePage(body, f'W/"{hashlib.sha256(body).hexdigest()[:32]}"')
        pages.keep(key, page)
    return answered(request, page, media, f"public, max-age={PAGE_SECONDS}", headers)


def answered(
    request: Request,
    page: MadePage,
    media: str,
    cache: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The page, or 304 to whoever has it."""
    sent = {"ETag": page.etag, "Cache-Control": cache, **(headers or {})}
    if has(request, page.etag):
        return Response(status_code=304, headers=sent)
    return Response(page.body, media_type=media, headers=sent)


def has(request: Request, etag: str) -> bool:
    """Whether the asker has what the tag names (RFC 9110, 13.1.2: weakly compared)."""
    given = request.headers.get("if-none-match", "")[:2_000]
    known = {each.strip().removeprefix("W/") for each in given.split(",")}
    return "*" in known or etag.removeprefix("W/") in known


def described(about: str, example: Any, media: str = JSON) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that tells whoever has one already."""
    content: dict[str, Any] = {media: {"example": example}}
    if media == JSON:
        content[media]["schema"] = {"type": "object", "description": about}
    return {
        200: {"description": about, "content": content},
        304: {"description": "Unchanged: `If-None-Match` names its `ETag`"},
        **responses(404, 422, 503),
    }
