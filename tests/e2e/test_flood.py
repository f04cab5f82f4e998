"""One sender floods a dossier, and somebody writes junk into every topic: the others go on, the
worker starts again, and what was put aside is taken once there is room for it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from confluent_kafka import Producer

from broker.partitioner import partition_of
from dossiers.wire.events import Finished, Progressed, Received, Snapshot, encode_event
from dossiers.wire.facts import Content
from dossiers.wire.keys import POSITION_KEY, TIMELINE_KEY
from dossiers.wire.topics import (
    ALERTS,
    AUDIT,
    DEAD_LETTERS,
    DOSSIERS,
    EVENTS,
    PARTIALS,
    REFERENCE,
    SYNC_ERRORS,
    TALLIES,
    TRAITS,
)
from infra.kafka.login import client_login
from tests.e2e.product import PATIENCE, ROOT, Serving, answer, command, environment, serving
from tests.support import junk, wait_for
from tests.support.kafka import TestKafka

pytestmark = pytest.mark.timeout(1200)
PARTITIONS = 2
FACTS = 60
FLOOD = 150


class Stack:
    """``dunghen up`` with a bound, and a producer beside it that has every right."""

    def __init__(self, serving: Serving, state: Path) -> None:
        self.serving = serving
        self.state = ("--state", str(state))
        serving.line()
        ends = json.loads((state / "run" / "endpoints.json").read_bytes())
        self.api: str = ends["api"]
        self._producer = Producer(
            {**TestKafka(ends["kafka"], client_login(state)).client, "message.max.bytes": 8_000_000}
        )

    def write(self, topic: str, records: Iterable[tuple[int, bytes | None, bytes | None]]) -> None:
        for partition, key, value in records:
            self._producer.produce(topic, value, key, partition)
        assert self._producer.flush(60) == 0

    def send(self, events: Iterable[Any]) -> None:
        self.write(
            EVENTS,
            (
                (partition_of(e.dossier_id, PARTITIONS), e.dossier_id.encode(), encode_event(e))
                for e in events
            ),
        )

    def shown(self, dossier: str) -> dict[str, Any]:
        found = httpx.get(f"{self.api}/api/v1/dossiers/{dossier}", timeout=60)
        return found.json() if found.status_code == 200 else {}

    def wait_shown(self, dossier: str) -> None:
        wait_for(lambda: self.shown(dossier), PATIENCE, what=f"dossier {dossier} in the API")


@contextmanager
def up(state: Path, facts: int) -> Iterator[Stack]:
    env = {"DUNGHEN_LIMITS_FACTS": str(facts), "DUNGHEN_KAFKA_PARTITIONS": str(PARTITIONS)}
    with serving(state, "up", "--state", str(state), **env) as process:
        yield Stack(process, state)


def event(kind: type[Any], dossier: str, number: int, **fields: Any) -> Any:
    now = time.time_ns() // 1_000_000
    return kind(
        event_id=f"{dossier}-{number}", dossier_id=dossier, occurred_at=now - 10_000_000 + number,
        received_at=now, source=fields.pop("source", "office"), unit="u", **fields,
    )  # fmt: skip


def flood() -> list[Any]:
    """Two dossiers, by events and by snapshots, the latter in the wrong order."""
    events = [event(Received, "by-events", 0, source="flooder")]
    events += [event(Progressed, "by-events", n, source="flooder") for n in range(1, FLOOD)]
    shown = [Content(status=4, procedure=str(n)) for n in range(FLOOD)]
    events += [
        event(Snapshot, "by-snapshots", n, source="flooder", content=shown[n])
        for n in reversed(range(FLOOD))
    ]
    return events


def replay(stack: Stack, facts: int) -> dict[str, Any]:
    which = ("dead-letters", "replay", *stack.state, "--reason", "too_many_facts")
    return answer(*which, DUNGHEN_LIMITS_FACTS=str(facts))


def verified(stack: Stack) -> None:
    done = subprocess.run(
        command("verify", *stack.state, "--json"), cwd=ROOT, env=environment(),
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["equal"] is True, report


def write_junk(stack: Stack) -> None:
    """Into every partition of every topic."""
    foreign = [junk.OTHER.encode()]
    for topic, values, keys in (
        (EVENTS, junk.EVENTS, [None, b"d"]),
        (PARTIALS, junk.PARTIALS, [b"all\x1f0", b"unit:u\x1f1"]),
        (TALLIES, junk.TALLIES, [b"all", b"\x00clock\x1f0"]),
        (ALERTS, junk.ALERTS, [b"d"]),
        (TRAITS, junk.ODD_TRAITS, [b"d"]),
        (SYNC_ERRORS, junk.ODD_REPORTED, [b"d"]),
        (DEAD_LETTERS, junk.LETTERS, [b"d"]),
        (DOSSIERS, [*junk.STATES, *junk.POSITIONS], [b"bad", POSITION_KEY]),
        (REFERENCE, [*junk.REFERENCES, *junk.TIMELINES], [b"junk", TIMELINE_KEY]),
        (AUDIT, junk.ALERTS, [b"d"]),
    ):
        single = topic in (DEAD_LETTERS, SYNC_ERRORS, REFERENCE, AUDIT)
        known = [v for v in values if topic in (EVENTS, AUDIT) or any(f in v for f in foreign)]
        if topic == REFERENCE:
            known = values
        for partition in range(1 if single else PARTITIONS):
            for key in keys:
                # A compacted topic takes nothing without a key.
                stack.write(topic, ((partition, key, value) for value in [*junk.ANYWHERE, *known]))


def test_others_go_on_and_what_was_put_aside_is_taken_once_there_is_room(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with up(state, FACTS) as stack:
        stack.send([event(Received, f"other-{n}", 0) for n in range(20)])
        stack.send(flood())
        stack.send([event(Finished, "by-events", FLOOD, source="flooder")])
        write_junk(stack)
        stack.send([event(Received, "after", 0)])
        stack.wait_shown("after")
        assert stack.shown("by-events")["standing"] in ("early", "on_time", "no_due")
        httpx.get(f"{stack.api}/api/v1/tallies", timeout=60)
        listed = answer("dead-letters", "list", *stack.state, "--reason", "too_many_facts")
        assert listed["count"] == 2 * (FLOOD - (FACTS - 50))
        assert listed["by_sender"] == {"flooder": {"too_many_facts": listed["count"]}}
        by_source = httpx.get(
            f"{stack.api}/api/v1/dead-letters", params={"source": "flooder", "limit": 1}, timeout=60
        ).json()
        assert {"source": "flooder", "reason": "too_many_facts", "open": listed["count"]} in (
            by_source["senders"]
        )
        refused = replay(stack, FACTS)
        assert refused["count"] == 0, "there is no more room than before"
        ticked = stack.serving.worker()["partitions"]
        assert {part["dead_letters"] > 0 for part in ticked.values()} == {True}
        verified(stack)
    with up(state, 1_000) as stack:
        stack.send([event(Received, "restarted", 0)])
        stack.wait_shown("restarted")
        done = replay(stack, 1_000)
        assert done["count"] == listed["count"]
        stack.send([event(Received, "last", 0)])
        stack.wait_shown("last")
        verified(stack)
        left = answer("dead-letters", "list", *stack.state, "--reason", "too_many_facts")
        assert left["count"] == 0
