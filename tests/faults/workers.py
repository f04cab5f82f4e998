"""Faults with a second worker: partitions change hands."""

from __future__ import annotations

import itertools
import signal
import subprocess
from random import Random

from tests.faults.base import Fault, Stop, World, lives
from tests.faults.product import Product

_numbers = itertools.count(2)
SESSION_SECONDS = 20.0  # after which the group gives a silent worker's partitions to others


class Zombie(Stop):
    """Sleeps beyond its session; another worker has its partitions when it wakes up."""

    name, victim = "worker asleep beyond its session, another takes over", "worker"
    lasting = (SESSION_SECONDS + 4, SESSION_SECONDS + 8)
    awake = False

    def possible(self, world: World) -> bool:
        # One that is stopped before it has joined the group wakes up as any other.
        pid, status = world.product.pid(self.victim), world.product.worker()
        running = status.get("pid") == pid and status.get("phase") == "running"
        return bool(pid and running and status["partitions"])

    def begin(self, world: World) -> None:
        super().begin(world)
        self._second = SecondWorker(world.rng)
        self._second.begin(world)

    def over(self, world: World) -> bool:
        # Awake only once its partitions are another's, else it is no zombie; unless another fault
        # has killed it meanwhile.
        if not self.awake:
            self._second.keep(world)
            taken = sum(other.owns(world.product) for other in world.others)
            self.awake = taken == world.product.partitions or not lives(self.pid)
            if self.awake:
                super().over(world)
            return False
        return not lives(self.pid) and self._second.over(world)


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
        if self not in world.others:
            world.others.append(self)
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
        if self.process.poll() is not None or status.get("pid") != self.process.pid:
            return 0
        if status.get("phase") != "running":
            return 0
        return len(status["partitions"])
