"""A sink whose store never answers, in a process of its own: what does it hold meanwhile?

``python -m tests.sinks.stuck_sink BOOTSTRAP GROUP`` prints its resident bytes once its first
insert hangs, and again for every line on its standard input.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import psutil

from broker.kafka import Kafka
from sinks.config import SinkConfig
from sinks.decode.events import EventDecoder
from sinks.pump import Pump


class StuckStore:
    def __init__(self) -> None:
        self.asked = threading.Event()

    def insert(self, table: str, rows: Any, token: str = "") -> None:
        self.asked.set()
        threading.Event().wait()


def main(bootstrap: str, group: str) -> None:
    store = StuckStore()
    config = SinkConfig(bootstrap, "line", linger_s=0.05)
    pump = Pump(
        Kafka(bootstrap), config, store, EventDecoder("line"),  # type: ignore[arg-type]
        group=group, stopping=threading.Event(),
    )  # fmt: skip
    pump.start()
    store.asked.wait()
    process = psutil.Process()
    print(process.memory_info().rss, flush=True)
    for _ in sys.stdin:
        print(process.memory_info().rss, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
