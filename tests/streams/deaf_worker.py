"""A worker whose Kafka client stops giving records, without a word: ``python -m
tests.streams.deaf_worker CONFIG``. From SIGUSR1 on."""

from __future__ import annotations

import runpy
import signal
from typing import Any

from streams.delivery.bulk import BulkConsumer

_hear = BulkConsumer._wait_next_records
_deaf = False


async def _nothing(self: BulkConsumer, timeout: float) -> Any:
    records, active = await _hear(self, timeout)
    return ({}, active) if _deaf else (records, active)


def _turn(*_: object) -> None:
    global _deaf  # noqa: PLW0603
    _deaf = True


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _turn)
    BulkConsumer._wait_next_records = _nothing  # type: ignore[assignment, method-assign]
    runpy.run_module("tests.streams.worker_process", run_name="__main__")
