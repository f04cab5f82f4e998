"""What somebody with access to Kafka may write into any topic, and no reader may stop at."""

from __future__ import annotations

import json
import uuid
from typing import Any

TIMELINE = uuid.UUID(int=7).hex
OTHER = uuid.UUID(int=8).hex
HUGE = 10**30
NEST = b"[" * 100_000

# No record of any topic; None is a tombstone, or a record without a value.
ANYWHERE: list[bytes | None] = [
    None, b"", b"\x00\xff\xfe junk", b"null", b"[]", b"7", b'"text"', b"{}", b"{", b'{"a":"\xff"}',
    b'{"timeline":"\\ud800"}', NEST, b'{"x":' + NEST + b"1" + NEST.replace(b"[", b"]") + b"}",
    b"x" * 3_000_000,
]  # fmt: skip


def _made(base: dict[str, Any], *changes: dict[str, Any]) -> list[bytes]:
    return [json.dumps({**base, **change}).encode() for change in changes]


PARTIAL = {
    "timeline": TIMELINE, "scope": "all", "partition": 0, "epoch": 1, "offset": 1, "now": 1,
    "vector": [],
}  # fmt: skip
PARTIALS = _made(
    PARTIAL, {}, {"timeline": OTHER}, {"partition": -1}, {"partition": HUGE}, {"vector": [1]},
    {"vector": [0] * 10_000}, {"vector": [HUGE] * 40}, {"epoch": HUGE}, {"now": -HUGE},
    {"scope": "x" * 2_000_000}, {"scope": "\x00clock", "now": HUGE, "epoch": HUGE},
)  # fmt: skip
TALLY = {"timeline": TIMELINE, "scope": "unit:zzz", "now": 1, "vector": [], "versions": {}}
TALLIES = _made(
    TALLY, {}, {"timeline": OTHER}, {"vector": [1]}, {"vector": [HUGE] * 40}, {"now": HUGE},
    {"versions": {"absurd": [HUGE, HUGE]}}, {"versions": {"0": [1]}}, {"now": -5},
    {"backlog": [5, 1, 1, "raised"]}, {"backlog": [HUGE, HUGE, HUGE, "raised"]},
    {"scope": "\x00clock", "now": 0}, {"scope": "\x00clock", "now": HUGE},
)  # fmt: skip
ALERT = {
    "timeline": TIMELINE, "alert_id": "a", "sequence": 1, "kind": "overdue", "level": 0,
    "transition": "raised", "dossier_id": "d", "unit": "u", "officer": "", "step": "",
    "procedure": "", "due_at": 1, "detected_at": 1, "occurred_at": 1, "received_at": 1,
}  # fmt: skip
ALERTS = _made(
    ALERT, {"timeline": OTHER}, {"due_at": HUGE}, {"detected_at": 10**16}, {"level": -(2**40)},
    {"sequence": HUGE}, {"kind": "none"}, {"unit": None}, {"due_at": -(10**14)},
    {"unit": "x" * 2_000_000, "timeline": OTHER},
)  # fmt: skip
TRAITS = {
    "timeline": TIMELINE, "dossier_id": "d", "occurred_at": 1, "source": "s", "source_seq": 0,
    "event_id": "e", "offset": 1, "traits": {"channel": 1},
}  # fmt: skip
ODD_TRAITS = _made(
    TRAITS, {"timeline": OTHER}, {"occurred_at": HUGE}, {"occurred_at": -(10**15)},
    {"source_seq": HUGE}, {"offset": -1}, {"offset": HUGE}, {"traits": {"channel": 700}},
    {"traits": {"fees": -1}}, {"traits": {"databases": ["Nguyễn Văn A"]}}, {"traits": 7},
    {"traits": {"components": HUGE}}, {"timeline": OTHER, "dossier_id": "x" * 2_000_000},
)  # fmt: skip
REPORTED = {
    "error_id": "e", "system": "S", "dossier_id": "d", "code": "1", "at": 1, "received_at": 1,
    "source": "s",
}  # fmt: skip
ODD_REPORTED = _made(
    REPORTED, {"at": HUGE}, {"at": -1}, {"code": "two words"}, {"code": 7}, {"system": "x" * 65},
    {"dossier_id": "x" * 2_000}, {"received_at": None},
)  # fmt: skip
LETTER = {
    "timeline": TIMELINE, "reason": "r", "detail": "d", "source": "s", "topic": "dossier-events",
    "partition": 0, "offset": 5, "detected_at": 1,
}  # fmt: skip
LETTERS = _made(
    LETTER, {"timeline": OTHER}, {"partition": HUGE}, {"offset": HUGE}, {"detected_at": HUGE},
    {"detected_at": 10**17}, {"partition": -9, "offset": -9}, {"reason": 5},
    {"partition": 2**40, "offset": 2**60},
)  # fmt: skip


