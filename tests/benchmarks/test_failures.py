"""An engine that fails keeps its reason, and the others are still measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import fold_section, peers, small_job_section
from benchmarks.contract import Job
from benchmarks.options import Options
from benchmarks.report import Row
from benchmarks.small_job import Expected
from broker.errors import NotDelivered


def row() -> Row:
    return Row(name="ours", label="", role="ours", unit="events/s", values=[1.0])


def fails(*_: object, **__: object) -> None:
    raise NotDelivered("Kafka did not take a record.")


def test_a_record_that_kafka_does_not_take_fails_one_engine_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.fold_section.EmbeddedKafka", fails)
    monkeypatch.setattr("benchmarks.throughput.measure", fails)
    rows = [row(), row()]
    fold_section._measure("ours", "fold", Options(work=tmp_path), rows[0])
    job = Job("ours", "", "", 1, str(tmp_path))
    small_job_section._measure("ours", peers.load("ours"), job, Expected({}, {}), rows[1])
    for each in rows:
        assert each.failure == "Kafka did not take a record."
        assert each.values == []
