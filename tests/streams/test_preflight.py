"""A worker that cannot start says why."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from dossiers.wire import topics
from streams.config import WorkerConfig
from streams.errors import WorkerError
from streams.preflight import check_topics
from tests.streams.line import PARTITIONS, Line


def test_topics_are_as_the_timeline_needs_them(line: Line, tmp_path: Path) -> None:
    config = WorkerConfig(line.kafka.bootstrap, line.timeline.id, PARTITIONS, tmp_path)
    check_topics(config)
    with pytest.raises(WorkerError, match="partitions; the timeline needs 7"):
        check_topics(dataclasses.replace(config, partitions=7))
    line.kafka.delete_topics(topics.TALLIES)
    with pytest.raises(WorkerError, match=r"tallies at .* does not exist"):
        check_topics(config)
