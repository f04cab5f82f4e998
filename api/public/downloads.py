"""Published files, byte for byte as they were published."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.pages.file_answers import attached
from api.public.answers import (
    A_DAY,
    JSON,
    NOINDEX,
    PAGE_SECONDS,
    answered,
    described,
    has,
    indexed,
    lists_of,
)
from api.public.asking import ROOT
from api.public.page_cache import MadePage
from api.public.pages import ListPath
from api.public.published import PublishedEdition
from dossiers.publication.manifest import manifest_json, manifest_name
from dossiers.text.canonical import sha256_of

router = APIRouter(tags=["late lists"])
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")
_FILE = described("The file", "%PDF-1.7 …", "application/pdf")


@router.get(f"{ROOT}/{{list:path}}/{{edition}}/{{file}}", responses=_FILE, response_class=Response)
async def download(
    request: Request,
    list_: ListPath,
    edition: Annotated[str, Path(description="number of the edition, from 1")],
    file: Annotated[str, Path(description="name of the file")],
) -> Response:
    """A file of an edition, or its manifest (`kiem-chung-….json`): what never changes under this
    address. `ETag` is the file's SHA-256; one range may be asked for (206, 416). 410 once names
    have had their time."""
    lists = lists_of(request)
    published = lists.catalogue.of(list_)
    number = int(edition) if edition.isascii() and edition.isdecimal() and len(edition) < 5 else 0
    found = published.edition(number) if published and number else None
    if found is None:
        raise HTTPException(404, "Nothing of this list is published.")
    if file == manifest_name(list_, number):
        return await _manifest(request, found)
    known = next((each for each in found.files if each.name == file), None)
    if known is None:
        if file in found.erased:
            raise HTTPException(410, "Names have had their time; the reduced edition has no such.")
        raise HTTPException(404, "This edition has no such file.")
    headers = _headers(request, known.name, f'"{known.sha256}"', A_DAY)
    if has(request, known.sha256) or has(request, f'"{known.sha256}"'):
        return Response(status_code=304, headers=headers)
    content = await lists.files.content(known.sha256)
    if content is None:
        raise HTTPException(503, "This file cannot be read now.")
    return _part(request, content, known.media, headers)


async def _manifest(request: Request, edition: PublishedEdition) -> Response:
    """It changes when a signed file is attached, and when names have had their time."""
    lists = lists_of(request)
    key = ("manifest", edition.list, edition.edition, lists.catalogue.head)
    page = lists.pages.get(key)
    if page is None:
        core = await lists.files.core(edition.core)
        if core is None:
            raise HTTPException(503, "The files of this list cannot be read now.")
        content = await run_in_threadpool(lambda: manifest_json(edition.manifest(core)))
        page = MadePage(content, f'"{sha256_of(content)}"')
        lists.pages.keep(key, page)
    name = manifest_name(edition.list, edition.edition)
    cache = f"public, max-age={PAGE_SECONDS}"
    headers = _headers(request, name, page.etag, cache)
    return answered(request, page, JSON, cache, headers)


def _headers(request: Request, name: str, etag: str, cache: str) -> dict[str, str]:
    robots = {} if indexed(request) else NOINDEX
    return {**attached(name), "ETag": etag, "Cache-Control": cache, "Accept-Ranges": "bytes",
            **robots}  # fmt: skip


def _part(request: Request, content: bytes, media: str, headers: dict[str, str]) -> Response:
    """All of it, or one range (RFC 9110, 14) for downloads that were broken off."""
    asked = _RANGE.fullmatch(request.headers.get("range", "")[:64])
    backwards = asked and asked[1] and asked[2] and int(asked[2]) < int(asked[1])
    condition = request.headers.get("if-range", headers["ETag"])
    if asked is None or backwards or asked[0] == "bytes=-" or condition != headers["ETag"]:
        return Response(content, media_type=media, headers=headers)
    size = len(content)
    if asked[1]:
        start, end = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
    else:
        start, end = max(0, size - int(asked[2])), size - 1
    if start > end:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    headers = {**headers, "Content-Range": f"bytes {start}-{end}/{size}"}
    return Response(content[start : end + 1], 206, media_type=media, headers=headers)
