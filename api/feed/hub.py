"""The hub: one state, its deltas in a ring, and the transports of all walls.

Everything runs on the event loop and nothing here awaits between reading the state and writing
it, so a client joins exactly between two deltas.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec
from websockets.frames import Frame, Opcode

from api.feed.patch import diff

CONFLATE = 0.1  # s between two deltas
HEARTBEAT = 5.0  # s
RING_SECONDS = 120.0  # how far back a client may resume
RING_BYTES = 8 * 1024 * 1024  # of deltas that are kept for that
MAX_BUFFERED = 256 * 1024  # bytes that a client may leave unread

_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


def message_frame(message: object) -> bytes:
    """One message as a text frame."""
    return frame(_encode(message))


def frame(data: bytes, *, binary: bool = False) -> bytes:
    """One whole, unmasked websocket frame."""
    return Frame(Opcode.BINARY if binary else Opcode.TEXT, data).serialize(mask=False)


class Hub:
    """``build`` makes the state of now. ``epoch`` is random per process; ``sequence`` counts
    deltas in it without gaps."""

    def __init__(
        self,
        build: Callable[[], dict[str, Any]],
        pulse: Callable[[], dict[str, Any]],
        conflate: float | None = None,
        ring_bytes: int = RING_BYTES,
    ) -> None:
        self.epoch = secrets.token_hex(8)
        self.sequence = 0
        self.state: dict[str, Any] = {}
        self.clients: set[asyncio.Transport] = set()
        self.aborted = 0  # readers that were too slow
        self.messages = 0
        self.error = ""
        self._conflate = conflate
        self._build = build
        self._pulse = pulse  # watermark and tick age of now, for snapshots and heartbeats
        self._ring: deque[tuple[float, int, bytes]] = deque()
        self.ring_most = ring_bytes
        self.ring_held = 0  # bytes
        self._snapshot: tuple[int, bytes] | None = None
        self._changed = asyncio.Event()

    def touch(self) -> None:
        """Something the state is made of has changed."""
        self._changed.set()

    async def run(self) -> None:
        """Publish changes until cancelled: the first after a quiet time at once, then conflated."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                self.publish()
            except Exception:
                # A picture that cannot be made must not end the feed: heartbeats go on, so walls
                # see how old what they show is, and /health/ready says why.
                if not self.error:
                    _log.exception("the state of the walls cannot be made")
                self.error = "the state of the walls cannot be made; see the log"
            else:
                self.error = ""
            await asyncio.sleep(CONFLATE if self._conflate is None else self._conflate)

    async def beat(self) -> None:
        """A heartbeat to all every 5 s, until cancelled."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            self._broadcast(self.heartbeat())

    def publish(self) -> None:
        """Send what changed since the last time, if anything did."""
        state = self._build()
        patch = diff(self.state, state)
        self.state = state
        if not patch:
            return
        self.sequence += 1
        data = frame(_encode({"type": "delta", "seq": self.sequence, "patch": patch}))
        now = time.monotonic()
        self._ring.append((now, self.sequence, data))
        self.ring_held += len(data)
        # Who has been away for longer gets a snapshot.
        while self._ring and (
            self._ring[0][0] < now - RING_SECONDS or self.ring_held > self.ring_most
        ):
            self.ring_held -= len(self._ring.popleft()[2])
        self._broadcast(data)

    def heartbeat(self) -> bytes:
        """A heartbeat of now, as a frame."""
        message = {
            "type": "heartbeat",
            "seq": self.sequence,
            **self._pulse(),
            "server_time": time.time_ns() // 1_000_000,
        }
        return frame(_encode(message))

    def snapshot_state(self) -> dict[str, Any]:
        """The state of the last delta, with the age that its watermark has by now."""
        return {**self.state, "tick_age_ms": self._pulse()["tick_age_ms"]}

    def join(self, transport: asyncio.Transport, epoch: object, sequence: object) -> None:
        """Bring a client up to date and add it: missing deltas if the ring has them, else all."""
        if transport.is_closing():
            return
        missed = self._missed(epoch, sequence)
        if missed is None:
            transport.write(self._whole())
        else:
            resume = {"type": "resume", "epoch": self.epoch, "seq": sequence}
            transport.write(frame(_encode(resume)) + b"".join(missed))
        transport.write(self.heartbeat())
        self.clients.add(transport)

    def leave(self, transport: asyncio.Transport) -> None:
        """Send no more to a client."""
        self.clients.discard(transport)

    def slowest(self) -> int:
        """Bytes that the client furthest behind has not read yet."""
        return max((t.get_write_buffer_size() for t in self.clients), default=0)

    def _missed(self, epoch: object, sequence: object) -> list[bytes] | None:
        if epoch != self.epoch or not isinstance(sequence, int) or sequence > self.sequence:
            return None
        missed = [data for _, number, data in self._ring if number > sequence]
        return missed if len(missed) == self.sequence - sequence else None

    def _whole(self) -> bytes:
        """The snapshot as one binary frame, compressed once for all who come before a change."""
        if self._snapshot is None or self._snapshot[0] != self.sequence:
            message = {
                "type": "snapshot",
                "epoch": self.epoch,
                "seq": self.sequence,
                "state": self.snapshot_state(),
            }
            packed = gzip.compress(_encode(message), compresslevel=5, mtime=0)
            self._snapshot = (self.sequence, frame(packed, binary=True))
        return self._snapshot[1]

    def _broadcast(self, data: bytes) -> None:
        self.messages += len(self.clients)
        gone = []
        for transport in self.clients:
            if transport.is_closing():
                gone.append(transport)
            elif transport.get_write_buffer_size() > MAX_BUFFERED:
                transport.abort()  # it reads too slowly to be true; it will come back
                self.aborted += 1
                gone.append(transport)
            else:
                transport.write(data)
        self.clients.difference_update(gone)
