"""A replay whose Kafka goes away says how to go on."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from broker.errors import BrokerError
from dossiers.errors import UserError
from dunghen.replay.log_run import LogRun


def test_it_is_run_again_and_counts_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise BrokerError("Kafka at k:1 did not take a record: timed out.")

    monkeypatch.setattr(LogRun, "publish", away)
    anything: Any = SimpleNamespace(name="log.csv")
    run = LogRun(
        anything, anything, anything, anything, terminal=anything, speed=None,
        stop=threading.Event(),
    )  # fmt: skip
    with pytest.raises(UserError, match=r"log\.csv .*timed out.* same replay again .*twice"):
        run._published()
