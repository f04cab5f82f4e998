"""Static files of the screens, and the headers that keep everything else out."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.paths import WALL_PAGE, is_wall_page

_KINDS = (".html", ".js", ".css", ".json", ".svg", ".png", ".webp", ".woff2")
_PACKAGED = re.compile(r"/assets/npm/([\w@.+/-]+)")
_OTHER_BUILDS = ("node", "development")  # of lit-html: for servers, and for those who work on it
_IMPORT_MAP = re.compile(r'<script type="importmap">([^<]*)</script>')


POLICY = (
    "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Walls run for months: files are asked for again, and answered with 304.
    "Cache-Control": "no-cache",
}
A_YEAR = "max-age=31536000"
TOKENS = "tokens.css"  # shared by the wall and the pages


def release_of(*places: Path) -> str:
    """A short hash of files, and of all files below folders. A wall that sees another one than its
    own reloads itself."""
    digest = hashlib.sha256()
    for place in places:
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file():
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def wall_policy(page: str) -> str:
    """Content security policy: this host only, nothing inline but the import map."""
    scripts = "'self'"
    for inline in _IMPORT_MAP.findall(page):
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        scripts += f" 'sha256-{digest}'"
    return POLICY.replace("script-src 'self'", f"script-src {scripts}")


class Files(StaticFiles):
    """Files that pages load, and no other: ``allowed`` is asked with the path below ``directory``.
    What begins with a dot is no file of a page, wherever it lies. ``release``: what is asked for
    with ``?v=`` and this very release never changes, and is kept."""

    def __init__(
        self, directory: Path, allowed: Callable[[str], bool], release: str | None = None
    ) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._allowed = allowed
        self._kept = None if release is None else f"v={release}".encode()

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file; the browser asks again for it each time unless it can never change."""
        answer = await super().get_response(path, scope)
        if self._kept is not None and scope.get("query_string") == self._kept:
            answer.headers.setdefault("Cache-Control", f"{A_YEAR}, immutable")
        return answer

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Where a file is; nowhere if pages do not load it."""
        plain = path.replace(os.sep, "/")
        hidden = any(part.startswith(".") for part in plain.split("/"))
        return ("", None) if hidden or not self._allowed(plain) else super().lookup_path(path)


def of_pages(path: str) -> bool:
    """Whether a file is of a kind that pages are made of."""
    return path.endswith(_KINDS)


def for_pages(path: str) -> bool:
    """Whether a file below dashboards/pages is one that browsers load: templates and messages stay
    on the server."""
    return path.startswith(("styles/", "modules/", "app/")) and of_pages(path)


def packages_of(*places: Path) -> Callable[[str], bool]:
    """Whether the wall or a page loads a file of the packages: what the files in ``places`` name,
    and the modules of a folder that an import map names."""
    files: set[str] = set()
    folders: set[str] = set()
    found = [each for place in places for each in (place.rglob("*") if place.is_dir() else [place])]
    for file in sorted(found):
        if file.is_file() and file.suffix in (".html", ".css", ".js"):
            for name in _PACKAGED.findall(file.read_text("utf-8")):
                (folders if name.endswith("/") else files).add(name)

    def loaded(path: str) -> bool:
        if path in files:
            return True
        folder = next((each for each in folders if path.startswith(each)), None)
        if folder is None or not path.endswith(".js"):
            return False
        return path.removeprefix(folder).split("/")[0] not in _OTHER_BUILDS

    return loaded


def install(app: FastAPI, dashboards: Path, *, https: bool = False) -> None:
    """The wall at /wall and by name, what pages load at /assets, and security headers on every
    answer.

    ``https``: browsers come over TLS, and are told never to come otherwise."""
    wall = dashboards / "wall"
    policy = wall_policy((wall / "index.html").read_text("utf-8"))

    files = Files(wall, of_pages)

    async def page(request: Request) -> Response:
        return await files.get_response("index.html", request.scope)

    app.add_route("/wall", page, include_in_schema=False)
    app.add_route(WALL_PAGE, page, include_in_schema=False)
    app.mount("/wall", files, "wall")
    packages, pages, tokens = (dashboards / name for name in ("node_modules", "pages", TOKENS))
    release = release_of(pages, tokens)
    shared = Files(dashboards, lambda path: path == TOKENS, release)

    async def colours(request: Request) -> Response:
        return await shared.get_response(TOKENS, request.scope)

    app.add_route("/assets/tokens.css", colours, include_in_schema=False)
    app.mount("/assets/npm", Files(packages, packages_of(wall, pages, tokens)), "packages")
    app.mount("/assets/pages", Files(pages, for_pages, release), "pages")
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6)
    stack = app.build_middleware_stack
    # Around everything, so that the answer to a fault of the server has them too.
    app.build_middleware_stack = lambda: SecurityHeaders(  # type: ignore[method-assign]
        stack(), wall=policy, https=https
    )


class SecurityHeaders:
    """Adds the headers; answers may set stricter ones themselves. ``wall``: the policy of the
    page of walls, the only one with anything inline. A websocket that is turned away before it is
    accepted gets an answer with headers as well."""

    def __init__(self, app: ASGIApp, wall: str, *, https: bool) -> None:
        self._app = app
        self._wall = wall
        self._headers = {**HEADERS, **({"Strict-Transport-Security": A_YEAR} if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._app(scope, receive, self._refusing(scope, send))
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        policy = self._wall if is_wall_page(scope["path"]) else POLICY

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(message, policy)
            await send(message)

        await self._app(scope, receive, with_headers)

    def _add(self, message: Message, policy: str) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", policy)

    def _refusing(self, scope: Scope, send: Send) -> Send:
        if "websocket.http.response" not in scope.get("extensions", {}):
            return send
        accepted = False

        async def refuse(message: Message) -> None:
            nonlocal accepted
            accepted = accepted or message["type"] == "websocket.accept"
            if accepted or message["type"] != "websocket.close":
                await send(message)
                return
            start = {"type": "websocket.http.response.start", "status": 403, "headers": []}
            self._add(start, POLICY)
            MutableHeaders(scope=start)["Content-Type"] = "text/plain; charset=utf-8"
            MutableHeaders(scope=start)["Cache-Control"] = "no-store"
            await send(start)
            body = message.get("reason", "").encode()
            await send({"type": "websocket.http.response.body", "body": body})

        return refuse
