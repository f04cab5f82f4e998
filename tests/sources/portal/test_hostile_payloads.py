"""Payloads that are none: they do no more than be refused, and bring no personal data in."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.wire.events import encode_event
from sources.portal.envelope import read_envelope
from sources.portal.json_body import EnvelopeError
from sources.portal.plain import read_events
from tests.sources.portal.payloads import (
    DOSSIER,
    MAIL,
    MARKS,
    NAME,
    NOW,
    NUMBER,
    PROGRESS,
    TRAITS,
    envelope,
    everywhere,
    planted,
)
from tests.sources.portal.reading import read


@pytest.mark.parametrize(
    "payload",
    [[], 1, "x", {}, {"service": "Other", "madonvi": "a", "data": [{}]},
     envelope(), envelope(service="DongBoHoSoMC", madonvi="", ), {**envelope(DOSSIER), "data": 3},
     {**envelope(DOSSIER), "data": "no json"}, {**envelope(DOSSIER), "madonvi": ""}],
)  # fmt: skip
def test_a_payload_that_is_none_is_refused_as_a_whole(payload: Any) -> None:
    with pytest.raises(EnvelopeError):
        read(payload)


@pytest.mark.parametrize("mark", [NAME, NUMBER, MAIL, "0909 123 456"])
@pytest.mark.parametrize(
    ("record", "service"), [(DOSSIER, "DongBoHoSoMC"), (PROGRESS, "CapNhatTienDoHoSoMC")]
)
def test_personal_data_stay_outside(record: dict[str, Any], service: str, mark: str) -> None:
    # Where an office's or officer's name belongs, a name cannot be told from a citizen's.
    names = {"DonViXuLy", "NguoiXuLy"} if mark == NAME else set()
    records = [
        *(r for r in everywhere(record, mark) if not any(r.get(n) == mark for n in names)),
        planted({**record, "MaHoSo": ""}, mark),
    ]
    batch = read(envelope(*records, service=service, session=mark))
    said = [encode_event(e).decode() for e in batch.all_events]
    said += [f"{r.dossier} {r.reason}" for r in batch.refused]
    said += [str(entry) for entry in batch.unread]
    assert batch.events
    assert bool(batch.traits) == (service == "DongBoHoSoMC")
    for text in said:
        assert not any(m in text for m in MARKS), text


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


_values = _json | st.sampled_from(["5", "20261008093000", "2026-10-08T09:30:00Z", "9", ""])


def _with(names: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, _values))


_records = _with({**DOSSIER, **PROGRESS, **TRAITS}) | _with(DOSSIER).map(
    lambda more: {**DOSSIER, **more}
)


@settings(deadline=None, max_examples=150)
@given(records=st.lists(_records | _json, max_size=4), service=st.sampled_from(
    ["DongBoHoSoMC", "CapNhatTienDoHoSoMC", None, "x"]), rest=_json)  # fmt: skip
def test_no_payload_does_more_than_be_refused(
    records: list[Any], service: str | None, rest: Any
) -> None:
    payload = {**envelope(*records), "service": service, "session": rest}
    try:
        batch = read(payload)
    except EnvelopeError:
        return
    assert len(batch.events) + len(batch.refused) == len(records)
    for event in batch.all_events:
        assert event.dossier_id.isprintable()
        assert len(encode_event(event)) < 60_000


@settings(deadline=None, max_examples=150)
@given(body=st.binary(max_size=60) | _json.map(msgspec.json.encode))
def test_no_bytes_do(body: bytes) -> None:
    with contextlib.suppress(EnvelopeError):
        read_envelope(body, "DongBoHoSoMC", "u").read(NOW, itertools.count())
    with contextlib.suppress(EnvelopeError):
        read_events(body, "s", NOW, itertools.count())
