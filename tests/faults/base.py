"""What every fault is, and the ways to hurt a process."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import ClassVar, Protocol

import psutil

from tests.faults.product import Product, runs
from tests.faults.sending import Sending
from tests.faults.walls import Walls


@dataclass
class World:
    """What a fault may touch. ``others``: workers that faults started. ``asleep``: how many faults
    want a process stopped."""

    product: Product
    walls: Walls
    sending: Sending
    rng: Random
    others: list[Other] = field(default_factory=list)
    asleep: Counter[int] = field(default_factory=Counter)


class Other(Protocol):
    def owns(self, product: Product) -> int:
        """How many partitions it has in hand."""


class Fault(ABC):
    """One fault of one round. ``seconds``: how long it lasts. Nothing here may block for long:
    faults overlap, and one may need the end of another to go on."""

    name: ClassVar[str]
    lasting: ClassVar[tuple[float, float]] = (0.0, 0.0)

    def __init__(self, rng: Random) -> None:
        self.seconds = rng.uniform(*self.lasting)

    def possible(self, world: World) -> bool:
        """Whether what it hurts is there; else it waits."""
        return True

    @abstractmethod
    def begin(self, world: World) -> None: ...

    def over(self, world: World) -> bool:
        """Ends it, once its seconds have passed; called until it is true."""
        return True


class OfProcess(Fault):
    """Hurts one process of the stack."""

    victim: str
    pid = 0

    def possible(self, world: World) -> bool:
        return bool(world.product.pid(self.victim))

    def begin(self, world: World) -> None:
        self.pid = world.product.pid(self.victim)


class Kill(OfProcess):
    number = signal.SIGKILL

    def begin(self, world: World) -> None:
        super().begin(world)
        send(self.pid, self.number)


class Stop(OfProcess):
    """SIGSTOP, and SIGCONT after a while."""

    def begin(self, world: World) -> None:
        super().begin(world)
        world.asleep[self.pid] += 1
        send(self.pid, signal.SIGSTOP)

    def over(self, world: World) -> bool:
        world.asleep[self.pid] -= 1
        if not world.asleep[self.pid]:
            send(self.pid, signal.SIGCONT)
        return True


def lives(pid: int) -> bool:
    try:
        return runs(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return False


def send(pid: int, number: signal.Signals) -> None:
    """``pid`` 0: the process is not there just now, and cannot be hurt."""
    with contextlib.suppress(ProcessLookupError):
        if pid:
            os.kill(pid, number)


def limit_files(pid: int, most: int) -> None:
    """The largest file that a process may write, in bytes."""
    if not pid:
        return
    with contextlib.suppress(ProcessLookupError):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, hard))
