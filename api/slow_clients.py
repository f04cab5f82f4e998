"""uvicorn's HTTP protocol with time limits: a request's head must come in time.

uvicorn cuts connections that are idle between requests, but waits for ever for one that sends a
byte now and then. Bodies have their own limit (``api.access.limits``), and one that goes on after
it was answered has this one.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
MOST_HEAD = 32_768  # bytes
FREE_CHUNKS = 2_000  # of a body, however small; each costs us 25 µs
COARSE = 128  # bytes that chunks beyond have on average


class CoarseConnection(h11.Connection):
    """Takes no body in many tiny chunks: of 1 byte each, 3 MB would keep the loop for 12 s. How a
    body of stated length is cut on its way says nothing of who sends it, and is not counted."""

    _chunked = False
    _chunks = 0
    _bytes = 0

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """The next event. Raises RemoteProtocolError at too many tiny chunks."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._chunked = any(name == b"transfer-encoding" for name, _ in event.headers)
            self._chunks = self._bytes = 0
        elif isinstance(event, h11.Data) and self._chunked:
            self._chunks += 1
            self._bytes += len(event.data)
            if self._chunks > FREE_CHUNKS + self._bytes // COARSE:
                raise h11.RemoteProtocolError("too many tiny chunks")
        return event


class DeadlineProtocol(H11Protocol):
    """Closes a connection whose next head is not complete ``HEAD_SECONDS`` after it began, or
    after the connection was made; and one whose body has no end so long after the answer."""

    _deadline: asyncio.TimerHandle | None = None

    def __init__(self, config: Config, *args: Any, **more: Any) -> None:
        super().__init__(config, *args, **more)
        self.conn = CoarseConnection(h11.SERVER, config.h11_max_incomplete_event_size or MOST_HEAD)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The time of the first head begins."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """The time of a head ends once it is complete."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE or self._answered_early():
            self._wait()
        else:
            self._done()

    def send_400_response(self, msg: str) -> None:
        """For what is no request, or no body: the route, if one runs, is told that nobody listens.
        Its answer may have begun; then the connection just ends."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:
            self.transport.close()

    def on_response_complete(self) -> None:
        """A body that goes on after its answer has limited time."""
        super().on_response_complete()
        if self._answered_early():
            self._wait()

    def _answered_early(self) -> bool:
        """Whether nobody waits any more for the body that still comes."""
        return self.conn.their_state is h11.SEND_BODY and self.conn.our_state is h11.DONE

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._done()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _done(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
