"""A state folder as an older version left it: log, timeline, and what it had made of the log."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from broker.kafka import Kafka
from broker.partitioner import partition_of
from broker.producing import Writer
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.dead_letters import DROPPED, DeadLetter
from dossiers.wire.events import AnyEvent, Finished, Progressed, Received, Tick, encode_event
from dossiers.wire.keys import TIMELINE_KEY
from dossiers.wire.reference import Reference, Unit
from dossiers.wire.timeline import Timeline
from dossiers.wire.topics import DEAD_LETTERS, DOSSIERS, EVENTS, REFERENCE
from dunghen.state.folder import StateFolder
from dunghen.timeline.topics import ensure_topics
from infra.kafka.broker import EmbeddedKafka
from sinks.migrate import migrate
from sinks.store import Store
from sources.spool import Spool

DAY = 86_400_000
T0 = 1_790_000_000_000
PARTITIONS = 2
DOSSIERS_MADE = 24
BAD = b'{"kind":"suspended","event_id":"bad"'
WAITING = Progressed(
    dossier_id="d-0", event_id="spooled", occurred_at=T0 + 2 * DAY, received_at=T0 + 2 * DAY,
    source="portal", officer="o-9",
)  # fmt: skip
UNITS = Reference(calendar=CalendarSpec(kind="24x7"), units=(Unit(id="u-1", name="One"),))
Log = list[tuple[bytes | None, bytes]]


def make_old_state(path: Path, version: int) -> Timeline:
    """A folder with such a log and such tables, of that format; its timeline. One event waits in
    the spool."""
    with EmbeddedKafka(path, ask=False) as broker:  # as it was then
        old = fill_kafka(broker.bootstrap, version)
    with Store.embedded(str(path / "clickhouse")) as store:
        fill_tables(store, old.id)
    StateFolder(path).create()
    (path / "state.json").write_bytes(msgspec.json.encode({"format": version, "timeline": old}))
    spool = Spool(path / "spool" / "spool.sqlite", old.id, 1_000_000)
    spool.append([[(WAITING.dossier_id.encode(), encode_event(WAITING))]])
    spool.close()
    return old


def fill_kafka(bootstrap: str, version: int) -> Timeline:
    """Of a record that is malformed there is a dead letter, which was dropped; of one that can be
    taken there is one, too, and of a row that never reached Kafka."""
    line = ensure_topics(bootstrap, partitions=PARTITIONS, kind="live", reference=UNITS)
    old = msgspec.structs.replace(line, format=version)
    assert (b"format" in msgspec.json.encode(old)) == (version > 1)
    with Writer(Kafka(bootstrap)) as writer:
        writer.send(REFERENCE, 0, TIMELINE_KEY, msgspec.json.encode(old))
        for partition in range(PARTITIONS):
            log = [*_log(partition)]
            for key, value in log:
                writer.send(EVENTS, partition, key, value)
            _states(writer, old.id, partition, log)
        for letter in _letters(old.id):
            writer.send(DEAD_LETTERS, 0, b"k", msgspec.json.encode(letter))
    return old


def _log(partition: int) -> Iterable[tuple[bytes | None, bytes]]:
    """Offset 0 of each partition is the activation; in partition 0 the bad record stands at 2 and
    the first event at 3."""
    yield None, encode_event(Tick(now=T0))
    yield b"bad", BAD
    ours = [n for n in range(DOSSIERS_MADE) if partition_of(f"d-{n}", PARTITIONS) == partition]
    for n in ours:
        yield _event(Received(**_about(n, "r", T0 + n), unit="u-1", due_at=T0 + DAY))
    yield None, encode_event(Tick(now=T0 + 2 * DAY))
    for n in ours:
        if n % 3 == 0:
            yield _event(Finished(**_about(n, "f", T0 + n * DAY // 12), status=10))
            yield _event(Finished(**_about(n, "f", T0 + n * DAY // 12), status=10))
    yield None, encode_event(Tick(now=T0 + 3 * DAY))


def _about(n: int, event: str, at: int) -> dict[str, Any]:
    return {
        "dossier_id": f"d-{n}", "event_id": f"{event}-{n}", "occurred_at": at, "received_at": at,
        "source": "portal",
    }  # fmt: skip


def _event(event: AnyEvent) -> tuple[bytes, bytes]:
    return event.dossier_id.encode(), encode_event(event)  # type: ignore[union-attr]


def _states(writer: Writer, timeline: str, partition: int, log: Log) -> None:
    """What the old version had made of the log: here of its first half, and wrong. Up to format 2
    all fields of a state stood beside each other."""
    for key, _ in log[: len(log) // 2]:
        if key not in (None, b"bad"):
            state = {
                "timeline": timeline, "epoch": 1, "offset": 3, "dossier_id": key.decode(),
                "as_of": T0, "standing": "within", "unit": "u-9", "scopes": ["all", "unit:u-9"],
                "received_at": T0, "due_at": T0 + DAY, "next_at": T0 + DAY + 1,
                "tail": [T0, "portal", 0, "r"], "fact_count": 1, "fact_bytes": 99,
                "facts": [[T0, "portal", 0, "r", "received", T0, "u-9", "", "", "", T0 + DAY]],
            }  # fmt: skip
            writer.send(DOSSIERS, partition, key, msgspec.json.encode(state))


def _letters(timeline: str) -> Iterable[DeadLetter]:
    def letter(reason: str, offset: int, topic: str = EVENTS) -> DeadLetter:
        return DeadLetter(
            timeline=timeline, reason=reason, detail=f"old {reason}", source="portal", topic=topic,
            partition=min(offset, 0), offset=offset, detected_at=T0, key="k",
        )  # fmt: skip

    yield letter("malformed", 2)
    yield letter("unfoldable", 3)
    yield letter("missing_unit", -1)
    yield letter(DROPPED, 0, DEAD_LETTERS)


def fill_tables(store: Store, timeline: str) -> None:
    """A delivery, a minute in which a wall showed 7 open dossiers, one that is yet to come, and a
    dossier that the log does not know."""
    migrate(store)
    for statement in (
        "INSERT INTO sink_timeline SELECT '{}', 'abc', now64(3, 'UTC')",
        "INSERT INTO deliveries (timeline, alert_id, sequence, receiver, at) "
        "VALUES ('{}', 'told', 1, 'mail:1', '2026-09-22 00:00:00')",
        "INSERT INTO tallies (timeline, scope, minute, now, version, open) "
        "VALUES ('{}', 'all', '2026-09-22 00:00:00', '2026-09-22 00:00:01', 5000000, 7)",
        "INSERT INTO tallies (timeline, scope, minute, now, version, open) "
        "VALUES ('{}', 'all', '2030-01-01 00:00:00', '2030-01-01 00:00:01', 6000000, 8)",
        "INSERT INTO dossiers (timeline, dossier_id, standing, version) "
        "VALUES ('{}', 'never-was', 'late', 5)",
    ):
        store.command(statement.format(timeline))
