"""uvicorn's HTTP protocol with an end to its patience: a request's head must come in time.

uvicorn cuts connections that are idle between requests, but waits for ever for one that sends a
byte now and then. Bodies have their own limit (``api.access.limits``), and one that goes on after
it was answered has this one.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
MOST_HEAD = 32_768  # bytes


class PatientProtocol(H11Protocol):
    """Closes a connection whose next head is not complete ``HEAD_SECONDS`` after it began, or
    after the connection was made; and one whose body has no end so long after the answer."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
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
        super().on_response_complete()
        if self._answered_early():
            self._wait()

    def _answered_early(self) -> bool:
        """Whether nobody waits any more for the body that still comes."""
        return self.conn.their_state is h11.SEND_BODY and self.conn.our_state is h11.DONE

    def connection_lost(self, exc: Exception | None) -> None:
        self._done()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _done(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
