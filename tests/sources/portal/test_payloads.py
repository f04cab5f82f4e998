"""Payloads become events: every spelling, every trap, and no personal data."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest

from dossiers.wire.events import Progressed, Snapshot, encode_event
from dossiers.wire.reference import Procedure, Reference, Step
from sources.portal.dates import parse_date
from sources.portal.envelope import read_envelope
from sources.portal.plain import read_events
from sources.portal.steps import KnownSteps
from tests.sources.portal.payloads import (
    DOSSIER,
    MAIL,
    MARKS,
    NAME,
    NOW,
    NUMBER,
    PROGRESS,
    envelope,
)
from tests.sources.portal.reading import ms, read


@pytest.mark.parametrize(
    "text",
    ["20261008093000", "2026-10-08 09:30:00", "2026-10-08T09:30:00", "2026-10-08T09:30:00.000",
     "2026-10-08T02:30:00Z", "2026-10-08T09:30:00+07:00", "08/10/2026 09:30:00", "202610080930",
     " 20261008093000 ", 20261008093000],
)  # fmt: skip
def test_every_spelling_of_a_date_is_the_same_instant(text: object) -> None:
    assert parse_date(text) == ms(2026, 10, 8, 9, 30)


@pytest.mark.parametrize(
    "text",
    [None, "", "  ", "null", "0", "00000000000000", "0001-01-01T00:00:00", "00010101000000",
     "1900-01-01 00:00:00", "01/01/0001 00:00:00", False, 0,
     # Zero of Unix times, as clocks in Vietnam show it by the zone of now and by that of 1970.
     "1970-01-01T07:00:00", "1970-01-01 08:00:00", "1970-01-01T00:00:00Z", "19700101070000",
     19700101070000, "197001010700", "19700101", "1970-01-01", "1970-01-01T07:00:00.000",
     "1970-01-01T07:00:00+07:00", "01/01/1970 07:00:00", "01/01/1970", " 1970-01-01T07:00:00 ",
     "1969-12-31T19:00:00-05:00",
     # The last days of databases and languages.
     "9999-12-31T23:59:59", "9999-12-31", "9999-12-31T23:59:59.9999999", "99991231235959",
     99991231235959, "31/12/9999 23:59:59", "9999-12-31T23:59:59Z", "9999-12-31 23:59:59+07:00",
     "2079-06-06 23:59:00", "2038-01-19T03:14:07Z", "20380119101407", "30/12/1899 00:00:00",
     "1601-01-01T07:00:00"],
)  # fmt: skip
def test_what_systems_write_for_no_date_is_none(text: object) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text",
    ["20261308000000", "tomorrow", "2026-02-30", "99981231235959", "13/13/2026", 12.5, ["x"], {},
     True, "2026100809300", -20261008093000, 10**400, "2026-10-08" + " " * 60, "9" * 10_000],
)  # fmt: skip
def test_what_is_no_date_is_refused_without_repeating_it(text: object) -> None:
    with pytest.raises(ValueError, match=r"is (no|a) ") as caught:
        parse_date(text)
    assert str(text) not in str(caught.value)


def test_a_dossier_becomes_a_snapshot() -> None:
    (event,) = read(envelope(DOSSIER)).events
    assert isinstance(event, Snapshot)
    content = event.content
    assert (event.dossier_id, event.unit) == ("000.00.19.H29-261001-0001", "Sở Xây dựng")
    assert (event.occurred_at, event.source) == (NOW, "portal:H29.19")
    assert (content.procedure, content.status, content.channel) == ("1.004194.000.00.00.H29", 5, 2)
    assert content.accepted_at == ms(2026, 10, 1, 9, 30)
    assert content.due_at == ms(2026, 10, 8)
    (supplement,) = content.supplements
    assert (supplement.id, supplement.requested_at) == ("17", ms(2026, 10, 2, 10, 15))


def test_progress_keeps_the_officer_and_drops_what_was_done() -> None:
    batch = read(envelope(PROGRESS, service="CapNhatTienDoHoSoMC"))
    (event,) = batch.events
    assert isinstance(event, Progressed)
    assert (event.officer_name, event.until) == ("Lê Văn An", True)
    assert event.occurred_at == ms(2026, 10, 1, 14, 30)
    assert b"Chuy" not in encode_event(event)
    again = read(envelope(PROGRESS, service="CapNhatTienDoHoSoMC"), now=NOW + 60_000)
    assert again.events[0].event_id == event.event_id
    assert (event.step, event.began_at, event.step_due_at) == ("", None, ms(2026, 10, 8))
    assert batch.unread == [(0, event.dossier_id, "NoiDungXuLy")], "not known: it does not travel"


_STEP = Step(id="td", name="Thẩm định", hours=8, aliases=("xem xét",))


REFERENCE = Reference(procedures=(Procedure(id="p", name="P", steps=(_STEP,)),))


STEPS = KnownSteps()
STEPS.refer([REFERENCE])


@pytest.mark.parametrize(
    ("text", "step"),
    [("td", "td"), ("TD", "td"), (" thẩm  ĐỊNH ", "Thẩm định"), ("Xem xét", "xem xét"),
     ("Thẩm định hồ sơ của ông Đánh-Dấu", ""), ("x" * 2_000, ""), (5, ""), (None, ""),
     (["td"], "")],
)  # fmt: skip
def test_progress_names_a_step_only_as_the_reference_data_do(text: Any, step: str) -> None:
    record = {**PROGRESS, "NoiDungXuLy": text, "NgayBatDau": "2026-10-01 08:00:00"}
    body = msgspec.json.encode(envelope(record, service="CapNhatTienDoHoSoMC"))
    batch = read_envelope(body).read(NOW, itertools.count(), steps=STEPS)
    (event,) = batch.events
    assert isinstance(event, Progressed)
    assert (event.step, event.began_at) == (step, ms(2026, 10, 1, 8))
    if isinstance(text, str | int):
        assert [name for _, _, name in batch.unread] == ([] if step else ["NoiDungXuLy"])


def test_a_setting_says_where_the_step_stands_and_odd_dates_are_passed_over() -> None:
    named = KnownSteps("TenBuoc")
    named.refer(
        [Reference(procedures=(Procedure(id="p", name="P", steps=(Step(id="td", hours=8),)),))]
    )
    record = {**PROGRESS, "TenBuoc": "td", "NgayBatDau": "079099012345",
              "NgayKetThucTheoQuyDinh": "Nguyễn Thị Đánh-Dấu"}  # fmt: skip
    body = msgspec.json.encode(envelope(record, service="CapNhatTienDoHoSoMC"))
    batch = read_envelope(body).read(NOW, itertools.count(), steps=named)
    (event,) = batch.events
    assert isinstance(event, Progressed)
    assert (event.step, event.began_at, event.step_due_at) == ("td", None, None)
    assert [name for _, _, name in batch.unread] == ["NgayBatDau", "NgayKetThucTheoQuyDinh"]


@pytest.mark.parametrize(
    ("given", "status"),
    [("4", 4), (4, 4), ("04", 4), (10, 10), ("10", 10), (4.0, 4), ("Đang xử lý", 4), ("", None)],
)
def test_statuses_are_numbers_texts_or_names(given: object, status: int | None) -> None:
    batch = read(envelope({**DOSSIER, "TrangThaiHoSo": given}))
    assert isinstance(batch.events[0], Snapshot)
    assert batch.events[0].content.status == status
    assert batch.unread == []


def test_a_status_that_cannot_be_read_is_told() -> None:
    batch = read(envelope({**DOSSIER, "TrangThaiHoSo": "77"}))
    assert batch.unread == [(0, DOSSIER["MaHoSo"], "TrangThaiHoSo")]


def test_a_batch_is_taken_in_part_with_a_reason_for_each_refused_record() -> None:
    batch = read(
        envelope(
            DOSSIER,
            {**DOSSIER, "MaHoSo": ""},
            {**DOSSIER, "NgayHenTra": "soon"},
            "no record",
            {**DOSSIER, "NgayTiepNhan": "20280101000000"},
            {**DOSSIER, "MaHoSo": "x@y.vn"},
        )
    )
    assert len(batch.events) == 1
    told = [(r.index, r.dossier != "", r.reason.split()[0]) for r in batch.refused]
    assert told == [(1, False, "MaHoSo"), (2, True, "NgayHenTra"), (3, False, "the"),
                    (4, True, "NgayTiepNhan"), (5, False, "MaHoSo")]  # fmt: skip


def test_one_record_and_records_within_a_text_are_taken() -> None:
    assert len(read({**envelope(), "data": DOSSIER}).events) == 1
    text = msgspec.json.encode([DOSSIER]).decode()
    assert len(read({**envelope(), "data": text}).events) == 1


def test_a_sender_may_say_when_it_made_the_snapshot() -> None:
    at = "2026-10-03 10:00:00"
    (event,) = read(envelope(DOSSIER, ThoiDiemDongBo=at)).events
    assert event.occurred_at == ms(2026, 10, 3, 10)
    (again,) = read(envelope(DOSSIER, ThoiDiemDongBo=at), now=NOW + 1).events
    assert again.event_id == event.event_id


@pytest.mark.parametrize(
    ("kind", "status"),
    [("suspended", 4), ("suspended", 9), ("suspended", 10), ("suspended", "5"), ("suspended", True),
     ("finished", 8), ("finished", 912_345_678)],
)  # fmt: skip
def test_only_5_6_and_8_stop_the_clock(kind: str, status: Any) -> None:
    event = {"kind": kind, "event_id": "e1", "dossier_id": "d1", "occurred_at": NOW - 1}
    good = {"suspended": (5, 6, 8), "finished": (9, 10)}[kind]
    body = {"events": [{**event, "status": n} for n in (*good, status)]}
    batch = read_events(msgspec.json.encode(body), "sxd", NOW, itertools.count())
    assert len(batch.events) == len(good)
    (refused,) = batch.refused
    assert refused.reason.startswith(f"status of {kind} is not")
    assert str(912_345_678) not in refused.reason


def test_plain_events_are_the_senders_own() -> None:
    event = {"kind": "finished", "event_id": "e1", "dossier_id": "d1", "occurred_at": NOW - 1,
             "received_at": 5, "source": "somebody else", "ChuHoSo": NAME}  # fmt: skip
    wrong: list[Any] = [
        {**event, "kind": NAME},
        {**event, "kind": "tick"},
        {**event, "occurred_at": NOW + 2 * 86_400_000},
        {**event, "occurred_at": NAME},
        {**event, "officer": MAIL},
        {**event, "dossier_id": "a b"},
        {**event, "kind": "restored", "facts": []},
        {**event, "kind": "snapshot", "content": {"supplements": [{"id": NUMBER}]}},
        NAME,
    ]
    body = msgspec.json.encode({"events": [event, *wrong]})
    batch = read_events(body, "sxd", NOW, itertools.count())
    (taken,) = batch.events
    assert (taken.source, taken.received_at) == ("sxd", NOW)
    assert [r.index for r in batch.refused] == list(range(1, len(wrong) + 1))
    said = " ".join(r.reason for r in batch.refused) + encode_event(taken).decode()
    assert not any(mark in said for mark in MARKS)
