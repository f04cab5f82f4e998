"""Every scalar from outside has a limit that is looked at before anything parses it."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from dossiers.text.identity import identity
from dossiers.time.day_table import EARLIEST
from dossiers.wire.events import AnyDossierEvent, encode_event
from sources.importer.check import Checker, clean_name
from sources.importer.rows import MAX_NAME, LogRow
from sources.mapping import ROLES, Columns, Mapping
from sources.portal.envelope import Batch, read_envelope
from sources.portal.json_body import EnvelopeError
from sources.portal.plain import read_events
from streams.partition.intake import Refusal, read_event
from tests.sources.portal.payloads import DOSSIER, NOW, PROGRESS, envelope

SMALL, LARGE = 20_000, 80_000  # n² steps of the larger one would take minutes
NOISE = 0.02  # s
LONG: dict[str, Callable[[int], str]] = {
    "blanks within a date": lambda n: "2026-01-01" + " " * n + "x",
    "digits": lambda n: "9" * n,
    "zeros": lambda n: "0" * n,
    "blanks": lambda n: " " * n,
    "marks out of order": lambda n: "a" + "\u0301\u0323" * (n // 2),
    "nothing to be seen": lambda n: "H1" + "\u200b" * n,
    "no-break blanks": lambda n: "\u00a0" * n + "H1",
    "a number by groups": lambda n: "0912 345" * (n // 8),
    "names": lambda n: "Lê " * (n // 3),
}
EVENT: dict[str, Any] = {
    "kind": "progressed", "event_id": "e", "dossier_id": "d", "occurred_at": NOW, "unit": "u",
    "officer": "o", "responsible": "r", "step": "s", "officer_name": "An",
}  # fmt: skip
SHOWN: dict[str, Any] = {
    "kind": "snapshot", "event_id": "e", "dossier_id": "d", "occurred_at": NOW,
    "content": {"procedure": "p", "supplements": [{"id": "1"}]},
}  # fmt: skip
VOIDED: dict[str, Any] = {
    "kind": "voided", "event_id": "e", "dossier_id": "d", "occurred_at": NOW, "target": "t",
}  # fmt: skip


def portal(record: Any, service: str = "DongBoHoSoMC") -> Batch:
    return enveloped(envelope(record, service=service))


def enveloped(whole: dict[str, Any]) -> Batch:
    return read_envelope(msgspec.json.encode(whole)).read(NOW, itertools.count())


def plain(event: Any) -> Batch:
    return read_events(msgspec.json.encode([event]), "sender", NOW, itertools.count())


Read = Callable[[Any], Batch]


def replaced(read: Read, record: dict[str, Any], name: str) -> Read:
    """Reads ``record`` with something else in one of its fields."""

    def reads(value: Any) -> Batch:
        return read({**record, name: value})

    return reads


def progress(record: Any) -> Batch:
    return portal(record, "CapNhatTienDoHoSoMC")


def cases() -> Iterator[tuple[str, Read]]:
    """(field, what reads a record that has something else there)."""
    for name in DOSSIER:
        if name != "DanhSachHoSoBoSung":
            yield name, replaced(portal, DOSSIER, name)
    for name in DOSSIER["DanhSachHoSoBoSung"][0]:
        yield (
            f"supplement {name}",
            replaced(lambda own: portal({**DOSSIER, "DanhSachHoSoBoSung": [own]}), {}, name),
        )
    for name in PROGRESS:
        yield f"progress {name}", replaced(progress, PROGRESS, name)
    whole = envelope(DOSSIER)
    for name in ("madonvi", "service", "ThoiDiemDongBo", "session"):
        yield f"envelope {name}", replaced(enveloped, whole, name)
    for kind, event in (("event", EVENT), ("snapshot", SHOWN), ("voided", VOIDED)):
        for name in event:
            if name != "content":
                yield f"{kind} {name}", replaced(plain, event, name)
    yield "procedure", replaced(lambda own: plain({**SHOWN, "content": own}), {}, "procedure")
    yield (
        "supplement id",
        replaced(lambda own: plain({**SHOWN, "content": {"supplements": [own]}}), {}, "id"),
    )


CASES = list(cases())


def taken(read: Callable[[Any], Any], value: Any) -> tuple[float, Any]:
    """CPU seconds, and what was read; an envelope may be refused as a whole."""
    begin = time.process_time()
    batch = None
    with contextlib.suppress(EnvelopeError):
        batch = read(value)
    return time.process_time() - begin, batch


def is_slow(read: Callable[[Any], Any], make: Callable[[int], str]) -> bool:
    small, large = make(SMALL), make(LARGE)
    for _ in range(4):  # a busy machine makes a single try slow
        seconds = taken(read, large)[0]
        if seconds < NOISE or seconds < 8 * taken(read, small)[0]:
            return False
    return True


@pytest.mark.parametrize(("field", "read"), CASES, ids=[field for field, _ in CASES])
def test_no_field_of_a_payload_costs_more_than_its_length(
    field: str, read: Callable[[Any], Batch]
) -> None:
    for what, make in LONG.items():
        assert not is_slow(read, make), what
        _, batch = taken(read, make(LARGE))
        for event in batch.events if batch is not None else ():
            assert longest(event) <= 200, f"{what} in {field} travels on"


@pytest.mark.parametrize(("field", "read"), CASES, ids=[field for field, _ in CASES])
@pytest.mark.parametrize("value", [10**400, -(10**400), 2**63, -1, 1e308, True, [[]], {"a": {}}])
def test_a_number_beyond_measure_is_refused_or_passed_over(
    field: str, read: Callable[[Any], Batch], value: Any
) -> None:
    _, batch = taken(read, value)
    for event in batch.events if batch is not None else ():
        assert "0" * 20 not in encode_event(event).decode()
        with contextlib.suppress(Refusal):
            read_event(event.dossier_id.encode(), encode_event(event), 0)


def longest(event: AnyDossierEvent) -> int:
    def within(value: Any) -> int:
        if isinstance(value, dict):
            return max(map(within, value.values()), default=0)
        if isinstance(value, list | tuple):
            return max(map(within, value), default=0)
        return len(value) if isinstance(value, str) else 0

    return within(msgspec.to_builtins(event))


DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    "body",
    [DEEP, b'{"data":' + DEEP, b'{"service":"DongBoHoSoMC","madonvi":"u","data":' + DEEP * 2,
     b'{"service":"DongBoHoSoMC","madonvi":"u","data":"' + DEEP + b'"}',
     b'{"events":' + DEEP, b'{"a":' * 50_000, b"[1" + b"0" * 100_000 + b"]", b"[1e" + b"9" * 99]
)  # fmt: skip
def test_deep_nesting_and_long_numbers_end_in_a_sentence(body: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read_envelope(body, "DongBoHoSoMC", "u").read(NOW, itertools.count())
    with pytest.raises(EnvelopeError):
        read_events(body, "s", NOW, itertools.count())


COLUMNS: dict[str, str] = {role: role for role in ROLES}
CHECKER = Checker(Mapping(columns=Columns(**COLUMNS)), "log.csv", NOW)
VALUES = [
    "d",
    "step",
    "2026-10-01",
    "An",
    "Lan",
    "u",
    "2026-10-01",
    "2026-10-09",
    "2026-10-05",
    "complete",
]


@pytest.mark.parametrize("place", range(len(ROLES)), ids=ROLES)
def test_no_field_of_an_event_log_costs_more_than_its_length(place: int) -> None:
    def read(value: str) -> Any:
        return CHECKER.check(LogRow(1, 2, [*VALUES[:place], value, *VALUES[place + 1 :]], b""))

    for what, make in LONG.items():
        assert not is_slow(read, make), what
        _, (entry, letter) = taken(read, make(LARGE))
        if entry is not None:
            assert max(len(part) for part in entry if isinstance(part, str)) <= MAX_NAME
            assert min(at for at in (entry.received, entry.due) if at is not None) >= EARLIEST
        if letter is not None:
            assert len(letter.detail) < 1_000
            assert len(letter.payload) <= 4_000


@pytest.mark.parametrize("text", ["a\x01\u0301", " \u200bLê\u00a0An\x7f", "\u2028", "An\tB "])
def test_names_of_an_event_log_are_as_the_worker_reads_them(text: str) -> None:
    name = clean_name(text)
    assert identity(name) == name
    assert clean_name(name) == name
