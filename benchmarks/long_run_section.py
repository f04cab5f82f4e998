"""Section long-run: what grows while a simulated city runs for days or months at speed.

A process that has seen everything once should need no more memory, handles and threads. So the
growth is that of the second half, as the slope of a line through all its samples: dossiers that
are still open grow with the city at first, and with them worker and broker.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil

from benchmarks import processes
from benchmarks.feed import Feed
from benchmarks.options import Options
from benchmarks.report import Aim, Row, Section

_EVERY = 2.0  # s between samples
_TOLD = 8  # lines that a run says
_START_SECONDS = 180.0
_MIB = 1 << 20
_DAY = 86_400_000
NAMES = ("kafka", "worker", "api", "simulate")


class Sample(msgspec.Struct, frozen=True):
    """One process, ``at`` seconds from the beginning."""

    at: float
    memory: float  # MiB resident
    handles: int
    threads: int


def run(options: Options) -> Section:
    """Run the city and look at it; the stack is stopped at the end."""
    folder = options.work / "long-run"
    state = folder / "state"
    folder.mkdir(parents=True)
    arguments = ["demo", "--state", str(state), "--speed", str(options.speed)]
    samples: dict[str, list[Sample]] = defaultdict(list)
    segments: list[tuple[float, int]] = []
    with processes.running(
        [sys.executable, "-m", "dunghen", *arguments], folder / "demo.log"
    ) as child:
        api = processes.endpoints(child, state, _START_SECONDS)["api"]
        with Feed(api) as feed:
            first = feed.wait(lambda seen: seen.watermark > 0, _START_SECONDS, "a watermark")
            began, told = time.monotonic(), 0
            while (at := time.monotonic() - began) < options.minutes * 60:
                child.check()
                for name, sample in look(state, at).items():
                    samples[name].append(sample)
                segments.append((at, count_segments(state)))
                if at >= told * options.minutes * 60 / _TOLD:
                    told += 1
                    days = (feed.last.watermark - first.watermark) / _DAY
                    options.say(_line(days, {n: s[-1] for n, s in samples.items()}, segments[-1]))
                time.sleep(_EVERY)
            last = feed.last
    days = (last.watermark - first.watermark) / _DAY
    growth = slope([(at, float(n)) for at, n in segments[len(segments) // 2 :]]) * 3600
    # One handle or thread may be open just then; a leak goes on.
    bound = 2 * 3600 / max(options.minutes * 30, 1)
    return Section(
        name="long-run",
        title=f"{days:,.1f} days of a city in {options.minutes:g} minutes, {last.open:,} open",
        how="growth in the second half, an hour; memory may grow with open dossiers",
        higher=False,
        rows=[
            *(row for name in NAMES for row in _rows(name, second_half(samples[name]))),
            _row("segments", "segments of Kafka's log", "1/h", growth),
        ],
        aims=[
            Aim(of=f"{name}-{field}", at_least=False, bound=bound)
            for name in NAMES
            for field in ("handles", "threads")
        ],
    )


def _rows(name: str, half: list[Sample]) -> Iterator[Row]:
    """How one process grew, an hour, and what memory it had in the end."""
    for field, unit in (("memory", "MiB/h"), ("handles", "1/h"), ("threads", "1/h")):
        grown = slope([(s.at, float(getattr(s, field))) for s in half]) * 3600
        yield _row(f"{name}-{field}", f"{name}: {field}", unit, grown)
    end = half[-1].memory if half else 0.0
    yield _row(f"{name}-end", f"{name}: memory at the end", "MiB", end)


def _row(name: str, label: str, unit: str, value: float) -> Row:
    return Row(name=name, label=label, role="part", unit=unit, values=[value])


def look(state: Path, at: float) -> dict[str, Sample]:
    """Every process of the stack that is there; one that is just being restarted is not."""
    found = {}
    for entry in json.loads((state / "run" / "processes.json").read_bytes()):
        if not entry["pid"]:
            continue
        try:
            process = psutil.Process(entry["pid"])
            with process.oneshot():
                memory = process.memory_info().rss / _MIB
                found[entry["name"]] = Sample(at, memory, process.num_fds(), process.num_threads())
        except psutil.Error:
            continue
    return found


def count_segments(state: Path) -> int:
    """Files of Kafka's log, of all topics."""
    return sum(1 for _ in (state / "kafka" / "data").glob("*/*.log"))


def second_half(samples: list[Sample]) -> list[Sample]:
    """The later ones."""
    return samples[len(samples) // 2 :]


def slope(points: list[tuple[float, float]]) -> float:
    """Growth a second, by least squares; 0 if there are fewer than two points."""
    if len(points) < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def _line(days: float, last: dict[str, Sample], segments: tuple[float, int]) -> str:
    parts = [
        f"{name} {s.memory:,.0f} MiB {s.handles} handles {s.threads} threads"
        for name, s in last.items()
    ]
    return f"long-run: day {days:,.1f}, {'; '.join(parts)}; {segments[1]} segments"
