"""Persons' numbers and addresses among names: none passes, none is noted."""

from __future__ import annotations

import itertools
import unicodedata

import msgspec
import pytest

from dossiers.wire.events import encode_event
from sources.portal.envelope import read_envelope
from sources.portal.name_admission import NameAdmission
from sources.portal.plain import read_events
from tests.sources.portal.admitting import Noted, door, hashed, plain, portal
from tests.sources.portal.payloads import DOSSIER, NOW, PROGRESS, envelope


def test_a_code_that_is_a_persons_number_passes_only_where_it_is_known() -> None:
    (event,) = plain(door(), officer="0912345678").events
    assert event.officer == "0912345678"
    (refused,) = plain(door(), officer="0987654321").refused
    assert "number" in refused.reason
    batch = portal({**DOSSIER, "MaTTHC": "0987654321"}, door())
    assert [name for _, _, name in batch.unread] == ["MaTTHC"]


@pytest.mark.parametrize(
    "text",
    [
        "0912 345 678",
        "(0912) 345.678",
        "\N{FULLWIDTH DIGIT ZERO}９１２３４５６７８",
        "079.099.012.345",
        "Phòng 0 912-345-678",
        "0·7·9·0·9·9·0·1·2·3·4·5",
        "[079] 099 012 345",
        "+84 912 345 678",
    ],
)
def test_numbers_in_free_text_are_not_even_noted(text: str) -> None:
    noted = Noted()
    for batch in (
        portal({**DOSSIER, "DonViXuLy": text}, door(noted=noted)),
        portal({**PROGRESS, "NguoiXuLy": text}, door(noted=noted)),
        plain(door(noted=noted), unit=text),
    ):
        digits = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdecimal())
        for event in batch.events:
            assert digits not in encode_event(event).decode()
            assert text not in encode_event(event).decode()
        assert batch.unread or batch.refused
    assert not [entry for entry in noted.found if any(c.isdecimal() for c in entry[1])
                and entry[1] not in ("H29.19", DOSSIER["MaTTHC"])]  # fmt: skip


@pytest.mark.parametrize("names", [None, door()], ids=["all pass", "known ones pass"])
@pytest.mark.parametrize(
    "text",
    [
        "0912 34 56 78",
        "(0912) 345 678",
        "+84 912 345 678",
        "0.912.345.678",
        "09-12-34-56-78",
        "Phòng \u2070\u2079\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078",
        "tổ 079/099/012345",
        "\u0660\u0669\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
        "an＠vidu.vn",
        "an﹫vidu.vn",
    ],
)
def test_numbers_and_addresses_pass_nowhere_however_they_are_written(
    text: str, names: NameAdmission | None
) -> None:
    body = msgspec.json.encode(envelope({**DOSSIER, "DonViXuLy": text, "MaTTHC": text}))
    batch = read_envelope(body).read(NOW, itertools.count(), names=names)
    assert {name for _, _, name in batch.unread} == {"DonViXuLy", "MaTTHC"}
    body = msgspec.json.encode(envelope({**PROGRESS, "NguoiXuLy": text},
                                        service="CapNhatTienDoHoSoMC"))  # fmt: skip
    batch = read_envelope(body).read(NOW, itertools.count(), names=names)
    assert "NguoiXuLy" in {name for _, _, name in batch.unread}
    for field in ("unit", "officer", "responsible", "step", "officer_name"):
        event = {"kind": "progressed", "event_id": "e", "dossier_id": "d", "occurred_at": NOW}
        batch = read_events(
            msgspec.json.encode([{**event, field: text}]), "s", NOW, itertools.count(), names=names
        )
        assert [refused.reason.split()[0] for refused in batch.refused] == [field]


@pytest.mark.parametrize("text", ["0912-345-678", "079.099.012.345", "Phòng0912345678"])
def test_a_madonvi_that_may_be_a_number_is_hashed_and_stands_in_no_list(text: str) -> None:
    noted = Noted()
    (event,) = portal({**DOSSIER, "DonViXuLy": ""}, door(noted=noted), madonvi=text).events
    assert event.unit == hashed("unit", text)
    assert text not in encode_event(event).decode()
    assert text not in [entry for _, entry, _ in noted.found]
