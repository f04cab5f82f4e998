"""A replay whose Kafka goes away says how to go on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from broker.errors import BrokerError
from dossiers.errors import UserError
from dunghen.replay.replaying import Replaying
from tests.dunghen.replay.test_replay import LOG, MAPPING


def test_it_is_run_again_and_counts_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "map.toml").write_text(MAPPING)

    def away(*_: object) -> None:
        raise BrokerError("Kafka at k:1 did not take a record: timed out.")

    monkeypatch.setattr(Replaying, "_publish", away)
    replay = Replaying(
        None, tmp_path / "log.csv", tmp_path / "map.toml", None, as_json=False  # type: ignore[arg-type]
    )  # fmt: skip
    log: Any = SimpleNamespace(name="log.csv")
    with pytest.raises(UserError, match=r"log\.csv .*timed out.* same replay again .*twice"):
        replay._published(log, None, None)  # type: ignore[arg-type]
