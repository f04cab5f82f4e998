"""The table of faults. Each has a name, and does its worst between ``begin`` and ``over``."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from random import Random
from typing import ClassVar

from tests.faults import disk
from tests.faults.base import Fault, Kill, OfProcess, Stop, World, limit_files, lives
from tests.faults.flooding import Flood
from tests.faults.workers import SecondWorker, Zombie


class KillWorker(Kill):
    name, victim = "kill -9 worker", "worker"


class KillApi(Kill):
    name, victim = "kill -9 sink + API, all walls connected", "api"


class KillTicker(Kill):
    name, victim = "kill -9 ticker", "tick"


class KillKafka(Kill):
    name, victim = "kill -9 Kafka, log kept", "kafka"


class KillPublisher(Fault):
    name = "kill -9 publisher in mid-batch, resend"

    def begin(self, world: World) -> None:
        world.sending.kill()


class StopTicks(Stop):
    name, victim, lasting = "ticks stop and resume", "tick", (3.0, 8.0)


class StopApi(Stop):
    name, victim, lasting = "sink + API stopped and continued", "api", (2.0, 8.0)


class StopWorker(Stop):
    name, victim, lasting = "worker stopped and continued in its session", "worker", (2.0, 8.0)


class StopKafka(Stop):
    name, victim, lasting = "Kafka stopped and continued", "kafka", (2.0, 8.0)


class Asked(OfProcess):
    """A fault from within (tests/faults/inject): a file with ``how`` asks for it."""

    file: ClassVar[str]
    how: str

    def begin(self, world: World) -> None:
        super().begin(world)
        (world.product.folder / self.file).write_text(self.how)

    def over(self, world: World) -> bool:
        (world.product.folder / self.file).unlink(missing_ok=True)
        return True


class ClockJump(Asked):
    """The machine's clock moves; the ticker must refuse to go on until it is right again."""

    name, victim, lasting = "the clock jumps by more than 60 s", "tick", (3.0, 6.0)
    file = "clock-ms"

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self.how = str(rng.choice((-1, 1)) * rng.randint(90_000, 86_400_000))

    def over(self, world: World) -> bool:
        # Not before it has seen the jump.
        return not (self.pid and lives(self.pid)) and super().over(world)


class _Inserts(Asked):
    victim, file, lasting = "api", "inserts", (3.0, 8.0)


class RefusedInserts(_Inserts):
    name, how = "ClickHouse refuses inserts", "refused"


class LostAnswers(_Inserts):
    name, how = "ClickHouse inserts, the answer is lost", "lost"


class SlowInserts(_Inserts):
    name, how = "ClickHouse is slow", "slow"


class KafkaRefused(OfProcess):
    """Kafka may not extend any file: it gives up, and its log is there when it starts again."""

    name, victim = "Kafka may not write", "kafka"

    def begin(self, world: World) -> None:
        super().begin(world)
        limit_files(self.pid, 1)


class DiskFull(Fault):
    """No byte is left on the disk of the state folder, for Kafka, ClickHouse, logs and status."""

    name, lasting = "disk of the state folder full", (8.0, 15.0)

    def begin(self, world: World) -> None:
        self._filler = disk.Filler(world.product.state)
        self._filler.start()

    def over(self, world: World) -> bool:
        return self._filler.stop()


class Terminate(Kill):
    """SIGTERM: a process stops in order, and is started again."""

    name, number = "a process is asked to stop", signal.SIGTERM

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self.victim = rng.choice(("worker", "api", "tick", "kafka"))


class PowerCut(Fault):
    """Everything is killed at once, the supervisor first; then it is started again."""

    name, lasting = "kill -9 everything, start again", (0.1, 3.0)
    started = False

    def possible(self, world: World) -> bool:
        return world.product.lives()

    def begin(self, world: World) -> None:
        world.product.cut()

    def over(self, world: World) -> bool:
        if not self.started:
            world.product.launch()
            self.started = True
        try:
            if not world.product.is_up():
                return False
        except RuntimeError:
            self.started = False  # another fault is in the way
            return False
        world.walls.move(world.product.api)
        return True


KINDS: tuple[type[Fault], ...] = (
    KillWorker, KillApi, KillTicker, KillPublisher, KillKafka, Zombie, SecondWorker, StopTicks,
    ClockJump, StopApi, StopWorker, StopKafka, RefusedInserts, LostAnswers, SlowInserts,
    KafkaRefused, Terminate, PowerCut, DiskFull, Flood,
)  # fmt: skip


def deck(rng: Random, kinds: Sequence[type[Fault]] = KINDS) -> Callable[[], Fault]:
    """Draws kinds in random order, each once before any comes again."""
    left: list[type[Fault]] = []

    def draw() -> Fault:
        if not left:
            left.extend(rng.sample(kinds, len(kinds)))
        return left.pop()(rng)

    return draw
