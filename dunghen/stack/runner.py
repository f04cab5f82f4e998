"""Runs a stack until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable

from dunghen.stack.embedded import EmbeddedStack
from dunghen.terminal.console import Terminal

Body = Callable[[asyncio.Event], Awaitable[None]]


class Interrupted(Exception):
    """The user asked to stop while something was still going on."""


async def run_body(body: Body) -> None:
    """Run ``body`` without a stack of its own, until it ends or a signal comes."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _signals():
        loop.add_signal_handler(number, stop.set)
    with contextlib.suppress(Interrupted):
        await until(stop, body(stop))


async def run_stack(stack: EmbeddedStack, terminal: Terminal, body: Body) -> None:
    """Start ``stack``, run ``body`` with the event that says stop, and stop the stack.

    Raises what the start or the body raised, after everything was stopped. The first signal stops
    in order; a second one kills.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        if stop.is_set():
            terminal.note("Killing all processes.")
            stack.kill()
        stop.set()

    for number in _signals():
        loop.add_signal_handler(number, on_signal)
    try:
        await until(stop, stack.start())
        await until(stop, body(stop))
    except Interrupted:
        pass
    finally:
        stop.set()
        await stack.stop()


async def until(stop: asyncio.Event, work: Awaitable[None]) -> None:
    """Wait for ``work``, but cancel it when ``stop`` is set first; then raises Interrupted."""
    task = asyncio.ensure_future(work)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise Interrupted
        task.result()
    finally:
        stopped.cancel()
        await asyncio.gather(stopped, return_exceptions=True)


def _signals() -> tuple[signal.Signals, ...]:
    """What asks us to stop; not a hang-up if the user started us with nohup."""
    asked = (signal.SIGINT, signal.SIGTERM)
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return asked
    return (*asked, signal.SIGHUP)
