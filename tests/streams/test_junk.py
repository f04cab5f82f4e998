"""No record of any topic stops the worker: what nobody of ours wrote is skipped and counted."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import pytest

from dossiers.text.ids import MAX_ID
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import Activate, Progressed, Received, Tick, encode_event
from dossiers.wire.keys import POSITION_KEY
from dossiers.wire.records import DossierRecord, Position
from dossiers.wire.reference import Reference, content_hash, encode_reference, read_under
from dossiers.wire.topics import DEAD_LETTERS, DOSSIERS
from streams.partition.changelog import epoch_after, fault_of
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output
from streams.partition.reference_versions import MOST_ACTIVATIONS, ReferenceVersions
from tests.support import junk

NOW = 1_790_000_000_000
LIMIT = 8 * 1024 * 1024
KNOWN = Reference(calendar=CalendarSpec(kind="24x7"))
HASH = content_hash(KNOWN)


def reference_of(hash_: str) -> Reference:
    if hash_ != HASH:
        raise LookupError("topic reference has no such reference data")
    return KNOWN


def engine() -> PartitionEngine:
    made = PartitionEngine(junk.TIMELINE, 0, reference_of, lambda _: 0, 1)
    made.restore([])
    return made


def event(kind: type[Any], number: int, **fields: Any) -> bytes:
    common = {
        "event_id": f"e{number}", "dossier_id": "d", "occurred_at": NOW + number,
        "received_at": NOW, "source": "s", "unit": "u",
    }  # fmt: skip
    return encode_event(kind(**{**common, **fields}))


def begun(made: PartitionEngine) -> None:
    made.process(
        [
            (0, None, encode_event(Activate(hash=HASH, since=0))),
            (1, None, encode_event(Tick(now=NOW))),
            (2, b"d", event(Received, 0)),
        ]
    )


def goes_on(made: PartitionEngine) -> None:
    """One more event of the dossier is folded, and time passes for it."""
    offset = made.state.next_offset
    made.process([(offset, b"d", event(Progressed, 1_000, step="last"))])
    outputs = made.process([(offset + 1, None, encode_event(Tick(now=NOW + 9_999)))])
    assert msgspec.json.decode(made.state.dossiers["d"], type=DossierRecord).course.step == "last"
    assert made.state.now == NOW + 9_999
    assert_fit([*outputs, made.position()])


def assert_fit(outputs: list[Output]) -> None:
    for output in outputs:
        assert len(output.key) + len(output.value or b"") < LIMIT, output.topic


@pytest.mark.parametrize("value", [*junk.ANYWHERE, *junk.EVENTS], ids=lambda v: repr(v)[:60])
@pytest.mark.parametrize("key", [None, b"d", b"\xff", b"k" * 4_000_000], ids=lambda k: repr(k)[:9])
def test_a_record_among_the_events(key: bytes | None, value: bytes | None) -> None:
    made = engine()
    begun(made)
    assert_fit(made.process([(3, key, value)]))
    goes_on(made)


def test_what_is_quoted_is_cut() -> None:
    made = engine()
    begun(made)
    outputs = made.process([(3, None, encode_event(Activate(hash="h" * 50_000, since=0)))])
    (letter,) = [
        msgspec.json.decode(o.value or b"", type=DeadLetter)
        for o in outputs if o.topic == DEAD_LETTERS
    ]  # fmt: skip
    assert letter.reason == "unknown_reference"
    assert len(letter.detail) < 2_001


def test_an_event_that_the_fold_cannot_take_is_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    made = engine()
    begun(made)

    def broken(*_: Any) -> Any:
        raise OverflowError("date value out of range")

    with monkeypatch.context() as patched:
        patched.setattr("streams.partition.judging.fold", broken)
        patched.setattr("streams.partition.judging.extend", broken)
        outputs = made.process(
            [(3, b"d", event(Progressed, 5)), (4, b"new", event(Received, 6, dossier_id="new"))]
        )
    reasons = [
        msgspec.json.decode(o.value or b"", type=DeadLetter).reason
        for o in outputs if o.topic == DEAD_LETTERS
    ]  # fmt: skip
    assert reasons == ["unfoldable", "unfoldable"]
    assert "new" not in made.state.dossiers
    assert made.state.skipped == 2
    goes_on(made)


@pytest.mark.parametrize("hash_", ["absent", "h" * 60_000])
def test_reference_data_that_is_not_there_or_nobody_can_compile(
    hash_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = ReferenceVersions(reference_of)
    at = Position(
        timeline="t", next_offset=1, now=5, reference=HASH, epoch=1,
        activations=((0, HASH), (3, hash_)),
    )  # fmt: skip
    versions.restore(at)
    assert versions.hash == HASH
    assert versions.activations() == ((0, HASH),)

    def broken(*_: Any) -> Any:
        raise KeyError("unit")

    monkeypatch.setattr("streams.partition.reference_versions.Context", broken)
    made = engine()
    begun(made)
    made.process([(3, None, encode_event(Activate(hash=HASH, since=NOW)))])
    assert made.state.dead_letters >= 1
    goes_on(made)


def test_so_many_activations_fit_into_a_position_and_no_more() -> None:
    other = msgspec.structs.replace(KNOWN, timezone="UTC")
    known = {HASH: KNOWN, content_hash(other): other}
    made = PartitionEngine(junk.TIMELINE, 0, known.__getitem__, lambda _: 0, 1)
    made.restore([])
    hashes = list(known)
    records = [
        (n, None, encode_event(Activate(hash=hashes[n % 2], since=NOW + n)))
        for n in range(MOST_ACTIVATIONS + 5)
    ]
    made.process(records)
    assert made.state.dead_letters == 5
    assert len(made.position().value or b"") < LIMIT // 4


@pytest.mark.parametrize(
    "value",
    [v for v in [*junk.ANYWHERE, *junk.STATES] if v is not None],
    ids=lambda v: repr(v)[:60],
)
def test_a_state_that_no_worker_wrote(value: bytes) -> None:
    before = engine()
    begun(before)
    position = before.position().value
    made = engine()
    made.restore([(b"d", before.state.dossiers["d"]), (b"bad", value), (POSITION_KEY, position)])
    goes_on(made)
    made.process([(900, b"bad", event(Progressed, 3, dossier_id="bad", step="good"))])
    assert msgspec.json.decode(made.state.dossiers["bad"], type=DossierRecord).course.step == "good"
    made.process([(901, None, encode_event(Tick(now=NOW + 10**9)))])


def test_a_key_that_is_no_text() -> None:
    made = engine()
    made.restore([(b"\xff\xfe", b"{}")])
    assert list(made.state.unusable) == [b"\xff\xfe"]
    begun(made)
    goes_on(made)


@pytest.mark.parametrize("value", [*junk.ANYWHERE, *junk.POSITIONS], ids=lambda v: repr(v)[:60])
def test_a_position_that_no_worker_wrote(value: bytes | None) -> None:
    good = engine()
    begun(good)
    assert not fault_of(junk.TIMELINE, POSITION_KEY, good.position().value)
    assert fault_of(junk.TIMELINE, POSITION_KEY, value)
    made = engine()
    made.restore([(b"d", good.state.dossiers["d"]), (POSITION_KEY, value)])
    assert list(made.state.unusable) == [POSITION_KEY]


def test_an_epoch_after_all_that_states_tell_of() -> None:
    made = engine()
    begun(made)
    assert epoch_after([*made.state.dossiers.values(), None, b"junk"]) > made.state.epoch


@pytest.mark.parametrize("value", [v for v in [*junk.ANYWHERE, *junk.REFERENCES] if v is not None])
def test_reference_data_is_not_hidden_by_what_cannot_be_read(value: bytes) -> None:
    good = encode_reference(KNOWN)
    assert hashlib.sha256(good).hexdigest() == HASH
    assert read_under(HASH, good, None)
    assert not read_under(HASH, value, good)
    read_under("other", value, None)


def test_ids_fit_as_keys() -> None:
    made = engine()
    begun(made)
    long = "\N{CJK UNIFIED IDEOGRAPH-4E00}" * MAX_ID
    (state, *_) = [
        o for o in made.process([(3, long.encode(), event(Received, 1, dossier_id=long))])
        if o.topic == DOSSIERS
    ]  # fmt: skip
    assert state.key.decode() == long
