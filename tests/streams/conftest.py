"""Fixtures of the stream worker's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.streams.line import Line
from tests.support.kafka import TestKafka


@pytest.fixture
def line(kafka: TestKafka, tmp_path: Path) -> Iterator[Line]:
    """A fresh timeline; its workers end with the test."""
    made = Line(kafka, tmp_path)
    yield made
    made.close()
