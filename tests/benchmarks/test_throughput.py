"""Engines on a real broker: a right result has a rate, a wrong one has none."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from benchmarks import peers, throughput
from benchmarks.contract import Job
from benchmarks.small_job import Expected
from tests.support.kafka import TestKafka

EVENTS = 5_000
PARTITIONS = 2


def job(kafka: TestKafka, folder: Path) -> tuple[Job, Expected]:
    name = f"bench-{uuid.uuid4().hex[:8]}"
    expected = throughput.load(kafka.bootstrap, f"{name}-events", PARTITIONS, EVENTS)
    run = Job(
        name=name,
        bootstrap=kafka.bootstrap,
        events=f"{name}-events",
        partitions=PARTITIONS,
        folder=str(folder / "run"),
    )
    return run, expected


def test_right_result_has_a_rate(kafka: TestKafka, tmp_path: Path) -> None:
    run, expected = job(kafka, tmp_path)
    assert throughput.measure("ours", peers.load("ours"), run, expected) > 0


def test_wrong_state_is_no_figure(
    kafka: TestKafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throughput, "SETTLE_SECONDS", 0.0)
    run, expected = job(kafka, tmp_path)
    next(iter(expected.states.values())).events += 1
    with pytest.raises(throughput.WrongResult, match="1 of"):
        throughput.measure("limit", peers.load("limit"), run, expected)


def test_lost_output_is_no_figure(kafka: TestKafka, tmp_path: Path) -> None:
    run, expected = job(kafka, tmp_path)
    unit, (opened, finished, seen) = next(iter(expected.units.items()))
    expected.units[unit] = (opened, finished, seen - 1)
    with pytest.raises(throughput.WrongResult, match="outputs instead of"):
        throughput.measure("limit", peers.load("limit"), run, expected)
