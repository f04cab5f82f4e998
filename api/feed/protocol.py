"""uvicorn's websocket protocol, with its transport within reach of the application.

The feed writes one prebuilt frame to many transports; going through the protocol's send for each
client costs several times as much. Only whole frames are written, so they may stand between the
protocol's own pings and closes.

A wall says hello and answers pings. Messages are counted by the route; what never becomes a message
(pings, frames without an end) costs the loop just as much, so bytes are counted here.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "dunghen.transport"
MOST_HEARD = 8_192  # bytes of a client at once, after its handshake
HEARD_A_SECOND = 256  # bytes that it may say on and on


class TransportProtocol(WebSocketsSansIOProtocol):
    """Puts the transport into ``scope["extensions"]``, and cuts off who says too much."""

    _heard = 0.0
    _heard_at = 0.0

    def data_received(self, data: bytes) -> None:
        """Cut the connection once a client has said too much since its handshake."""
        greeted = self.handshake_initiated
        super().data_received(data)
        if greeted and not self.transport.is_closing():
            now = self.loop.time()
            fallen = (now - self._heard_at) * HEARD_A_SECOND
            self._heard = max(0.0, self._heard - fallen) + len(data)
            self._heard_at = now
            if self._heard > MOST_HEARD:
                self.transport.abort()

    def send_receive_event_to_app(self) -> None:
        """A text that is none ends the connection; it is no fault of ours to be logged as one."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.frames = []
                self.conn.send_close(1007)
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    async def send(self, message: Any) -> None:
        """As the base does, and end the handshake of who is turned away."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True  # turned away with an answer: there will be none

    async def run_asgi(self) -> None:
        """Run the application with the transport within its reach."""
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope.setdefault("extensions", {})[EXTENSION] = self.transport
        await super().run_asgi()
