"""A short outage of Kafka; the one of ten minutes is run by hand (tests/faults/outage.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.outage import Options, Outage

SEED = 7
# Nobody waits half a minute here for what is tried again.
SOON = {"DUNGHEN_SUPERVISION_BACKOFF_MAX_SECONDS": "4"}


@pytest.mark.timeout(600)
def test_what_is_acknowledged_while_kafka_is_away_arrives_in_order(tmp_path: Path) -> None:
    said: list[str] = []
    report = Outage(
        Options(SEED, seconds=30, rate=40, walls=1, verify=False, env=SOON), tmp_path, said.append
    ).run()
    assert report.failed == [], "\n".join([*said, *report.lines()])
    posted = report.posted
    # Acknowledged from Kafka, from the spool, refused once that was full, and from Kafka again.
    assert min(posted.count(200), posted.count(202), posted.count(503)) > 0
    assert 0.9 * report.spool_limit < report.spool_most <= report.spool_limit
    assert posted.records > 500
