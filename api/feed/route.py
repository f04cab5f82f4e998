"""The websocket route of the feed: a hello within 10 s, then the hub writes."""

from __future__ import annotations

import asyncio
from typing import Literal

import msgspec
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.feed.hub import Hub
from api.feed.protocol import EXTENSION

HELLO_SECONDS = 10.0
MAX_HELLO = 4_096  # bytes
BAD_HELLO = 4400
TOO_MANY = 4429
TOO_LATE = 4408


class Hello(msgspec.Struct):
    """First message of a client. ``token`` is reserved for sign-in; it never stands in the URL."""

    type: Literal["hello"]
    token: str | None = None
    epoch: str | None = None
    seq: int | None = None


_hello = msgspec.json.Decoder(Hello).decode


def feed_route(path: str, hub: Hub, max_clients: int) -> WebSocketRoute:
    """The feed at ``path``. The server must use api.feed.protocol.TransportProtocol."""

    async def feed(socket: WebSocket) -> None:
        if not same_origin(socket):
            await socket.close(4403, "this feed is for pages of this server")
            return
        await socket.accept()
        if len(hub.clients) >= max_clients:
            await socket.close(TOO_MANY, "too many walls, try again later")
            return
        transport: asyncio.Transport = socket.scope["extensions"][EXTENSION]
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                text = await socket.receive_text()
            if len(text) > MAX_HELLO:
                raise ValueError("the hello is too long")
            hello = _hello(text)
        except TimeoutError:
            await socket.close(TOO_LATE, "no hello within 10 s")
            return
        except (ValueError, KeyError, msgspec.MsgspecError):
            await socket.close(BAD_HELLO, 'the first message must be {"type":"hello"}')
            return
        except WebSocketDisconnect:
            return
        hub.join(transport, hello.epoch, hello.seq)
        try:
            while True:  # a wall has nothing more to say; reading keeps pings answered
                await socket.receive_text()
        except (WebSocketDisconnect, KeyError):
            pass
        finally:
            hub.leave(transport)

    return WebSocketRoute(path, feed)


def same_origin(socket: WebSocket) -> bool:
    """A browser names its page's origin; another site's page must not read the feed."""
    origin = socket.headers.get("origin")
    if origin is None:
        return True
    return origin.split("://", 1)[-1] == socket.headers.get("host", "")
