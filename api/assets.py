"""Static files of the screens, and the headers that keep everything else out."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGES = Path(__file__).parent / "pages" / "static"
_IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)


def release_of(folder: Path) -> str:
    """A short hash of all files of the wall: a wall that sees another one reloads itself."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def wall_policy(page: str) -> str:
    """Content security policy: this host only, nothing inline but the import map."""
    scripts = "'self'"
    for inline in _IMPORT_MAP.findall(page):
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        scripts += f" 'sha256-{digest}'"
    return f"default-src 'self'; script-src {scripts}; base-uri 'none'; frame-ancestors 'self'"


def install(app: FastAPI, dashboards: Path) -> None:
    """The wall at /wall, its packages at /assets/npm, and security headers on every answer."""
    wall = dashboards / "wall"
    policy = wall_policy((wall / "index.html").read_text("utf-8"))

    files = StaticFiles(directory=wall)

    async def page(request: Request) -> Response:
        return await files.get_response("index.html", request.scope)

    async def home(_request: Request) -> Response:
        return RedirectResponse("/wall")

    app.add_route("/", home, include_in_schema=False)
    app.add_route("/wall", page, include_in_schema=False)
    app.mount("/wall", files, "wall")
    packages = dashboards / "node_modules"
    app.mount("/assets/npm", StaticFiles(directory=packages, check_dir=False), "packages")
    app.mount("/assets/pages", StaticFiles(directory=PAGES), "pages")
    app.add_middleware(SecurityHeaders, policy=policy)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6)


class SecurityHeaders:
    """Adds the headers; answers may set stricter ones themselves."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
                if not path.startswith(("/docs", "/redoc")):
                    headers.setdefault("Content-Security-Policy", self._policy)
                # Walls run for months: files are asked for again, and answered with 304.
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self._app(scope, receive, with_headers)
