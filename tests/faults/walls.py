"""Many walls on the feed, written from docs/feed.md: they resume, check every number, reconnect.

They run on an event loop in a thread of their own; what they found is read from outside.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

OPEN_SECONDS = 20.0
_REMEMBERED = 64  # messages


class Message(msgspec.Struct, gc=False):
    """What the feed sends; of each type only some."""

    type: str
    epoch: str | None = None
    seq: int | None = None
    state: dict[str, Any] = {}
    patch: dict[str, Any] = {}


class Behind(Exception):
    """A snapshot older than what the wall shows."""


class Reader:
    """Reads a message once for all walls that are at the same place and get the same bytes.
    States are never changed, only replaced, so that walls can share them."""

    def __init__(self) -> None:
        self._decode = msgspec.json.Decoder(Message).decode
        # To the state before; it is kept there so that its id stays its own.
        self._read: OrderedDict[
            tuple[int, str | bytes], tuple[dict[str, Any], Message, dict[str, Any]]
        ] = OrderedDict()

    def read(self, before: dict[str, Any], frame: str | bytes) -> tuple[Message, dict[str, Any]]:
        """The message, and what a wall that showed ``before`` shows after it."""
        found = self._read.get((id(before), frame))
        if found is None:
            text = gzip.decompress(frame) if isinstance(frame, bytes) else frame
            message = self._decode(text)
            after = before
            if message.type == "snapshot":
                after = message.state
            elif message.type == "delta":
                after = merged(before, message.patch)
            found = self._read[id(before), frame] = (before, message, after)
            if len(self._read) > _REMEMBERED:
                self._read.popitem(last=False)
        return found[1], found[2]


@dataclass
class Wall:
    """One wall. ``broken``: what a wall must never see."""

    reader: Reader
    state: dict[str, Any] = field(default_factory=dict)
    epoch: str | None = None
    seq: int | None = None
    connects: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def watermark(self) -> int:
        return int(self.state.get("watermark") or 0)

    def hear(self, frame: str | bytes) -> None:
        """Take one message."""
        before = self.watermark
        message, after = self.reader.read(self.state, frame)
        if message.type == "snapshot":
            if (after.get("watermark") or 0) < before:
                raise Behind  # the API has just started and reads on; a wall comes again
            self.state = after
            self.epoch, self.seq = message.epoch, message.seq
        elif message.type == "resume":
            if (message.epoch, message.seq) != (self.epoch, self.seq):
                self.broken.append(f"resumed at {message}, asked for {self.epoch} {self.seq}")
        elif message.type == "delta":
            if message.seq != (self.seq or 0) + 1:
                self.broken.append(f"delta {message.seq} after {self.seq}")
            self.seq = message.seq
            self.state = after
            if self.watermark < before:
                self.broken.append(f"watermark {self.watermark} after {before}")


def merged(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """JSON merge patch (RFC 7396); shares with ``target`` what stays."""
    result = dict(target)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            inner = result.get(name)
            result[name] = merged(inner if isinstance(inner, dict) else {}, value)
        else:
            result[name] = value
    return result


class Walls:
    """A context manager. ``fresh``: when (wall ms) the first wall came to which watermark."""

    def __init__(self, api: str, count: int) -> None:
        reader = Reader()
        self.walls = [Wall(reader) for _ in range(count)]
        self.fresh: list[tuple[int, int]] = []
        self._url = _feed_of(api)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="walls", daemon=True)
        self._tasks: list[asyncio.Task[None]] = []

    def __enter__(self) -> Walls:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def move(self, api: str) -> None:
        """Walls that connect again do so there."""
        self._url = _feed_of(api)

    def seen_after(self, instant: int) -> int | None:
        """When (ms) the first wall showed a watermark beyond ``instant``; None so far."""
        return next((at for at, watermark in self.fresh if watermark > instant), None)

    def states(self) -> list[dict[str, Any]]:
        """What every wall shows; nobody changes it."""
        return [wall.state for wall in self.walls]

    def broken(self) -> list[str]:
        """What no wall should have seen."""
        return [f"wall {i}: {text}" for i, wall in enumerate(self.walls) for text in wall.broken]

    async def _start(self) -> None:
        self._tasks = [asyncio.create_task(self._follow(wall)) for wall in self.walls]

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(self, wall: Wall) -> None:
        pause = 0.05
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError, Behind, EOFError):
                async with connect(
                    self._url, max_size=None, compression=None, open_timeout=OPEN_SECONDS
                ) as socket:
                    wall.connects += 1
                    hello = {"type": "hello", "token": None, "epoch": wall.epoch, "seq": wall.seq}
                    await socket.send(json.dumps(hello))
                    async for frame in socket:
                        pause = 0.05
                        wall.hear(frame)
                        if wall is self.walls[0]:
                            self._note(wall.watermark)
            # As a wall does: not all at the same moment.
            await asyncio.sleep(pause * (0.5 + (hash((id(wall), wall.connects)) % 100) / 100))
            pause = min(pause * 2, 1.0)

    def _note(self, watermark: int) -> None:
        if not self.fresh or watermark > self.fresh[-1][1]:
            self.fresh.append((time.time_ns() // 1_000_000, watermark))


def _feed_of(api: str) -> str:
    return api.replace("http", "ws", 1) + "/api/v1/feed"
