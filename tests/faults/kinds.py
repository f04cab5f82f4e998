"""The table of faults. Each has a name, and does its worst between ``begin`` and ``end``."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import ClassVar

import psutil

from tests.faults.product import Product, wait_until
from tests.faults.sending import Sending
from tests.faults.walls import Walls

SESSION_SECONDS = 20.0  # after which the group gives a silent worker's partitions to others
_PATIENCE = 90.0


@dataclass
class World:
    """What a fault may touch."""

    product: Product
    walls: Walls
    sending: Sending
    rng: Random


class Fault:
    """One fault of one round. ``seconds``: how long it lasts."""

    name: ClassVar[str]
    lasting: ClassVar[tuple[float, float]] = (0.0, 0.0)

    def __init__(self, rng: Random) -> None:
        self.seconds = rng.uniform(*self.lasting)

    def begin(self, world: World) -> None:
        raise NotImplementedError

    def end(self, world: World) -> None:
        """For those that last."""


class _Kill(Fault):
    victim: ClassVar[str]

    def begin(self, world: World) -> None:
        world.product.kill(self.victim)


class KillWorker(_Kill):
    name, victim = "kill -9 worker", "worker"


class KillApi(_Kill):
    name, victim = "kill -9 sink + API, all walls connected", "api"


class KillTicker(_Kill):
    name, victim = "kill -9 ticker", "tick"


class KillKafka(_Kill):
    name, victim = "kill -9 Kafka, log kept", "kafka"


class KillPublisher(Fault):
    name = "kill -9 publisher in mid-batch, resend"

    def begin(self, world: World) -> None:
        world.sending.kill()


class _Stop(Fault):
    """SIGSTOP, and SIGCONT after a while."""

    victim: ClassVar[str]
    pid = 0

    def begin(self, world: World) -> None:
        self.pid = world.product.pid(self.victim)
        _signal(self.pid, signal.SIGSTOP)

    def end(self, world: World) -> None:
        _signal(self.pid, signal.SIGCONT)


class StopTicks(_Stop):
    name, victim, lasting = "ticks stop and resume", "tick", (3.0, 8.0)


class StopApi(_Stop):
    name, victim, lasting = "sink + API stopped and continued", "api", (2.0, 8.0)


class StopWorker(_Stop):
    name, victim, lasting = "worker stopped and continued in its session", "worker", (2.0, 8.0)


class StopKafka(_Stop):
    name, victim, lasting = "Kafka stopped and continued", "kafka", (2.0, 8.0)


class Zombie(_Stop):
    """Sleeps beyond its session; another worker has its partitions when it wakes up."""

    name, victim = "worker asleep beyond its session, another takes over", "worker"
    lasting = (SESSION_SECONDS + 4, SESSION_SECONDS + 8)
    second: subprocess.Popen[bytes]

    def begin(self, world: World) -> None:
        super().begin(world)
        self.second = _second_worker(world.product)

    def end(self, world: World) -> None:
        product = world.product
        # Awake only once its partitions are another's: else it is no zombie.
        wait_until(
            lambda: _owns(product, self.second.pid) == product.partitions,
            _PATIENCE,
            lambda: f"the second worker to take over\n{product.tail('worker-2.log')}",
        )
        super().end(world)
        wait_until(lambda: not _lives(self.pid), _PATIENCE, "the sleeper to end itself")
        _leave(self.second, signal.SIGTERM)


class SecondWorker(Fault):
    """Two rebalances: partitions go to a second worker and come back."""

    name, lasting = "second worker joins and leaves", (4.0, 10.0)
    second: subprocess.Popen[bytes]

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self._how = rng.choice((signal.SIGTERM, signal.SIGKILL))

    def begin(self, world: World) -> None:
        self.second = _second_worker(world.product)

    def end(self, world: World) -> None:
        product = world.product
        wait_until(
            lambda: _owns(product, self.second.pid) > 0,
            _PATIENCE,
            lambda: f"the second worker to get partitions\n{product.tail('worker-2.log')}",
        )
        _leave(self.second, self._how)


class ClockJump(Fault):
    """The machine's clock moves; the ticker must refuse to go on until it is right again."""

    name, lasting = "the clock jumps by more than 60 s", (3.0, 6.0)

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self._by = rng.choice((-1, 1)) * rng.randint(90_000, 86_400_000)

    def begin(self, world: World) -> None:
        product = world.product
        pid = product.pid("tick")
        (product.folder / "clock-ms").write_text(str(self._by))
        wait_until(lambda: not _lives(pid), _PATIENCE, "the ticker to refuse the clock")

    def end(self, world: World) -> None:
        (world.product.folder / "clock-ms").unlink()


class RefusedWrites(Fault):
    """The engine may not write a byte into any file for a while."""

    name, lasting = "ClickHouse refuses writes", (3.0, 8.0)
    pid = 0

    def begin(self, world: World) -> None:
        self.pid = world.product.pid("api")
        _limit_files(self.pid, 1)

    def end(self, world: World) -> None:
        _limit_files(self.pid, resource.RLIM_INFINITY)


class KafkaDiskFull(Fault):
    """Kafka may not extend any file: it gives up, and its log is there when it starts again."""

    name = "disk of the log is full"

    def begin(self, world: World) -> None:
        _limit_files(world.product.pid("kafka"), 1)


KINDS: tuple[type[Fault], ...] = (
    KillWorker, KillApi, KillTicker, KillPublisher, KillKafka, Zombie, SecondWorker, StopTicks,
    ClockJump, StopApi, StopWorker, StopKafka, RefusedWrites,
)  # fmt: skip


def deck(rng: Random, kinds: tuple[type[Fault], ...] = KINDS) -> Callable[[], Fault]:
    """Draws kinds in random order, each once before any comes again."""
    left: list[type[Fault]] = []

    def draw() -> Fault:
        if not left:
            left.extend(rng.sample(kinds, len(kinds)))
        return left.pop()(rng)

    return draw


def _second_worker(product: Product) -> subprocess.Popen[bytes]:
    return product.spawn("worker", log="worker-2.log", DUNGHEN_WORKER_INSTANCE="worker-2")


def _owns(product: Product, pid: int) -> int:
    """How many partitions the second worker, as process ``pid``, has in hand."""
    status = product.worker("worker-2")
    if status.get("pid") != pid or status.get("phase") != "running":
        return 0
    return len(status["partitions"])


def _leave(worker: subprocess.Popen[bytes], how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        worker.send_signal(how)
    worker.wait(_PATIENCE)


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _limit_files(pid: int, most: int) -> None:
    """The largest file that a process may write, in bytes."""
    with contextlib.suppress(ProcessLookupError):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, hard))
