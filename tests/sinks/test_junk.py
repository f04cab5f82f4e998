"""No record of any topic stops the sink: what has no row is counted, by place."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dossiers.tallies.vector import WIDTH
from dossiers.wire.alerts import Alert
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.records import DossierRecord
from dossiers.wire.tallies import Tally
from sinks.decode.alerts import AlertDecoder
from sinks.decode.base import Decoder, Record
from sinks.decode.dead_letters import DeadLetterDecoder
from sinks.decode.events import EventDecoder
from sinks.decode.facts import FactDecoder
from sinks.decode.sync_errors import SyncErrorDecoder
from sinks.decode.tallies import TallyDecoder
from sinks.decode.traits import TraitDecoder
from sinks.store import Store
from tests.support import junk

# Times and numbers at the very ends of what the decoders let pass.
ENDS = (-(2**63), -(2**43), -1, 0, 2**31, 2**32, 2**43, 2**53, 2**63 - 1)


def tallies() -> list[bytes]:
    base = {**junk.TALLY, "vector": [0] * WIDTH}
    return [
        *(msgspec.json.encode({**base, "now": end}) for end in ENDS),
        *(msgspec.json.encode({**base, "vector": [end] * WIDTH, "now": 1}) for end in ENDS),
    ]


def at_the_ends(base: dict[str, Any], *names: str) -> list[bytes]:
    return [msgspec.json.encode({**base, name: end}) for name in names for end in ENDS]


def nested_at_the_ends() -> list[bytes]:
    return [
        msgspec.json.encode({**junk.STATE, part: {**junk.STATE[part], name: end}})
        for part, name in (("course", "received_at"), ("standing", "next_at"))
        for end in ENDS
    ]


READERS: list[tuple[Decoder[Any], list[bytes], bytes]] = [
    (EventDecoder(junk.TIMELINE), junk.EVENTS, msgspec.json.encode(
        {"kind": "progressed", "event_id": "good", "dossier_id": "d", "occurred_at": 1,
         "received_at": 1, "source": "s"})),
    (TallyDecoder(), [*junk.TALLIES, *tallies()], msgspec.json.encode(
        Tally(timeline=junk.TIMELINE, scope="good", now=1, vector=(0,) * WIDTH))),
    (AlertDecoder(),
     [*junk.ALERTS, *at_the_ends(junk.ALERT, "due_at", "detected_at", "sequence", "level", "open")],
     msgspec.json.encode(msgspec.convert({**junk.ALERT, "alert_id": "good"}, Alert))),
    (TraitDecoder(junk.TIMELINE),
     [*junk.ODD_TRAITS, *at_the_ends(junk.TRAITS, "occurred_at", "source_seq", "offset")],
     msgspec.json.encode({**junk.TRAITS, "dossier_id": "good"})),
    (SyncErrorDecoder(junk.TIMELINE),
     [*junk.ODD_REPORTED, *at_the_ends(junk.REPORTED, "at", "received_at")],
     msgspec.json.encode({**junk.REPORTED, "error_id": "good"})),
    (DeadLetterDecoder(),
     [*junk.LETTERS, *at_the_ends(junk.LETTER, "partition", "offset", "detected_at")],
     msgspec.json.encode(msgspec.convert({**junk.LETTER, "reason": "good"}, DeadLetter))),
    (FactDecoder(),
     [*junk.STATES, *junk.POSITIONS,
      *at_the_ends(junk.STATE, "as_of", "epoch", "offset"), *nested_at_the_ends()],
     msgspec.json.encode(msgspec.convert({**junk.STATE, "dossier_id": "good"}, DossierRecord))),
]  # fmt: skip


@pytest.mark.parametrize(("decoder", "values", "good"), READERS, ids=lambda v: type(v).__name__)
def test_what_is_taken_goes_into_the_table_and_a_good_record_after_it(
    decoder: Decoder[Any], values: list[bytes], good: bytes, embedded_store: Store
) -> None:
    records = [
        Record(0, offset, b"k", value)
        for offset, value in enumerate([*junk.ANYWHERE, *values, good])
    ]
    together = decoder.decode(records)
    assert together.rows is not None
    assert len(together.bad) > 5
    decoder.insert(embedded_store, together.rows, "all")
    for record in records:  # and alone, as it comes in a quiet hour
        alone = decoder.decode([record])
        if alone.rows is not None:
            decoder.insert(embedded_store, alone.rows, f"one-{record.offset}")
    found = embedded_store.query(f"SELECT * FROM {decoder.table} FINAL")  # noqa: S608
    assert any("good" in map(str, row.values()) for row in found)
