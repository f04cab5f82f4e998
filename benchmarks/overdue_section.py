"""Section overdue: a dossier becomes overdue -> delta at a websocket client.

Nothing happens to the dossier: time alone passes its due time. Ticks come once a second, so half a
second of the figure is theirs on average.
"""

from __future__ import annotations

import time

from benchmarks import stack
from benchmarks.feed import arrivals
from benchmarks.latency_section import percentile
from benchmarks.options import Options
from benchmarks.report import Aim, Row, Section
from benchmarks.stack import Stack

PROBES = 30
_FIRST_MS = 4_000  # until the first probe is due: all must be folded by then
_APART_MS = 310  # no divisor of the ticks' second


def run(options: Options) -> Section:
    """Measure on a stack with many open dossiers."""
    rows = [
        Row(name="overdue-p50", label="due time -> delta, p50", role="ours", unit="ms"),
        Row(name="overdue-max", label="due time -> delta, the slowest", role="ours", unit="ms"),
    ]
    with stack.running(options, "overdue") as ours:
        options.say(f"overdue: loading {options.dossiers:,} open dossiers")
        ours.load(options.dossiers)
        for round_ in range(options.rounds):
            options.say(f"overdue: round {round_ + 1} of {options.rounds}")
            waits = _measure(ours)
            rows[0].values.append(percentile(waits, 50))
            rows[1].values.append(max(waits))
    return Section(
        name="overdue",
        title=f"A dossier becomes overdue, {options.dossiers:,} others open",
        how=f"{PROBES} dossiers a round become overdue by time alone",
        higher=False,
        rows=rows,
        aims=[Aim(of="overdue-max", at_least=False, bound=1_500)],
    )


def _measure(ours: Stack) -> list[float]:
    with ours.feed() as feed, ours.publisher() as publisher:
        base = feed.wait(lambda seen: True, 30, "a snapshot").overdue
        due: list[float] = []
        begin = time.time_ns() // 1_000_000
        for i in range(PROBES):
            at = begin + _FIRST_MS + i * _APART_MS
            event = ours.received(at - time.time_ns() // 1_000_000)
            publisher.publish(event)
            due.append(float(event.due_at or 0))
        publisher.flush()
        feed.wait(lambda seen: seen.overdue >= base + PROBES, 60, "the overdue dossiers")
        reached = arrivals(feed.seen, lambda seen: seen.overdue, base, PROBES)
    return [b - a for a, b in zip(sorted(due), reached, strict=True)]
