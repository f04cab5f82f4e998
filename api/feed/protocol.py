"""uvicorn's websocket protocol, with its transport within reach of the application.

The feed writes one prebuilt frame to many transports; going through the protocol's send for each
client costs several times as much. Only whole frames are written, so they may stand between the
protocol's own pings and closes.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "dunghen.transport"


class TransportProtocol(WebSocketsSansIOProtocol):
    """Puts the transport into ``scope["extensions"]``."""

    async def run_asgi(self) -> None:
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope.setdefault("extensions", {})[EXTENSION] = self.transport
        await super().run_asgi()
