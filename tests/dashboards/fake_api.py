"""A small real server that speaks the feed's protocol: the wall's counterpart in tests.

It says only what a test tells it to say, so that silence, gaps and old snapshots can be made.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import re
import threading
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.access.paths import WALL_PAGE

DASHBOARDS = Path(__file__).parents[2] / "dashboards"
WALL = DASHBOARDS / "wall"


def content_security_policy() -> str:
    """Nothing inline but the import map, which its hash names."""
    page = (WALL / "index.html").read_text("utf-8")
    found = re.search(r'<script type="importmap">(.*?)</script>', page, re.DOTALL)
    assert found, "index.html has no import map"
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    return f"default-src 'self'; script-src 'self' 'sha256-{digest}'; base-uri 'none'"


WALL_MESSAGE: dict[str, Any] = {
    "type": "wall", "name": "hall", "scope": "s-1", "title": "", "target": None, "language": "vi",
    "theme": "dark", "distance": None, "height": None, "panel_seconds": 25, "part": None,
}  # fmt: skip


class FakeApi:
    """Use as a context manager. ``state`` is what the next snapshot holds."""

    def __init__(self, state: dict[str, Any], port: int = 0) -> None:
        self.state = state
        self.port = port
        self.epoch = "e-1"
        self.seq = 0
        self.binary = True
        self.hellos: list[dict[str, Any]] = []
        self.can_resume = False
        self.missed: list[dict[str, Any]] = []
        self.wall: dict[str, Any] | None = None  # the settings that a named wall is told
        self.refused: tuple[int, str] | None = None  # code and reason for whoever comes
        self.refused_key: str | None = None  # with this key; None: with any
        self.codes: dict[str, str] = {}  # code -> key, once
        self.server_time: int | None = None
        self._clients: set[WebSocket] = set()
        self._greeted = threading.Condition()
        self._policy = content_security_policy()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> FakeApi:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen on ``port`` (0: any free one, kept for later starts)."""
        app = Starlette(
            routes=[
                Route("/wall", self._page),
                Route(WALL_PAGE, self._page),
                Route("/api/v1/walls/{name}/claim", self._claim, methods=["POST"]),
                Route("/assets/tokens.css", self._tokens),
                WebSocketRoute("/api/v1/feed", self._feed),
                Mount("/wall", StaticFiles(directory=WALL)),
                Mount("/assets/npm", StaticFiles(directory=DASHBOARDS / "node_modules")),
            ]
        )
        config = uvicorn.Config(
            app,
            host="127.0.0.1",
            port=self.port,
            log_level="critical",
            lifespan="off",
            ws="websockets-sansio",
            timeout_graceful_shutdown=0,
        )
        self._server = uvicorn.Server(config)
        self._loop = asyncio.new_event_loop()
        socket = config.bind_socket()
        self.port = socket.getsockname()[1]
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=(self._server.serve([socket]),), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Vanish: sockets are cut, the port is free."""
        if not self._thread.is_alive():
            return
        self._server.force_exit = True
        self._server.should_exit = True
        self._thread.join(15)
        self._loop.close()
        self._clients.clear()

    async def _page(self, _request: Request) -> Response:
        return FileResponse(WALL / "index.html", headers={"Content-Security-Policy": self._policy})

    async def _tokens(self, _request: Request) -> Response:
        return FileResponse(DASHBOARDS / "tokens.css")

    async def _feed(self, socket: WebSocket) -> None:
        await socket.accept()
        try:
            hello = json.loads(await socket.receive_text())
            if self.refused is not None and self.refused_key in (None, hello.get("token")):
                self._note(hello)
                await socket.close(*self.refused)
                return
            if hello.get("wall") and self.wall is not None:
                await socket.send_text(json.dumps(self.wall, ensure_ascii=False))
            known = self.can_resume and hello["epoch"] == self.epoch
            if known:
                resume = {"type": "resume", "epoch": self.epoch, "seq": hello["seq"]}
                await socket.send_text(json.dumps(resume))
                for delta in self.missed:
                    if delta["seq"] > hello["seq"]:
                        await socket.send_text(json.dumps(delta))
            else:
                await self._send_snapshot(socket)
            self._clients.add(socket)
            self._note(hello)
            await socket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            self._clients.discard(socket)

    def _note(self, hello: dict[str, Any]) -> None:
        with self._greeted:
            self.hellos.append(hello)
            self._greeted.notify_all()

    async def _claim(self, request: Request) -> Response:
        key = self.codes.pop((await request.json())["code"], None)
        if key is None:
            return JSONResponse({"detail": "no such code"}, 404)
        return JSONResponse({"key": key})

    async def _send_snapshot(self, socket: WebSocket) -> None:
        snapshot = {"type": "snapshot", "epoch": self.epoch, "seq": self.seq, "state": self.state}
        text = json.dumps(snapshot, ensure_ascii=False)
        if self.binary:
            await socket.send_bytes(gzip.compress(text.encode()))
        else:
            await socket.send_text(text)

    def wait_for_hellos(self, count: int, timeout: float = 20) -> None:
        """Until ``count`` clients in all have been greeted."""
        with self._greeted:
            assert self._greeted.wait_for(lambda: len(self.hellos) >= count, timeout), (
                f"{len(self.hellos)} of {count} connections came"
            )

    def delta(self, patch: dict[str, Any], *, skip: int = 0) -> None:
        """Send a delta to all; ``skip`` leaves a gap in the sequence."""
        self.seq += 1 + skip
        self._tell({"type": "delta", "seq": self.seq, "patch": patch})

    def heartbeat(self, tick_age_ms: int | None, watermark: int | None = None) -> None:
        self._tell(
            {
                "type": "heartbeat",
                "seq": self.seq,
                "watermark": watermark or self.state["watermark"],
                "tick_age_ms": tick_age_ms,
                "server_time": self.server_time,
            }
        )

    def settle(self, **wall: Any) -> None:
        """Tell named walls their settings, now and when they come."""
        self.wall = {**WALL_MESSAGE, **wall}
        self._tell(self.wall)

    def show(self, state: dict[str, Any]) -> None:
        """Another part of the data: its snapshot to all."""
        self.state, self.epoch, self.seq = state, f"{self.epoch}+", 0
        message = {"type": "snapshot", "epoch": self.epoch, "seq": 0, "state": state}
        self._tell(message)

    def cut(self, code: int = 1000, reason: str = "") -> None:
        """Close every client's connection; the server stays."""

        async def close() -> None:
            for client in list(self._clients):
                await client.close(code, reason)

        self._run(close())

    def _tell(self, message: dict[str, Any]) -> None:
        async def send() -> None:
            text = json.dumps(message, ensure_ascii=False)
            for client in list(self._clients):
                with suppress(WebSocketDisconnect, RuntimeError):  # it is just leaving
                    await client.send_text(text)

        self._run(send())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)
