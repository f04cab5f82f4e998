"""Which lines of a worker's log come to the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunghen.settings.installation import Installation
from dunghen.settings.loading import load
from dunghen.stack.process_specs import worker_spec
from dunghen.state.folder import Endpoints, StateFolder

_CLEAR = b"2026-11-30 08:00:00 WARNING aiokafka.conn: Sending username and password in the clear"


@pytest.mark.parametrize(
    ("settings", "told"), [({}, False), ({"kafka.bootstrap": "kafka.example:9092"}, True)]
)
def test_a_password_in_the_clear_is_told_of_unless_kafka_is_the_embedded_one(
    tmp_path: Path, settings: dict[str, str], told: bool
) -> None:
    installation = Installation(load(settings), StateFolder(tmp_path))
    important = worker_spec(installation, Endpoints(kafka="127.0.0.1:9")).important
    assert bool(important.search(_CLEAR)) is told
    assert important.search(b"2026-11-30 08:00:00 ERROR aiokafka.conn: authentication failed")
    assert not important.search(b"2026-11-30 08:00:00 ERROR aiokafka: no coordinator: retrying")
