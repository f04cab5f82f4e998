"""How long a page takes in a real browser at the same machine: over a socket, nothing kept."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, Error, async_playwright

from api.server import config_of

_FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-sync"]
# Scripts of a page are modules or deferred: the event comes when all of them have run.
_READY = "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
_PATIENCE_MS = 60_000


async def interactive(app: FastAPI, path: str, times: int) -> list[float]:
    """Milliseconds from the beginning of a visit until the page's modules run, each time with a
    new profile. Raises playwright's Error without a browser."""
    async with _served(app) as address, async_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=found, args=_FLAGS)
        waits = [await _visit(browser, address + path) for _ in range(times)]
        await browser.close()
    return waits


async def _visit(browser: Browser, url: str) -> float:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    answer = await page.goto(url, wait_until="load", timeout=_PATIENCE_MS)
    if answer is None or not answer.ok:
        raise Error(f"{url} was not opened")
    wait = float(await page.evaluate(_READY))
    await context.close()
    return wait


@asynccontextmanager
async def _served(app: FastAPI) -> AsyncIterator[str]:
    """Its address. Without the lifespan: nothing follows Kafka."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = config_of(app, 1_000)
        config.lifespan = "off"
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
