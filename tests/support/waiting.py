"""Waiting for something to become true, and free ports."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from infra.ports import free_ports

T = TypeVar("T")


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    return free_ports(1)[0]


def wait_for(
    predicate: Callable[[], T], timeout: float = 30.0, *, every: float = 0.02, what: str = ""
) -> T:
    """Call ``predicate`` until it returns something true, and return that.

    Fails with AssertionError after ``timeout`` seconds, naming ``what`` and the last value. Only
    for things that offer no event to wait on, such as another process.
    """
    deadline = time.monotonic() + timeout
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            name = what or getattr(predicate, "__name__", "the condition")
            raise AssertionError(f"{name} was not true after {timeout} s; last value: {value!r}")
        time.sleep(every)


async def wait_for_async(
    predicate: Callable[[], Awaitable[T] | T],
    timeout: float = 30.0,
    *,
    every: float = 0.02,
    what: str = "",
) -> T:
    """Do as `wait_for` on an event loop; ``predicate`` may be a coroutine function."""
    deadline = time.monotonic() + timeout
    while True:
        outcome = predicate()
        value: T = await outcome if isinstance(outcome, Awaitable) else outcome
        if value:
            return value
        if time.monotonic() > deadline:
            name = what or getattr(predicate, "__name__", "the condition")
            raise AssertionError(f"{name} was not true after {timeout} s; last value: {value!r}")
        await asyncio.sleep(every)
