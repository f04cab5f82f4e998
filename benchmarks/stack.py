"""The whole product as a user starts it (``dunghen up``), with a benchmark's city in it."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from benchmarks import city, kafka, processes
from benchmarks.feed import Feed
from benchmarks.options import Options
from broker.kafka import Kafka
from dossiers.time.hours import DAY
from dossiers.wire.events import Received
from dossiers.wire.reference import encode_reference
from infra.kafka.login import client_login
from sources.publisher import Publisher

START_SECONDS = 180.0
LOAD_SECONDS = 300.0


class Stack:
    """A running stack on a state folder of its own. ``started_in``: seconds until it was ready."""

    def __init__(
        self, folder: Path, partitions: int, settings: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.partitions = partitions
        self._settings = settings or {}
        self.kafka = self.api = ""
        self.login: dict[str, str] = {}
        self.started_in = 0.0
        self._child: processes.SpawnedProcess | None = None
        self._dossiers = 0

    @property
    def state(self) -> Path:
        """Its state folder."""
        return self.folder / "state"

    def publisher(self, *, bulk: bool = False) -> Publisher:
        """One that its Kafka lets in."""
        return Publisher(Kafka(self.kafka, self.login), self.partitions, bulk=bulk)

    def read(self, topic: str, *, committed: bool = True) -> Iterator[kafka.Record]:
        """All that a topic holds."""
        return kafka.read(self.kafka, topic, self.partitions, committed=committed, login=self.login)

    def start(self) -> None:
        """Start it and wait until a client has right and fresh figures.

        Raises ChildError with the end of its log, or TimeoutError.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        # Many clients need many files; children inherit the limit.
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        began, now = time.monotonic(), time.time_ns() // 1_000_000
        self._child = self._spawn()
        found = processes.endpoints(self._child, self.state, START_SECONDS)
        self.kafka, self.api = found["kafka"], found["api"]
        self.login = client_login(self.state)
        with self.feed() as feed:
            feed.wait(
                lambda seen: seen.watermark > now and seen.open >= self._dossiers,
                START_SECONDS,
                "right figures",
            )
        self.started_in = time.monotonic() - began

    def _spawn(self) -> processes.SpawnedProcess:
        reference = self.folder / "reference.json"
        reference.write_bytes(encode_reference(city.reference()))
        return processes.start(
            [sys.executable, "-m", "dunghen", "up", "--state", str(self.state)],
            self.folder / "up.log",
            {
                "DUNGHEN_LIVE_REFERENCE": str(reference),
                "DUNGHEN_KAFKA_PARTITIONS": str(self.partitions),
                **self._settings,
            },
        )

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self._child is not None:
            if self._child.process.poll() is None:
                self._child.process.send_signal(signal.SIGINT)
            processes.stop(self._child, seconds=40)
            self._child = None

    def feed(self) -> Feed:
        """A client of its feed."""
        return Feed(self.api)

    def process(self, command: str) -> psutil.Process:
        """Its process that runs ``dunghen <command>``; raises ChildError when there is none."""
        assert self._child is not None  # noqa: S101 - started before
        for child in psutil.Process(self._child.process.pid).children(recursive=True):
            try:
                if command in child.cmdline():
                    return child
            except psutil.NoSuchProcess:
                continue
        raise processes.ChildError(f"the stack runs no {command}:\n{self._child.tail()}")

    def received(self, due_in: int = 30 * DAY) -> Received:
        """One more dossier, received now and due in so many ms."""
        now = time.time_ns() // 1_000_000
        i = self._dossiers
        self._dossiers += 1
        return Received(
            event_id=f"e{os.getpid()}-{i:08d}",
            dossier_id=f"B{os.getpid()}-{i:08d}",
            occurred_at=now,
            received_at=now,
            source="bench",
            source_seq=i,
            unit=f"U{i % city.UNITS:03d}",
            officer=city.officer_of(i),
            procedure=f"P{i % 20:02d}",
            due_at=now + due_in,
        )

    def load(self, count: int) -> float:
        """Fill in ``count`` open dossiers; seconds until a client saw them all."""
        with self.feed() as feed:
            feed.wait(lambda seen: seen.at > 0, 30, "a snapshot")
            base, began = feed.last.open, time.monotonic()
            with self.publisher(bulk=True) as publisher:
                for _ in range(count):
                    publisher.publish(self.received())
            feed.wait(lambda seen: seen.open >= base + count, LOAD_SECONDS, f"{count:,} dossiers")
            return time.monotonic() - began


@contextmanager
def running(
    options: Options, name: str, settings: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """A fresh stack, stopped with the block. ``settings``: environment variables for it."""
    stack = Stack(options.work / name, options.partitions, settings)
    with ExitStack() as cleanup:
        cleanup.callback(stack.stop)
        options.say(f"{name}: starting the stack")
        stack.start()
        yield stack
