"""An id means the same at every door and in the worker behind them."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.text.identity import identity
from dossiers.text.ids import MAX_ID, IdFault, checked_id, is_id
from dossiers.wire.events import AnyDossierEvent, Finished, Voided, encode_event
from dunghen.ingest.files import read_line
from sources.importer.check import Checker
from sources.importer.rows import LogRow
from sources.mapping import ROLES, Columns, Mapping
from sources.portal.envelope import Batch, read_envelope
from sources.portal.plain import read_events
from streams.partition.intake import Refusal, read_event

NOW = 1_791_000_000_000
NFC, NFD = "Đơn-Ậ1", unicodedata.normalize("NFD", "Đơn-Ậ1")
RECORD = {"NgayTiepNhan": "20261001093000", "TrangThaiHoSo": "4"}


def payload(id_: str) -> bytes:
    data = [{**RECORD, "MaHoSo": id_}]
    return msgspec.json.encode({"service": "DongBoHoSoMC", "madonvi": "u", "data": data})


def by_portal(id_: str) -> Batch:
    return read_envelope(payload(id_)).read(NOW, itertools.count())


def by_file(id_: str) -> Batch:
    return read_line(msgspec.json.encode({**RECORD, "MaHoSo": id_}), "u", itertools.count())


def plain(**ids: str) -> Batch:
    event = {"kind": "voided", "event_id": "e", "dossier_id": "d", "target": "t"}
    body = msgspec.json.encode({"events": [{**event, "occurred_at": NOW, **ids}]})
    return read_events(body, "sender", NOW, itertools.count())


DOORS: dict[str, Callable[[str], tuple[Batch, str]]] = {
    "portal": lambda id_: (by_portal(id_), "dossier_id"),
    "file": lambda id_: (by_file(id_), "dossier_id"),
    "events, dossier": lambda id_: (plain(dossier_id=id_), "dossier_id"),
    "events, event": lambda id_: (plain(event_id=id_), "event_id"),
    "events, target": lambda id_: (plain(target=id_), "target"),
}


ALL = [*DOORS, "importer"]


def at_door(door: str, id_: str) -> str | None:
    """The id that the door makes of ``id_``; None where it refuses the record, with a reason."""
    if door == "importer":
        return at_importer(id_)
    batch, name = DOORS[door](id_)
    if batch.refused:
        assert not batch.events
        assert batch.refused[0].reason
        return None
    (event,) = batch.events
    assert takes(event), "what a door takes, the worker takes"
    return str(getattr(event, name))


MAPPING = Mapping(columns=Columns(dossier="id", activity="step", time="at"))
CHECKER = Checker(MAPPING, "log.csv", NOW)


def at_importer(id_: str) -> str | None:
    """As ``at_door``, for a row of an event log."""
    row = {"dossier": id_, "activity": "step", "time": "2026-10-01"}
    values = [row.get(role, "") for role in ROLES]
    entry, letter = CHECKER.check(LogRow(1, 2, values, b""))
    assert (entry is None) == (letter is not None)
    if entry is None:
        return None
    assert worker_takes(entry.dossier, "dossier_id"), "what a door takes, the worker takes"
    return entry.dossier


def takes(event: AnyDossierEvent) -> bool:
    try:
        read_event(event.dossier_id.encode(), encode_event(event), 0)
    except Refusal:
        return False
    return True


def worker_takes(id_: str, name: str) -> bool:
    event = Voided(
        event_id="e", dossier_id="d", target="t", occurred_at=NOW, received_at=NOW, source="s"
    )
    return takes(msgspec.structs.replace(event, **{name: id_}))


TABLE: list[tuple[str, str | None]] = [
    ("H29-261001-0001", "H29-261001-0001"),
    (NFC, NFC),
    (NFD, NFC),
    (" H1 ", "H1"),
    ("H\u200b1\ufeff", "H1"),
    ("\u00a0H1\u3000", "H1"),
    ("x" * MAX_ID, "x" * MAX_ID),
    ("ậ" * MAX_ID, "ậ" * MAX_ID),
    (unicodedata.normalize("NFD", "ậ" * MAX_ID), "ậ" * MAX_ID),
    ("x" * (MAX_ID + 1), None),
    ("H1" + " " * 50_000, None),
    ("\u0301\u0323" * 50_000, None),
    ("", None),
    (" \u200b", None),
    ("H\x00", None),
    ("H\x7f1", None),
    ("H\u20281", None),
    ("H\ue000", None),
    ("H\n1", None),
]


@pytest.mark.parametrize(("given", "expected"), TABLE, ids=range(len(TABLE)))
@pytest.mark.parametrize("door", ALL)
def test_every_door_makes_the_same_of_an_id(door: str, given: str, expected: str | None) -> None:
    assert at_door(door, given) == expected


@pytest.mark.parametrize(("given", "expected"), TABLE, ids=range(len(TABLE)))
@pytest.mark.parametrize("name", ["dossier_id", "event_id", "target"])
def test_the_worker_takes_ids_as_doors_make_them(
    name: str, given: str, expected: str | None
) -> None:
    assert worker_takes(given, name) == (given == expected)


TEXTS = st.text(
    st.one_of(
        st.sampled_from("aA1-./_:#@ àậ\u0302\u0323\u200b\u00a0\u2028\x00\x7f"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=12,
) | st.builds(str.__mul__, st.sampled_from("xậ\u200b "), st.integers(190, 1_100))


@pytest.mark.parametrize("door", ALL)
@given(text=TEXTS)
def test_a_door_refuses_what_no_spelling_of_an_id_is_and_nothing_else(door: str, text: str) -> None:
    made = at_door(door, text)
    right = identity(text)
    private = "@" in right or any(map(str.isspace, right))  # may be a person's name or address
    if made is None:
        no_value = door == "importer" and right in MAPPING.missing_values
        assert (
            no_value
            or (private and door != "importer")
            or not is_id(right)
            or len(text) > 5 * MAX_ID
        )
    else:
        assert made == right


@given(TEXTS)
def test_the_one_check_and_its_quick_form_agree(text: str) -> None:
    try:
        found = checked_id(text)
    except IdFault:
        found = ""
    assert is_id(found) == bool(found)
    assert is_id(text) == (found == text != "")


def test_a_reason_says_what_is_wrong_and_not_with_what() -> None:
    batch = by_portal("Nguyễn\x00Thị\x7fMật")
    assert batch.refused[0].reason.startswith("MaHoSo holds a control character")
    event = Finished(event_id=NFD, dossier_id="d", occurred_at=NOW, received_at=NOW, source="s")
    with pytest.raises(Refusal, match="event_id is not in its identity form") as caught:
        read_event(b"d", encode_event(event), 0)
    assert NFD not in str(caught.value)
