"""The table of faults. Each has a name, and does its worst between ``begin`` and ``end``."""

from __future__ import annotations

import contextlib
import itertools
import os
import resource
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import ClassVar

import psutil

from tests.faults import disk
from tests.faults.product import Product
from tests.faults.sending import Sending
from tests.faults.walls import Walls

_numbers = itertools.count(2)
SESSION_SECONDS = 20.0  # after which the group gives a silent worker's partitions to others


@dataclass
class World:
    """What a fault may touch."""

    product: Product
    walls: Walls
    sending: Sending
    rng: Random


class Fault:
    """One fault of one round. ``seconds``: how long it lasts. Nothing here may block for long:
    faults overlap, and one may need the end of another to go on."""

    name: ClassVar[str]
    lasting: ClassVar[tuple[float, float]] = (0.0, 0.0)

    def __init__(self, rng: Random) -> None:
        self.seconds = rng.uniform(*self.lasting)

    def begin(self, world: World) -> None:
        raise NotImplementedError

    def over(self, world: World) -> bool:
        """Ends it, once its seconds have passed; called until it is true."""
        return True


class _Kill(Fault):
    victim: ClassVar[str]

    def begin(self, world: World) -> None:
        _signal(world.product.pid(self.victim), signal.SIGKILL)


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

    def over(self, world: World) -> bool:
        _signal(self.pid, signal.SIGCONT)
        return True


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
    awake = False

    def begin(self, world: World) -> None:
        super().begin(world)
        self._second = SecondWorker(world.rng)
        self._second.begin(world)

    def over(self, world: World) -> bool:
        # Awake only once its partitions are another's: else it is no zombie.
        if not self.awake:
            self._second.keep(world)
            self.awake = self._second.owns(world.product) == world.product.partitions
            if self.awake:
                super().over(world)
            return False
        return not _lives(self.pid) and self._second.over(world)


class SecondWorker(Fault):
    """Two rebalances: partitions go to a second worker and come back."""

    name, lasting = "second worker joins and leaves", (4.0, 10.0)
    process: subprocess.Popen[bytes]
    left = False

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self._how = rng.choice((signal.SIGTERM, signal.SIGKILL))
        # Two of one name would fence each other.
        self._instance = f"worker-{next(_numbers)}"

    def begin(self, world: World) -> None:
        self.process = world.product.spawn(
            "worker", log=f"{self._instance}.log", DUNGHEN_WORKER_INSTANCE=self._instance
        )

    def over(self, world: World) -> bool:
        if not self.left:
            self.left = self.owns(world.product) > 0
            if self.left:
                self.process.send_signal(self._how)
            else:
                self.keep(world)
        return self.left and self.process.poll() is not None

    def keep(self, world: World) -> None:
        """Start it again where it ended, because Kafka was away: nobody else does."""
        if self.process.poll() is not None:
            self.begin(world)

    def owns(self, product: Product) -> int:
        """How many partitions it has in hand."""
        status = product.worker(self._instance)
        if status.get("pid") != self.process.pid or status.get("phase") != "running":
            return 0
        return len(status["partitions"])


class ClockJump(Fault):
    """The machine's clock moves; the ticker must refuse to go on until it is right again."""

    name, lasting = "the clock jumps by more than 60 s", (3.0, 6.0)
    pid = 0

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self._by = rng.choice((-1, 1)) * rng.randint(90_000, 86_400_000)

    def begin(self, world: World) -> None:
        self.pid = world.product.pid("tick")
        (world.product.folder / "clock-ms").write_text(str(self._by))

    def over(self, world: World) -> bool:
        if self.pid and _lives(self.pid):
            return False  # it has not seen the jump yet
        (world.product.folder / "clock-ms").unlink(missing_ok=True)
        return True


class _Inserts(Fault):
    how: ClassVar[str]
    lasting = (3.0, 8.0)

    def begin(self, world: World) -> None:
        (world.product.folder / "inserts").write_text(self.how)

    def over(self, world: World) -> bool:
        (world.product.folder / "inserts").unlink(missing_ok=True)
        return True


class RefusedInserts(_Inserts):
    name, how = "ClickHouse refuses inserts", "refused"


class LostAnswers(_Inserts):
    name, how = "ClickHouse inserts, the answer is lost", "lost"


class SlowInserts(_Inserts):
    name, how = "ClickHouse is slow", "slow"


class KafkaRefused(Fault):
    """Kafka may not extend any file: it gives up, and its log is there when it starts again."""

    name = "Kafka may not write"

    def begin(self, world: World) -> None:
        _limit_files(world.product.pid("kafka"), 1)


class DiskFull(Fault):
    """No byte is left on the disk of the state folder, for Kafka, ClickHouse, logs and status."""

    name, lasting = "disk of the state folder full", (8.0, 15.0)

    def begin(self, world: World) -> None:
        self._filler = disk.Filler(world.product.state)
        self._filler.start()

    def over(self, world: World) -> bool:
        self._filler.stop()
        return True


class Terminate(Fault):
    """SIGTERM: a process stops in order, and is started again."""

    name = "a process is asked to stop"

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self._victim = rng.choice(("worker", "api", "tick", "kafka"))

    def begin(self, world: World) -> None:
        _signal(world.product.pid(self._victim), signal.SIGTERM)


class PowerCut(Fault):
    """Everything is killed at once, the supervisor first; then it is started again."""

    name, lasting = "kill -9 everything, start again", (0.1, 3.0)

    def begin(self, world: World) -> None:
        world.product.cut()

    def over(self, world: World) -> bool:
        try:
            world.product.start()
        except RuntimeError:
            return False  # another fault is in the way
        world.walls.move(world.product.api)
        return True


KINDS: tuple[type[Fault], ...] = (
    KillWorker, KillApi, KillTicker, KillPublisher, KillKafka, Zombie, SecondWorker, StopTicks,
    ClockJump, StopApi, StopWorker, StopKafka, RefusedInserts, LostAnswers, SlowInserts,
    KafkaRefused, Terminate, PowerCut, DiskFull,
)  # fmt: skip


def deck(rng: Random, kinds: Sequence[type[Fault]] = KINDS) -> Callable[[], Fault]:
    """Draws kinds in random order, each once before any comes again."""
    left: list[type[Fault]] = []

    def draw() -> Fault:
        if not left:
            left.extend(rng.sample(kinds, len(kinds)))
        return left.pop()(rng)

    return draw


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _signal(pid: int, number: signal.Signals) -> None:
    """``pid`` 0: the process is not there just now, and cannot be hurt."""
    with contextlib.suppress(ProcessLookupError):
        if pid:
            os.kill(pid, number)


def _limit_files(pid: int, most: int) -> None:
    """The largest file that a process may write, in bytes."""
    if not pid:
        return
    with contextlib.suppress(ProcessLookupError):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, hard))
