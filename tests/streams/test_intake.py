"""Whatever stands in a record, it becomes an event or a dead letter: never an exception."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dossiers.time.day_table import LATEST
from dossiers.wire import topics
from dossiers.wire.archived import ArchivedFact
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import Activate, Tick, encode_event
from dossiers.wire.reference import Reference, content_hash
from sinks.decode.base import Record
from sinks.decode.events import EventDecoder
from streams.partition.engine import PartitionEngine
from streams.partition.intake import MAX_TEXT

NOW = 1_790_000_000_000
NEST = b"[" * 20_000
EVENT = {
    "kind": "received", "event_id": "e", "dossier_id": "d", "occurred_at": NOW - 5,
    "received_at": NOW, "source": "s",
}  # fmt: skip


def made(**changed: Any) -> bytes:
    return json.dumps({**EVENT, **changed}).encode()


def restored(**changed: Any) -> bytes:
    """An event that brings a dossier back with one record of progress, of these fields."""
    fact = ArchivedFact(NOW - 9, "s", 0, "f", "progressed", NOW - 9)
    return made(kind="restored", facts=[msgspec.to_builtins(replace(fact, **changed))])


def folded(value: bytes | None) -> tuple[PartitionEngine, list[DeadLetter]]:
    """A partition that was given this record between two ticks, and its dead letters."""
    reference = Reference()
    engine = PartitionEngine(
        "00000000-0000-0000-0000-000000000001", 0, lambda _: reference, lambda _: 0, 1
    )
    engine.restore({}.items())
    outputs = engine.process(
        [
            (0, None, encode_event(Activate(hash=content_hash(reference), since=0))),
            (1, None, encode_event(Tick(now=NOW))),
            (2, b"d", value),
            (3, None, encode_event(Tick(now=NOW + 1_000))),
        ]
    )
    letters = [
        msgspec.json.decode(output.value or b"", type=DeadLetter)
        for output in outputs
        if output.topic == topics.DEAD_LETTERS
    ]
    return engine, letters


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (NEST + NEST.replace(b"[", b"]"), "malformed"),
        (made()[:-1] + b',"x":' + NEST, "malformed"),
        (made()[:-1] + b',"x":' + NEST + NEST.replace(b"[", b"]") + b"}", "malformed"),
        (b'{"kind":"ti\xffck","now":1}', "not_json"),
        (made(source_seq=2**63), "malformed"),
        (made(received_at=-1), "malformed"),
        (made(received_at=2**60), "malformed"),
        (made(kind="finished", status=10**20), "malformed"),
        (made(kind="finished", status=8), "malformed"),
        *((made(kind="suspended", status=n), "malformed") for n in (0, 1, 2, 3, 4, 7, 9, 10, 99)),
        (made(kind="progressed", carried=10**30), "malformed"),
        (made(limit={"amount": 2**31, "unit": "hours"}), "bad_limit"),
        (made(limit={"amount": -1, "unit": "hours"}), "bad_limit"),
        *((restored(begin=at), "bad_fact") for at in (-1, LATEST, 10**40)),
        *((restored(step_due=at), "bad_fact") for at in (-1, LATEST, 10**40)),
        (restored(text="x" * (MAX_TEXT + 1)), "bad_fact"),
    ],
    ids=range(28),
)
def test_what_cannot_be_taken_is_put_aside(value: bytes, reason: str) -> None:
    engine, letters = folded(value)
    assert [(letter.reason, letter.offset) for letter in letters] == [(reason, 2)]
    assert (engine.state.now, engine.state.next_offset) == (NOW + 1_000, 4), "the partition goes on"


def test_an_archived_fact_may_say_as_much_as_its_event() -> None:
    value = restored(begin=0, step_due=LATEST - 1, text="x" * MAX_TEXT)
    assert folded(value)[1] == []


numbers = st.integers() | st.sampled_from([-(2**63), 2**63 - 1, 2**31, 10**12, 0])
changes = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["received", "progressed", "suspended", "finished", "due_set"]),
        "source_seq": numbers,
        "received_at": numbers,
        "occurred_at": numbers,
        "due_at": numbers,
        "status": numbers,
        "carried": numbers,
        "dossier_received_at": numbers,
        "limit": st.fixed_dictionaries(
            {"amount": numbers, "unit": st.sampled_from(["hours", "days", "months"])}
        ),
        "unit": st.text(max_size=5),
        "step": st.none() | st.text(max_size=5),
    },
)


@given(changes)
def test_what_is_folded_has_a_row_in_clickhouse_too(changed: dict[str, Any]) -> None:
    value = made(**changed)
    _, letters = folded(value)
    decoded = EventDecoder("t").decode([Record(0, 2, b"d", value)])
    assert letters or not decoded.bad, (letters, decoded.bad)
