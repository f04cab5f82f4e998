"""What people do about alerts comes from the API alone: nobody else's record looks like it."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

import msgspec
import pytest

from dossiers.wire.acted import Acted
from dossiers.wire.events import Received, decode_event, encode_event
from sinks.decode.base import Record
from sinks.decode.events import EventDecoder
from sources.portal.plain import read_events
from streams.partition.intake import Refusal, read_event

NOW = 1_790_000_000_000
ALERT = str(uuid.UUID(int=7))
FIELDS: dict[str, Any] = {
    "event_id": "e", "dossier_id": "d", "occurred_at": NOW, "received_at": NOW, "source": "desk",
    "action": "acknowledge", "alert_id": ALERT, "sequence": 1, "alert_kind": "overdue",
    "level": 0, "cause": NOW - 5, "person": "cb-1", "capacity": "receiver",
}  # fmt: skip


def acted(**changed: Any) -> bytes:
    return encode_event(Acted(**{**FIELDS, **changed}))


@pytest.mark.parametrize("key", ["d", "unit:H29", "officer:cb-1", "source:portal"])
def test_an_action_on_a_dossier_or_a_scope_is_read(key: str) -> None:
    value = acted(dossier_id=key)
    assert read_event(key.encode(), value, NOW) == decode_event(value)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"source": "portal:H29"}, "malformed"),
        ({"madonvi": "H29"}, "malformed"),
        ({"backfill": True}, "malformed"),
        ({"until": NOW}, "malformed"),
        ({"to": "cb-2"}, "malformed"),
        ({"action": "snooze"}, "malformed"),
        ({"action": "hand_over"}, "malformed"),
        ({"action": "hand_over", "to": " cb"}, "bad_id"),
        ({"person": "cb 1 "}, "bad_id"),
        ({"person": ""}, "malformed"),
        ({"person": "x" * 201}, "malformed"),
        ({"text": "Xin lỗi"}, "malformed"),
        ({"reason": "what somebody wrote"}, "malformed"),
        ({"action": "resolve"}, "malformed"),
        ({"capacity": "friend"}, "malformed"),
        ({"level": -1}, "malformed"),
        ({"sequence": 0}, "malformed"),
    ],
)
def test_what_no_desk_sends_is_refused(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_event(b"d", acted(**changed), NOW)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"source": "desk"}, "malformed"),
        ({"dossier_id": "unit:H29"}, "bad_id"),
        ({"dossier_id": "officer:cb"}, "bad_id"),
        ({"dossier_id": "source:portal"}, "bad_id"),
    ],
)
def test_no_other_event_borrows_its_source_or_ids(changed: dict[str, Any], reason: str) -> None:
    fields = {
        "event_id": "e", "dossier_id": "d", "occurred_at": NOW, "received_at": NOW, "source": "s",
    }  # fmt: skip
    event = Received(**{**fields, **changed})
    with pytest.raises(Refusal) as refused:
        read_event(event.dossier_id.encode(), encode_event(event), NOW)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "event",
    [
        {**FIELDS, "kind": "acted"},
        {"kind": "withdrawn", "event_id": "e", "dossier_id": "unit:H29", "occurred_at": NOW},
    ],
)
def test_no_sender_posts_one(event: dict[str, Any]) -> None:
    body = msgspec.json.encode({"events": [event]})
    batch = read_events(body, "sender", NOW, itertools.count())
    assert (len(batch.events), len(batch.refused)) == (0, 1)


def test_its_source_cannot_be_borrowed_by_a_posted_event() -> None:
    event = {"kind": "withdrawn", "event_id": "e", "dossier_id": "d", "occurred_at": NOW}
    body = msgspec.json.encode({"events": [{**event, "source": "desk"}]})
    (taken,) = read_events(body, "sender", NOW, itertools.count()).events
    assert taken.source == "sender"


def test_it_has_no_row_among_the_events() -> None:
    record = Record(0, 5, b"d", acted())
    assert EventDecoder("t").parse(record) is None
