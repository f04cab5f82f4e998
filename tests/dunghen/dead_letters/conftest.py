"""Fixtures of tests of dead letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dunghen.dead_letters.stream import Stream, streamed
from tests.support.kafka import TestKafka


@pytest.fixture
def stream(kafka: TestKafka, tmp_path: Path) -> Iterator[Stream]:
    yield from streamed(kafka, tmp_path)
