"""Section recovery: how long a start takes, and how long until the figures are right again.

A start ends when a websocket client has a snapshot with a watermark. After the worker is killed
with -9, or asked to stop, more dossiers are published at once; the figures are right again when a
client sees all of them, and a watermark later than that.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

from benchmarks import stack
from benchmarks.options import Options
from benchmarks.report import Aim, Row, Section
from benchmarks.stack import Stack

_MARKERS = 100
_SECONDS = 180
_FEW = 200_000  # open dossiers; the aim above it is that of a million


def run(options: Options) -> Section:
    """Measure on one stack, started again in every round."""
    count = options.dossiers
    empty = Row(name="first-start", label="first start, empty", role="ours", unit="s")
    load = Row(name="load", label=f"{count:,} receptions -> client", role="ours", unit="events/s")
    again = Row(name="restart", label=f"start again, {count:,} open", role="ours", unit="s")
    killed = Row(name="killed", label="worker kill -9 -> figures right", role="ours", unit="s")
    asked = Row(name="asked", label="worker asked to stop -> figures right", role="ours", unit="s")
    with stack.running(options, "recovery") as ours:
        empty.values.append(ours.started_in)
        options.say(f"recovery: loading {count:,} open dossiers")
        load.values.append(count / ours.load(count))
        for round_ in range(options.rounds):
            options.say(f"recovery: round {round_ + 1} of {options.rounds}")
            killed.values.append(_end(ours, psutil.Process.kill))
            asked.values.append(_end(ours, psutil.Process.terminate))
            ours.stop()
            ours.start()
            again.values.append(ours.started_in)
    return Section(
        name="recovery",
        title=f"Start and recovery, {count:,} open dossiers",
        how="until a websocket client has the right figures and a fresh watermark",
        higher=False,
        rows=[empty, load, again, killed, asked],
        aims=[Aim(of="killed", at_least=False, bound=8 if count <= _FEW else 25)],
    )


def _end(ours: Stack, how: Callable[[psutil.Process], None]) -> float:
    with ours.feed() as feed, ours.publisher() as publisher:
        base = feed.wait(lambda seen: True, 30, "a snapshot").open
        worker: psutil.Process = ours.process("worker")
        began, now = time.monotonic(), time.time_ns() // 1_000_000
        how(worker)
        for _ in range(_MARKERS):
            publisher.publish(ours.received())
        publisher.flush()
        feed.wait(
            lambda seen: seen.open == base + _MARKERS and seen.watermark > now,
            _SECONDS,
            "the right figures after the worker has ended",
        )
        return time.monotonic() - began
