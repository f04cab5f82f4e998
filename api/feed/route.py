"""The websocket route of the feed: a hello within 10 s, then the hub writes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Literal, Protocol

import msgspec
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.access.origins import same_site
from api.feed.connections import Connection
from api.feed.hub import message_frame
from api.feed.protocol import EXTENSION

HELLO_SECONDS = 10.0
MAX_HELLO = 4_096  # bytes
MOST_WORDS = 100  # messages of a client after its hello; a wall has nothing more to say
MOST_WAITING = 2_000  # connections without a hello
BAD_HELLO = 4400
DENIED = 4401
ELSEWHERE = 4403
GONE = 4404  # there is no wall of this name
TOO_EARLY = 4425  # whether there is one is not known yet
TOO_LATE = 4408
TOO_MANY = 4429


class Hello(msgspec.Struct):
    """First message of a client. ``token``: a key or token, where the request itself brought none;
    it never stands in the URL. ``wall``: the name of the wall that is shown, None for none."""

    type: Literal["hello"]
    token: str | None = None
    wall: str | None = None
    epoch: str | None = None
    seq: int | None = None


_hello = msgspec.json.Decoder(Hello).decode


class Denied(Exception):
    """Somebody may not listen, or not now; ``code`` closes the connection."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Admission(Protocol):
    """Decides who may listen to what."""

    async def admit(self, socket: WebSocket, hello: Hello) -> Connection:
        """The place taken by who comes. Raises Denied."""

    def leave(self, connection: Connection) -> None:
        """Give the place back."""


class Feed:
    """One websocket after the other: a hello, then the hub writes until somebody leaves.
    ``public_url``: as browsers see the API, "" as the request says."""

    def __init__(self, admission: Admission, public_url: str = "") -> None:
        self._admission = admission
        self._public_url = public_url
        self._waiting = 0  # connections without a hello

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection until it ends."""
        with suppress(WebSocketDisconnect):  # at any moment, while it is turned away as well
            if not same_origin(socket, self._public_url):
                await socket.close(ELSEWHERE, "this feed is for pages of this server")
                return
            await socket.accept()
            try:
                hello, connection = await self._greeted(socket)
            except Denied as denied:
                await socket.close(denied.code, str(denied))
                return
            await self._listen(socket, hello, connection)

    async def _greeted(self, socket: WebSocket) -> tuple[Hello, Connection]:
        """Wait for the hello and have its sender admitted. Raises Denied."""
        if self._waiting >= MOST_WAITING:
            raise Denied(TOO_MANY, "too many walls, try again later")
        self._waiting += 1
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                text = await socket.receive_text()
            if len(text) > MAX_HELLO:
                raise ValueError("the hello is too long")
            hello = _hello(text)
            return hello, await self._admission.admit(socket, hello)
        except TimeoutError:
            raise Denied(TOO_LATE, "no hello within 10 s") from None
        except (ValueError, KeyError, RecursionError, msgspec.MsgspecError):
            raise Denied(BAD_HELLO, 'the first message must be {"type":"hello"}') from None
        finally:
            self._waiting -= 1

    async def _listen(self, socket: WebSocket, hello: Hello, connection: Connection) -> None:
        """Have the hub write to an admitted client; its place is given back whatever happens."""
        transport: asyncio.Transport = socket.scope["extensions"][EXTENSION]
        try:
            if connection.display is not None:
                transport.write(message_frame(connection.display.message()))
            connection.hub.join(transport, hello.epoch, hello.seq)
            with suppress(WebSocketDisconnect, KeyError):  # it has left; it sent bytes, not text
                for _ in range(MOST_WORDS):  # reading keeps pings answered
                    await socket.receive_text()
                await socket.close(TOO_MANY, "this client says too much")
        finally:
            connection.hub.leave(transport)  # a named wall may have gone over to another
            self._admission.leave(connection)


def feed_route(path: str, admission: Admission, public_url: str = "") -> WebSocketRoute:
    """The feed at ``path``. The server must use api.feed.protocol.TransportProtocol."""
    return WebSocketRoute(path, Feed(admission, public_url).serve)


def same_origin(socket: WebSocket, public_url: str = "") -> bool:
    """A browser names its page's origin; another site's page must not read the feed."""
    origin = socket.headers.get("origin")
    return origin is None or same_site(origin, socket.headers, public_url)
