"""Canonical JSON, salts and hashes of rows."""

from __future__ import annotations

import hashlib

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dossiers.publication.sealing import SECRET_BYTES, hash_of, salt_of, sealed
from dossiers.text.canonical import canonical_json
from dossiers.wire.late_lists import ReceptionLine

SECRET = bytes(range(SECRET_BYTES))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.from_regex(r"[a-z_]{1,8}\Z"), inner),
    max_leaves=20,
)


def rfc8785(value: object) -> str:
    """The RFC's own words, for what has integers only: written by another encoder."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{rfc8785(k)}:{rfc8785(v)}" for k, v in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(rfc8785, value)) + "]"
    if isinstance(value, str):
        short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r",
                 "\t": "\\t"}  # fmt: skip
        told = (short.get(c) or (f"\\u{ord(c):04x}" if ord(c) < 32 else c) for c in value)
        return f'"{"".join(told)}"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def line(dossier: str = "H29-1") -> ReceptionLine:
    return ReceptionLine(
        dossier=dossier, procedure="p", unit="u", submitted_at=1, received_at=2, over=1
    )


@given(values)
def test_canonical_json_is_that_of_the_rfc(value: object) -> None:
    assert canonical_json(value).decode() == rfc8785(value)


@given(st.binary(min_size=32, max_size=32), st.text(max_size=20))
def test_same_secret_same_salt_and_no_two_rows_share_one(secret: bytes, key: str) -> None:
    assert salt_of(secret, "dossiers", key) == salt_of(secret, "dossiers", key)
    assert salt_of(secret, "dossiers", key) != salt_of(secret, "officers", key)
    assert salt_of(secret, "dossiers", key) != salt_of(secret, "dossiers", key + "x")


def test_a_hash_is_of_salt_and_row_as_anybody_can_work_it_out() -> None:
    found = sealed(SECRET, "receptions", line())
    text = (
        '{"dossier":"H29-1","over":1,"procedure":"p","received_at":2,"submitted_at":1,"unit":"u"}'
    )
    assert hash_of(found) == hashlib.sha256(bytes.fromhex(found.salt) + text.encode()).hexdigest()


def test_another_row_or_salt_is_another_hash() -> None:
    found = sealed(SECRET, "receptions", line())
    other = msgspec.structs.replace(found, row=line("H29-2"))
    again = msgspec.structs.replace(found, salt="0" * 32)
    assert len({hash_of(found), hash_of(other), hash_of(again)}) == 3
