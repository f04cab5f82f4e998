"""Reported errors of ministries' systems: bounded, codes only, the same one twice is one."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.wire.sync_errors import ReportedError, encode_sync_error
from sources.portal.json_body import EnvelopeError
from sources.sync_errors import MAX_ERRORS, ErrorBatch, read_sync_errors
from tests.sources.portal.payloads import MAIL, MARKS, NAME, NOW, NUMBER

ERROR: dict[str, Any] = {"system": "BTP-HOTICH", "dossier": "H29-1", "code": "504", "at": NOW - 5}


def read(*errors: Any, units: tuple[str, ...] = (), **more: Any) -> ErrorBatch:
    body = msgspec.json.encode({"errors": list(errors), **more})
    return read_sync_errors(body, "desk", units, NOW)


def test_an_error_has_its_unit_and_its_sender() -> None:
    [error] = read(ERROR, units=("H29.19", "H29.20"), madonvi="H29.20").errors
    said = (error.system, error.dossier_id, error.code, error.at, error.received_at)
    assert said == ("BTP-HOTICH", "H29-1", "504", NOW - 5, NOW)
    assert (error.source, error.madonvi) == ("desk", "H29.20")
    [alone] = read(ERROR, units=("H29.19",)).errors
    assert alone.madonvi == "H29.19"


def test_the_same_one_twice_is_one_error_and_any_other_another() -> None:
    others = [{**ERROR, "code": "505"}, {**ERROR, "at": NOW}, {**ERROR, "system": "BHXH"},
              {**ERROR, "dossier": "H29-2"}]  # fmt: skip
    ids = [error.error_id for error in read(ERROR, ERROR, *others).errors]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 5
    [elsewhere] = read(ERROR, madonvi="H29.20").errors
    assert elsewhere.error_id not in ids


def test_a_date_of_the_portal_is_taken() -> None:
    [error] = read({**ERROR, "at": "20261003100000"}).errors
    assert error.at == NOW - 3_600_000


@pytest.mark.parametrize("units", [("H29.19",), ("H29.19", "H29.20")])
def test_only_for_units_that_the_sender_may_send_for(units: tuple[str, ...]) -> None:
    with pytest.raises(PermissionError):
        read(ERROR, units=units, madonvi="H29.21")
    if len(units) > 1:
        with pytest.raises(PermissionError):
            read(ERROR, units=units)


@pytest.mark.parametrize("mark", [NAME, NUMBER, MAIL, "0909 123 456", "x" * 2_000, "", None, [1]])
@pytest.mark.parametrize("field", ["system", "code", "at", "message"])
def test_nothing_but_codes_is_taken(field: str, mark: Any) -> None:
    batch = read({**ERROR, field: mark}, ERROR)
    assert len(batch.errors) == 1
    [refused] = batch.refused
    assert refused.index == 0
    assert not any(known in refused.reason for known in MARKS)


@pytest.mark.parametrize("at", [-1, 0, 2**63, NOW + 2 * 86_400_000, 1.5, True, "soon"])
def test_impossible_times_are_refused(at: Any) -> None:
    assert read({**ERROR, "at": at}).errors == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"errors":[]}', b'{"errors":{}}'])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read_sync_errors(body, "desk", (), NOW)


def test_the_number_of_errors_is_bounded() -> None:
    assert len(read(*[ERROR] * MAX_ERRORS).errors) == MAX_ERRORS
    with pytest.raises(EnvelopeError):
        read(*[ERROR] * (MAX_ERRORS + 1))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@settings(deadline=None, max_examples=80)
@given(errors=st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(ERROR, _json)) | _json))
def test_whatever_comes_is_taken_or_refused_and_can_be_stored(errors: list[Any]) -> None:
    try:
        batch = read(*errors)
    except EnvelopeError:
        return
    assert len(batch.errors) + len(batch.refused) == len(errors)
    for error in batch.errors:
        assert msgspec.json.decode(encode_sync_error(error), type=ReportedError) == error