def _standing(**fields: int) -> dict[str, object]:
    return {"verdict": "within", **fields}


STATE: dict[str, Any] = {
    "timeline": TIMELINE, "epoch": 1, "offset": 1, "dossier_id": "d", "as_of": 1,
    "course": {}, "standing": {"verdict": "within"},
}  # fmt: skip
STATES = _made(
    STATE, {"timeline": OTHER}, {"standing": 5}, {"facts": 5}, {"facts": [[1]]}, {"facts": "x"},
    {"standing": {"verdict": "none"}}, {"standing": {}}, {"course": 5}, {"course": None},
    {"alerts": [5]}, {"standing": _standing(next_at=HUGE)}, {"scopes": ["x"] * 9},
    {"standing": _standing(next_at=1), "course": {"due_at": HUGE, "received_at": 1}},
    {"epoch": "x", "standing": _standing(next_at=1)},
    {"standing": _standing(next_at=-5), "course": {"received_at": -HUGE}},
    {"facts": [[0, "", 0, ""], -5, HUGE, False, []]},
    {"facts": [[0, "", 0, ""], 1, 2, False, [[1]]]}, {"facts": [[0, "", 0, ""], 1, 2, False, "x"]},
    {"course": {"finished_at": HUGE, "outcome": "finished"}}, {"course": {"outcome": "over"}},
)  # fmt: skip
POSITION = {
    "timeline": TIMELINE, "next_offset": 5, "now": 5, "reference": "x", "epoch": 5,
}  # fmt: skip
POSITIONS = _made(
    POSITION, {"timeline": OTHER}, {"next_offset": HUGE}, {"epoch": -1}, {"now": "soon"},
    {"next_offset": -5}, {"activations": [[1]]},
)  # fmt: skip
REFERENCES = _made(
    {}, {"units": 5}, {"timezone": "Nowhere/At_all"}, {"calendar": {"kind": "none"}},
    {"units": [{"id": "a", "name": "A", "parent": "b"}, {"id": "b", "name": "B", "parent": "a"}]},
    {"limit": {"amount": HUGE, "unit": "days"}}, {"rules": {"retention_days": HUGE}},
)  # fmt: skip
TIMELINES = _made(
    {"id": TIMELINE, "kind": "replay", "partitions": 1, "created_at": 1},
    {"id": OTHER}, {"partitions": "x"}, {"activations": [[1, "zzz"], [HUGE, "yyy"]]},
    {"activations": 5},
)  # fmt: skip
_EVENT = {
    "event_id": "e", "dossier_id": "d", "occurred_at": 1_790_000_000_000,
    "received_at": 1_790_000_000_000, "source": "s",
}  # fmt: skip
_FACT: list[Any] = [1_790_000_000_000, "s", 0, "f", "progressed", 1_790_000_000_000]


def _facts(*facts: list[Any]) -> list[dict[str, Any]]:
    return [{"kind": "restored", "facts": [fact]} for fact in facts]


EVENTS = _made(
    {**_EVENT, "kind": "progressed"},
    {"occurred_at": HUGE}, {"source_seq": HUGE}, {"carried": HUGE}, {"carried": -(2**63)},
    {"kind": "due_set", "due_at": HUGE}, {"kind": "received", "limit": {"amount": HUGE,
    "unit": "days"}}, {"kind": "received", "limit": {"amount": 1_000_000, "unit": "months"}},
    {"dossier_received_at": HUGE}, {"event_id": "x" * 60_000}, {"kind": "voided", "target": ""},
    {"kind": "tick", "now": HUGE}, {"kind": "activate", "hash": "absent", "since": 0},
    {"kind": "activate", "hash": "absent" * 9_000, "since": HUGE},
    {"kind": "snapshot", "content": {"status": HUGE}},
    *_facts(
        [HUGE, *_FACT[1:]], [*_FACT[:2], HUGE, *_FACT[3:]], [*_FACT[:4], "none", 1],
        [*_FACT[:4], "due_set", 1], [*_FACT[:4], "snapshot", 1], [*_FACT[:3], "f" * 50_000, "x", 1],
        [*_FACT, "", "", "", "", HUGE], [*_FACT, "", "", "", "", None, "", [HUGE, "days"]],
        [*_FACT, "x" * 60_000],
        [*_FACT[:4], "snapshot", 1, "", "", "", "", None, "", None, 0, None,
         [{"status": 4, "accepted_at": HUGE}]],
    ),
    {"kind": "restored", "facts": [], "alerts": [["none", 0, 1, 1, "raised"]]},
    {"kind": "restored", "facts": [], "alerts": [["overdue", 0, HUGE, HUGE, "raised"]]},
)  # fmt: skip
