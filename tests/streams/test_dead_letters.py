"""Dead letters of the worker: of a record that may be anything, nothing but what may be kept."""

from __future__ import annotations

import json
import logging
from typing import Any

import msgspec
import pytest

from dossiers.text.kept_ids import IdForm, KeptIds
from dossiers.text.keyed import KEY_BYTES, Keyed
from dossiers.wire import topics
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import Activate, Tick, encode_event
from dossiers.wire.reference import Reference, content_hash
from streams.partition.dead_letters import payload_of
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output

NOW = 1_790_000_000_000
TEXTS = [
    "Nguyễn Thị Đánh-Dấu", "Nguyen Thi Danh Dau", "0912 345 678", "0912345678", "HS-0912345678",
    "+84912345678", "079099012345", "a@b.vn", "a(at)b", "\uff10\uff19\uff11\uff12345678",
    "12 Lê Lợi",
]  # fmt: skip
NUMBERS = [912345678, 84912345678, 79099012345, 96199012345, -912345678, 0.912345678]
EVENT: dict[str, Any] = {
    "kind": "progressed", "event_id": "e", "dossier_id": "d", "occurred_at": NOW - 5,
    "received_at": NOW, "source": "s", "source_seq": 3, "unit": "u", "officer": "o",
    "responsible": "r", "step": "s", "dossier_received_at": NOW, "backfill": False, "madonvi": "m",
    "carried": 5, "procedure": "1.004194", "due_at": NOW, "limit": {"amount": 1, "unit": "days"},
    "status": 9, "reason": "extension", "target": "t", "owner": "m", "now": NOW, "hash": "f" * 64,
    "since": 0, "officer_name": "x", "content": {"status": 4, "supplements": [{"id": "1"}]},
}  # fmt: skip


def put_aside(key: bytes | None, value: bytes | None) -> tuple[list[Output], DeadLetter]:
    """What a live timeline's partition makes of a record that it cannot take."""
    reference = Reference()
    engine = PartitionEngine(
        "00000000-0000-0000-0000-000000000001", 3, lambda _: reference, lambda _: 0, 1,
        form=IdForm(),
    )  # fmt: skip
    engine.restore({}.items())
    activated = encode_event(Activate(hash=content_hash(reference), since=0))
    outputs = engine.process(
        [(0, None, activated), (1, None, encode_event(Tick(now=NOW))), (2, key, value)]
    )
    [output] = [each for each in outputs if each.topic == topics.DEAD_LETTERS]
    return outputs, msgspec.json.decode(output.value or b"", type=DeadLetter)


def says(outputs: list[Output], mark: object) -> bool:
    forms = {str(mark), json.dumps(mark).strip('"'), str(mark).replace(" ", "")}
    texts = [each.key.decode() + (each.value or b"").decode() for each in outputs]
    return any(form in text for form in forms for text in texts)


@pytest.mark.parametrize("mark", [*TEXTS, *NUMBERS], ids=repr)
def test_whatever_stands_in_a_field_is_not_repeated(
    mark: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    faults: list[dict[str, Any]] = [
        {}, {"occurred_at": "soon"}, {"occurred_at": 1}, {"source_seq": []},
    ]  # fmt: skip
    # Not the key that it should be; a number of 11 digits is one of JSON only.
    key = f"{mark} ".encode() if isinstance(mark, str) else b"another"
    for name in EVENT:
        for broken in faults:
            for planted in (mark, [mark], {"amount": mark, str(mark): mark}):
                record = {**EVENT, **broken, name: planted, str(mark): mark}
                value = json.dumps(record, ensure_ascii=False).encode()
                outputs, _ = put_aside(key, value)
                assert not says(outputs, mark), (name, planted)
    for value in (str(mark).encode(), json.dumps([mark]).encode(), json.dumps(mark).encode()):
        outputs, letter = put_aside(key, value)
        assert not says(outputs, mark)
        assert letter.payload == f"{len(value)} bytes"
    assert str(mark) not in caplog.text


def test_what_may_be_kept_is_and_the_rest_is_described() -> None:
    hashed = KeptIds(Keyed(bytes(KEY_BYTES))).kept("0912345678")
    record = {**EVENT, "dossier_id": hashed, "unit": "Phòng Tư pháp", "event_id": "H29-1/é"}
    _, letter = put_aside(b"another", json.dumps(record).encode())
    assert (letter.reason, letter.key, letter.source) == ("key_mismatch", "another", "s")
    kept = json.loads(letter.payload)
    assert kept["dossier_id"] == hashed
    assert kept["event_id"] == "H29-1/é"
    assert kept["unit"] == "(text of 13 characters)"
    assert kept["limit"] == "(object of 2 fields)"
    assert (kept["occurred_at"], kept["source_seq"], kept["kind"]) == (NOW - 5, 3, "progressed")
    assert not {"officer_name", "content"} & kept.keys()


def test_two_keys_that_are_not_kept_stay_two() -> None:
    """By its key a dead letter is told from one that was sent again."""
    _, one = put_aside("Lê An".encode(), b"{}")
    assert one.key == "(text of 5 characters, record 3-2)"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"occurred_at": "0912345678"}, "not an event of the wire format: look at $.occurred_at"),
        ({"kind": "Lê An"}, "not an event of the wire format: look at $.kind"),
        ({"kind": "snapshot", "content": {"supplements": [{"id": 5}]}},
         "not an event of the wire format: look at $.content.supplements[0].id"),
        ({"occurred_at": 79099012345}, "occurred_at is outside the years 2000 to 2068"),
        ({"occurred_at": NOW + 10**9}, "occurred_at is more than a day after now"),
        ({"kind": "snapshot", "content": {"status": 77}}, "content.status must be 1 to 10"),
    ],
)  # fmt: skip
def test_a_reason_names_the_place(changed: dict[str, Any], said: str) -> None:
    _, letter = put_aside(b"d", json.dumps({**EVENT, **changed}).encode())
    assert letter.detail.startswith(said)


def test_in_a_replay_ids_are_kept_as_they_came() -> None:
    value = json.dumps({**EVENT, "event_id": "Hồ sơ 0912345678"}).encode()
    assert "Hồ sơ 0912345678" in payload_of(value)
    assert "0912345678" not in payload_of(value, IdForm())
