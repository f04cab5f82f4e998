"""The real application on a socket of its own, in a thread."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


@contextmanager
def serving(app: Any, listener: socket.socket, **more: Any) -> Iterator[str]:
    """Its address. ``more``: settings of uvicorn."""
    config = uvicorn.Config(
        app, lifespan="off", log_level="critical", timeout_graceful_shutdown=0, **more
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
    thread.start()
    yield url_of(listener)
    server.force_exit = server.should_exit = True
    thread.join(15)
    listener.close()


def bound() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def url_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
