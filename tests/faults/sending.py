"""The publisher of one round: a process that may be killed, and is then started again."""

from __future__ import annotations

import subprocess
from random import Random

from tests.faults import sender
from tests.faults.load import Item
from tests.faults.product import Product, Stuck

_FAILURES = 60  # of a publisher, while Kafka is away and returns
_RESENT = 400  # records at most that a publisher sends again, not knowing that Kafka has them


class Sending:
    """``resent``: records that were published once more after a kill."""

    def __init__(
        self, product: Product, number: int, items: list[Item], rate: float, rng: Random
    ) -> None:
        self._product = product
        self._path = product.folder / f"round-{number}.records"
        self._log = f"sender-{number}.log"
        self._rate = rate
        self._rng = rng
        self._count = len(items)
        self.resent = 0
        self._failures = 0
        sender.write(self._path, items)
        self._process = self._start(0)

    @property
    def acknowledged(self) -> int:
        """Of the file's records, how many Kafka surely has."""
        told = [n for n in self._product.tail(self._log, 5_000).splitlines() if n.isdigit()]
        return int(told[-1]) if told else 0

    def done(self) -> bool:
        """Whether all are published. One that ended before is started again."""
        if self._process.poll() is None:
            return False
        if self._process.returncode == 0:
            self._path.unlink(missing_ok=True)
            return True
        self._failures += 1
        if self._failures > _FAILURES:
            raise Stuck(f"the publisher ends again and again:\n{self._product.tail(self._log)}")
        self._again()
        return False

    def kill(self) -> None:
        """SIGKILL in the middle of a batch; what it may have sent is sent again."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
            self._again()

    def _again(self) -> None:
        at = self.acknowledged
        first = max(0, at - self._rng.randrange(_RESENT))
        self.resent += at - first
        self._process = self._start(first)

    def _start(self, first: int) -> subprocess.Popen[bytes]:
        product = self._product
        return product.spawn(
            str(self._path), str(product.state), str(product.partitions), str(first),
            str(self._rate), product.key, log=self._log, module="tests.faults.sender",
        )  # fmt: skip
