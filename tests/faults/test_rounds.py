"""A short campaign of the fault harness; the long one is ``make faults``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import campaign
from tests.faults.campaign import Options
from tests.faults.kinds import KillApi, KillKafka, KillPublisher, KillTicker, KillWorker

SEED = 7
KINDS = (KillWorker, KillPublisher, KillApi, KillTicker, KillKafka)


@pytest.mark.timeout(600)
def test_kills_change_no_figure(tmp_path: Path) -> None:
    said: list[str] = []
    options = Options(
        SEED,
        rounds=2,
        events=800,
        faults=3,
        seconds=3,
        walls=10,
        kinds=KINDS,
        limit=150,
        installations=("hours",),
        json=tmp_path / "result.json",
    )
    result = campaign.run(options, tmp_path, said.append)
    assert result.failed == [], "\n".join(said)
    assert len(result.outcomes) == 2
    assert {name for outcome in result.outcomes for name in outcome.faults} == {
        kind.name for kind in KINDS
    }
    assert all(outcome.differences.compared > 1_000 for outcome in result.outcomes)
    assert result.figures["actions"] > 0
    assert result.figures["mails"] > 0
