"""Whoever reads the topic sees names in their identity form."""

from __future__ import annotations

import unicodedata
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dossiers.text.identity import identity
from dossiers.wire.archived import ArchivedFact
from dossiers.wire.events import Progressed, Restored, Snapshot, decode_event, encode_event
from dossiers.wire.facts import Content

COMMON: dict[str, Any] = {
    "event_id": "e", "dossier_id": "d", "occurred_at": 1, "received_at": 1, "source": "s",
}  # fmt: skip
NAMES = ("unit", "officer", "responsible", "step", "officer_name")
TEXTS = st.text(st.sampled_from('ab ậàĐ\u0302\u0323\u200b\u00a0\t\\"'), max_size=8)


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, TEXTS)), st.sampled_from(["", " "]))
def test_names_come_in_their_identity_form(texts: dict[str, str], blank: str) -> None:
    value = encode_event(msgspec.structs.replace(Progressed(**COMMON), **texts))
    spaced = value.replace(b'":', f'"{blank}:{blank}'.encode())
    event = decode_event(spaced)
    assert isinstance(event, Progressed)
    assert {name: getattr(event, name) for name in NAMES} == {
        name: identity(text) for name, text in texts.items()
    }


def test_an_escaped_or_blank_edged_name_in_ascii_is_seen() -> None:
    value = encode_event(Progressed(**COMMON, officer="An"))
    for written in (b'"An\\u200b"', b'" An"', b'"An\\t"', b'"\\u0041n"'):
        event = decode_event(value.replace(b'"An"', written))
        assert isinstance(event, Progressed)
        assert event.officer == "An"


def test_snapshots_and_restored_facts_too() -> None:
    spelled = unicodedata.normalize("NFD", "Thủ tục\u00a0Ậ")
    shown = decode_event(encode_event(Snapshot(**COMMON, content=Content(procedure=spelled))))
    assert isinstance(shown, Snapshot)
    assert shown.content.procedure == "Thủ tục Ậ"
    fact = ArchivedFact(1, "s", 0, "e0", "progressed", 1, officer=spelled, text=spelled)
    restored = decode_event(encode_event(Restored(**COMMON, facts=(fact,))))
    assert isinstance(restored, Restored)
    assert (restored.facts[0].officer, restored.facts[0].text) == ("Thủ tục Ậ", "Thủ tục Ậ")


def test_an_event_in_identity_form_is_what_was_sent() -> None:
    event = Progressed(**COMMON, officer="Trần Đức Ất", step="Thẩm định", unit="Sở Xây dựng")
    assert decode_event(encode_event(event)) == event
    assert msgspec.json.decode(encode_event(event))["officer"] == "Trần Đức Ất"
