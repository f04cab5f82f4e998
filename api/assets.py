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
    return POLICY.replace("script-src 'self'", f"script-src {scripts}")


def install(app: FastAPI, dashboards: Path, *, https: bool = False) -> None:
    """The wall at /wall, its packages at /assets/npm, and security headers on every answer.

    ``https``: browsers come over TLS, and are told never to come otherwise."""
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
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6)
    stack = app.build_middleware_stack
    # Around everything, so that the answer to a fault of the server has them too.
    app.build_middleware_stack = lambda: SecurityHeaders(  # type: ignore[method-assign]
        stack(), wall=policy, https=https
    )


class SecurityHeaders:
    """Adds the headers; answers may set stricter ones themselves. ``wall``: the policy of the
    page /wall, the only one with anything inline. A websocket that is turned away before it is
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
        policy = self._wall if scope["path"] == "/wall" else POLICY

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
