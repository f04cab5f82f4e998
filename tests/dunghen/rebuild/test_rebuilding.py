"""ClickHouse made anew from Kafka has what it had, whatever became of the tables and on the way."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from broker.kafka import Kafka
from broker.producing import Writer
from dossiers.errors import UserError
from dossiers.wire import topics
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import AnyEvent, Finished, Progressed, Received, Tick, encode_event
from dossiers.wire.reference import Reference, Rules
from dunghen.clickhouse import open_store
from dunghen.rebuild.rebuilding import Rebuilt, rebuild
from dunghen.settings.installation import Installation
from dunghen.settings.loading import load
from dunghen.state.folder import StateFolder
from dunghen.terminal.console import Terminal
from dunghen.timeline.topics import ensure_topics
from sinks.errors import TimelineMismatch
from sinks.rebuild import TABLES, Rebuild
from sinks.store import Store
from streams.partition.engine import PartitionEngine
from tests.dunghen.timeline.test_topics import NAMES
from tests.support.kafka import TestKafka

DAY = 86_400_000
T0 = 1_790_000_000_000
REFERENCE = Reference(calendar=CalendarSpec(kind="24x7"), rules=Rules(tombstones=True))
Tables = dict[str, list[dict[str, Any]]]


def about(dossier: str, event_id: str, at: int) -> dict[str, Any]:
    return {
        "dossier_id": dossier, "event_id": event_id, "occurred_at": at, "received_at": at,
        "source": "portal",
    }  # fmt: skip


# "gone" is closed and leaves the stream with the last tick; "open" stays, overdue.
EVENTS: tuple[AnyEvent, ...] = (
    Tick(now=T0),
    Received(**about("gone", "g1", T0), unit="u1", due_at=T0 + DAY, procedure="p"),
    Received(**about("open", "o1", T0), unit="u1", due_at=T0 + DAY, procedure="p"),
    Progressed(**about("open", "o2", T0 + 5), officer="o"),
    Tick(now=T0 + 2 * DAY),
    Finished(**about("gone", "g2", T0 + 2 * DAY), status=10),
    Tick(now=T0 + 3 * DAY),
    Progressed(**about("open", "o2", T0 + 5), officer="o"),
    Tick(now=T0 + 100 * DAY),
)


class Line:
    """A timeline on a real broker, with an engine for the worker, and its state folder."""

    def __init__(self, kafka: TestKafka, folder: Path) -> None:
        self.here = Installation(load({"kafka.bootstrap": kafka.bootstrap}), StateFolder(folder))
        self.here.folder.create()
        self.timeline = ensure_topics(
            kafka.bootstrap, partitions=1, kind="live", reference=REFERENCE
        ).id
        self._publish(kafka)

    def _publish(self, kafka: TestKafka) -> None:
        """What compaction leaves: of the dossier that left, no record but its tombstone."""
        engine = PartitionEngine(self.timeline, 0, lambda _: REFERENCE, lambda _: 0, 1)
        engine.restore([])
        letter = DeadLetter(
            timeline=self.timeline, reason="not_json", detail="", source="portal",
            topic=topics.EVENTS, partition=0, offset=99, detected_at=T0,
        )  # fmt: skip
        with Writer(Kafka(kafka.bootstrap)) as writer:
            for event in EVENTS:
                key = None if isinstance(event, Tick) else event.dossier_id.encode()  # type: ignore[union-attr]
                writer.send(topics.EVENTS, 0, key, encode_event(event))
            written = [
                (message.offset() or 0, message.key(), message.value())
                for message in kafka.read_all(topics.EVENTS)
            ]
            for topic, _, key, value in engine.process(written):
                compacted = topic == topics.DOSSIERS and key == b"gone" and value is not None
                if topic in (topics.DOSSIERS, topics.ALERTS) and not compacted:
                    writer.send(topic, 0, key, value)  # type: ignore[arg-type]
            writer.send(topics.DEAD_LETTERS, 0, b"", _json(letter))

    def rebuild(self, after: int = 10**9) -> Rebuilt:
        """``after``: how many times the user lets it go on before he stops it."""
        asked = iter(range(after))
        terminal = Terminal(Console(quiet=True))
        return rebuild(self.here, terminal, lambda: next(asked, None) is None)

    def tables(self) -> Tables:
        """Every row of every table."""
        with open_store(self.here) as store:
            return {
                name: store.query(f"SELECT * FROM {name} FINAL ORDER BY ALL")  # noqa: S608
                for name in TABLES
                if name != "sink_timeline"
            }

    def command(self, sql: str) -> None:
        with open_store(self.here) as store:
            store.command(sql)


def _json(letter: DeadLetter) -> bytes:
    import msgspec

    return msgspec.json.encode(letter)


@pytest.fixture(scope="module")
def line(kafka: TestKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    def clean() -> None:
        if found := kafka.topic_names() & NAMES:
            kafka.delete_topics(*found)

    clean()
    line = Line(kafka, tmp_path_factory.mktemp("line") / "state")
    line.rebuild()
    yield line
    clean()


@pytest.fixture
def filled(line: Line) -> Line:
    """With rows that Kafka does not hold: of a delivery, and of a minute that compaction took."""
    line.command(
        "INSERT INTO deliveries (timeline, alert_id, sequence, at) VALUES "  # noqa: S608
        f"('{line.timeline}', 'a', 1, '2026-01-01 00:00:00')"
    )
    line.command(
        "INSERT INTO tallies (timeline, scope, minute, now, version, open) VALUES "  # noqa: S608
        f"('{line.timeline}', 'all', '2026-01-01 00:00:00', 0, 5, 7)"
    )
    return line


def test_an_empty_database_is_filled_also_with_dossiers_that_left_the_stream(line: Line) -> None:
    shutil.rmtree(line.here.folder.clickhouse)
    done = line.rebuild()
    assert (done.refolded, set(done.kept.values())) == (1, {0})
    tables = line.tables()
    assert {row["dossier_id"]: row["standing"] for row in tables["dossiers"]} == {
        "gone": "late",
        "open": "overdue",
    }
    assert len(tables["dossier_events"]) == 4
    assert len(tables["dead_letters"]) == 1
    assert tables["alerts"]


def test_the_result_equals_what_was_there(filled: Line) -> None:
    before = filled.tables()
    done = filled.rebuild()
    assert filled.tables() == before
    assert done.kept == {
        "deliveries": 1, "traits": 0, "sync_errors": 0, "tallies": 1, "dossiers": 1,
        "dossiers_by_end": 1,
    }  # fmt: skip
    assert done.refolded == 0


def test_damaged_rows_are_made_anew(filled: Line) -> None:
    before = filled.tables()
    filled.command(
        "ALTER TABLE dossiers UPDATE standing = 'early' WHERE dossier_id = 'open' "
        "SETTINGS mutations_sync = 1"
    )
    filled.command("TRUNCATE TABLE alerts")
    filled.command(
        "ALTER TABLE dossier_events DELETE WHERE event_id = 'o2' SETTINGS mutations_sync=1"
    )
    filled.rebuild()
    after = filled.tables()
    assert after == before


def test_a_lost_folder_is_made_anew(filled: Line) -> None:
    before = filled.tables()
    shutil.rmtree(filled.here.folder.clickhouse)
    filled.rebuild()
    after = filled.tables()
    for name in ("dossier_events", "alerts", "dead_letters"):
        assert after[name] == before[name]
    # Folded again it has no offset in the changelog, so that anything newer replaces it.
    unversioned = [{**row, "version": 0} for row in after["dossiers"]]
    assert unversioned == [{**row, "version": 0} for row in before["dossiers"]]
    assert after["deliveries"] == []


def test_stopped_before_the_end_nothing_has_changed_and_it_goes_on(filled: Line) -> None:
    before = filled.tables()
    with pytest.raises(UserError, match="old tables are as they were"):
        filled.rebuild(after=0)
    assert filled.tables() == before
    filled.rebuild()
    assert filled.tables() == before


class Crash(Exception):
    """Stands for kill -9 between two statements."""


@pytest.mark.parametrize("statements", [2, 8])
def test_killed_while_tables_change_places_it_is_ended_by_the_next_run(
    filled: Line, monkeypatch: pytest.MonkeyPatch, statements: int
) -> None:
    before = filled.tables()
    left = statements
    real = Store.command

    def command(store: Store, sql: str, parameters: Any = None) -> Any:
        nonlocal left
        if sql.startswith(("EXCHANGE", "DROP DATABASE")):
            left -= 1
            if left == 0:
                raise Crash
        return real(store, sql, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "command", command)
        with pytest.raises(Crash):
            filled.rebuild()
    assert filled.tables() == before  # half new and half old is the same: both are whole
    filled.rebuild()
    assert filled.tables() == before
    with open_store(filled.here) as store:
        databases = store.query("SELECT name FROM system.databases WHERE name LIKE '%rebuild'")
    assert databases == []


def test_a_database_of_another_timeline_is_refused(filled: Line) -> None:
    with open_store(filled.here) as store:
        work = Rebuild(store, "0" * 32)
        try:
            with pytest.raises(TimelineMismatch, match="Use another database"):
                work.prepare()
        finally:
            work.close()
