"""A websocket client of the feed that notes when each figure arrived."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from benchmarks.feed_state import HELLO, decode_frame, merge


class Seen(msgspec.Struct, frozen=True):
    """Figures as they stood at the client ``at`` (ms since 1970)."""

    at: float
    open: int
    overdue: int
    watermark: int


class Feed:
    """Follows the feed in a thread of its own; a context manager. Reconnects never: it measures."""

    def __init__(self, api: str) -> None:
        self.seen: list[Seen] = []
        self._url = api.replace("http", "ws", 1) + "/api/v1/feed"
        self._news = threading.Condition()
        self._failure: BaseException | None = None
        self._connection: ClientConnection | None = None

    def __enter__(self) -> Feed:
        self._connection = connect(self._url, max_size=None, compression=None, open_timeout=20)
        self._connection.send(HELLO)
        threading.Thread(target=self._follow, name="feed", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    @property
    def last(self) -> Seen:
        """The newest figures."""
        return self.seen[-1] if self.seen else Seen(0.0, 0, 0, 0)

    def wait(self, until: Callable[[Seen], bool], seconds: float, what: str) -> Seen:
        """The first figures, from now on, for which ``until`` holds.

        Raises TimeoutError, or ConnectionError when the feed ended.
        """
        deadline = time.monotonic() + seconds
        with self._news:
            while not (self.seen and until(self.last)):
                if self._failure is not None:
                    raise ConnectionError(f"the feed ended: {self._failure}")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(
                        f"the feed did not show {what} within {seconds:.0f} s (last: {self.last})"
                    )
                self._news.wait(left)
            return self.last

    def _follow(self) -> None:
        """The thread's work: note what each frame shows and when it came (ms), until it fails."""
        state: Any = {}
        assert self._connection is not None  # noqa: S101 - set by __enter__
        try:
            for frame in self._connection:
                at = time.time() * 1_000
                message = decode_frame(frame)
                if message["type"] == "snapshot":
                    state = message["state"]
                elif message["type"] == "delta":
                    state = merge(state, message["patch"])
                else:
                    continue
                self._note(at, state)
        except (ConnectionClosed, OSError, msgspec.DecodeError, KeyError) as error:
            self._failure = error
        else:
            self._failure = EOFError("closed")
        with self._news:
            self._news.notify_all()

    def _note(self, at: float, state: Any) -> None:
        figures = state.get("figures", {})
        seen = Seen(
            at,
            int(figures.get("open", {}).get("value") or 0),
            int(figures.get("overdue", {}).get("value") or 0),
            int(state.get("watermark") or 0),
        )
        with self._news:
            self.seen.append(seen)
            self._news.notify_all()


def arrivals(seen: list[Seen], figure: Callable[[Seen], int], base: int, count: int) -> list[float]:
    """When the figure reached ``base`` + 1, + 2 .. + ``count``: ms since 1970, one an event.

    Raises ValueError when it never did.
    """
    found: list[float] = []
    for entry in seen:
        reached = min(figure(entry) - base, count)
        found.extend([entry.at] * (reached - len(found)))
    if len(found) < count:
        raise ValueError(f"only {len(found)} of {count} events reached the client")
    return found
