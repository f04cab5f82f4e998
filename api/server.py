"""Runs the application: uvicorn on one core, with the feed's protocol."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from api.config import ApiConfig
from api.feed.protocol import TransportProtocol
from api.log_throttle import LogThrottle
from api.slow_clients import MOST_HEAD, DeadlineProtocol
from api.warming import warm

GRACE = 3  # s for open requests at a stop; walls reconnect by themselves


def bind(config: ApiConfig) -> socket.socket:
    """A listening socket on the configured port, or a free one. Raises OSError if it is taken."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.host, config.port))
        listener.listen(2_048)
    except OSError:
        listener.close()
        raise
    return listener


def serve(
    app: FastAPI,
    listener: socket.socket,
    started: Callable[[], None] = lambda: None,
    most: int = 22_000,
) -> None:
    """Serve until SIGTERM or SIGINT. ``started`` is called once requests are answered. ``most``:
    connections at a time; one more is answered with 503."""

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            # A full collection over all that was imported would pause every wall.
            gc.collect()
            gc.freeze()
            gc.set_threshold(50_000, 20, 50)
            started()
            self.warming = asyncio.create_task(warm(app))  # held, or it might be collected

    Server(config_of(app, most)).run([listener])


def config_of(app: FastAPI, most: int) -> uvicorn.Config:
    """How the server treats connections, and what it says of them."""
    config = uvicorn.Config(
        app,
        http=DeadlineProtocol,
        h11_max_incomplete_event_size=MOST_HEAD,
        limit_concurrency=most,
        # Who asks is who connects: what a header says of another address proves nothing here.
        proxy_headers=False,
        ws=TransportProtocol,
        ws_max_size=16_384,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        loop="uvloop",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE,
        server_header=False,
    )
    log = logging.getLogger("uvicorn.error")
    if not any(isinstance(each, LogThrottle) for each in log.filters):
        log.addFilter(LogThrottle())
    return config
