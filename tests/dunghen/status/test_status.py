"""``dunghen status`` while Kafka is away: what waits for it is of interest just then."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from broker.errors import BrokerAway
from dossiers.wire.timeline import Timeline
from dunghen.commands.status import print_status
from dunghen.state.folder import Endpoints, StateFolder
from dunghen.status import gathering as status

INGEST = {
    "in_flight_records": 0, "in_flight_limit_records": 9, "spool_records": 1_234,
    "spool_bytes": 128.0, "spool_limit_bytes": 256.0, "oldest_unsent_seconds": 61.0,
}  # fmt: skip


def test_what_waits_is_shown_while_kafka_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(_: object) -> Timeline:
        raise BrokerAway("Kafka at k:1 does not answer.")

    inner = {"ingest": INGEST, "sink": [], "queues": [["spool_bytes", 128.0, 256.0]]}
    monkeypatch.setattr(status, "require_timeline", away)
    monkeypatch.setattr(status, "_inner", lambda _, name: inner[name])
    monkeypatch.setattr(status, "connect", lambda _: None)
    folder = StateFolder(tmp_path / "state")
    folder.create()
    folder.note_timeline(Timeline(id="t", kind="live", partitions=2, created_at=1))
    settings = SimpleNamespace(kafka=SimpleNamespace(bootstrap="k:1"), api=None)
    context: Any = SimpleNamespace(
        folder=folder, settings=settings, endpoints=lambda: Endpoints(kafka="k:1", api="http://a")
    )
    found = status.gather(context)
    assert found["timeline"]["id"] == "t"
    assert found["ingest"]["spool_records"] == 1_234
    assert found["queues"] == [{"name": "spool_bytes", "held": 128.0, "most": 256.0}]
    assert found["lag"]["dossier-events"] is None
    assert found["problems"] == ["Kafka at k:1 does not answer."]
    print_status(found)
    shown = " ".join(capsys.readouterr().out.split())
    assert "1,234 wait on disk (50% of its bound), the oldest for 61 s" in shown
    assert "Kafka at k:1 does not answer." in shown


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("equal", "for the night of 2026-11-30, 41 s: no difference in 9,000 comparisons"),
        ("different", "2 differences in 9,000 comparisons"),
        ("failed", "came to no end: It was killed."),
    ],
)
def test_the_last_recount_is_shown(
    outcome: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    last = {
        "night": "2026-11-30", "occasion": "night", "at": 1_795_989_600_000, "duration_ms": 41_200,
        "outcome": outcome, "compared": 9_000, "differences": 2, "problem": "It was killed.",
    }  # fmt: skip
    nothing = dict.fromkeys(
        ("timeline", "endpoints", "watermark", "lag", "sources", "ingest", "queues",
         "dead_letters", "tables")
    )  # fmt: skip
    print_status({**nothing, "running": True, "state": "s", "processes": [], "problems": [],
                  "verified": last})  # fmt: skip
    assert words in " ".join(capsys.readouterr().out.split())
