"""Which records of a topic are believed, shown and stored, one form at a time."""

from __future__ import annotations

import pytest

from dossiers.admission.reduced import reduced
from dossiers.text.kept_ids import IdForm
from dossiers.time.day_table import EARLIEST, LATEST
from dossiers.wire.reading import STORED_FROM, STORED_UNTIL, is_stored
from dossiers.wire.reference import Reference, content_hash, encode_reference, read_under

REFERENCE = Reference(title="Xã Một")
GOOD = encode_reference(REFERENCE)
NAME = content_hash(REFERENCE)


def test_good_reference_data_takes_the_place_of_junk_and_of_nothing() -> None:
    assert read_under(NAME, GOOD, None)
    assert read_under(NAME, GOOD, b"junk")
    assert not read_under(NAME, b"junk", None)


def test_nothing_takes_the_place_of_what_its_own_name_proves() -> None:
    other = encode_reference(Reference(title="Xã Hai"))
    assert not read_under(NAME, other, GOOD)
    assert read_under(NAME, other, other), "known under a name that is not its own"


@pytest.mark.parametrize(
    ("value", "kept"),
    [("0f" * 32, True), ("0f" * 32 + "0", False), ("0f" * 31 + "0", False), ("0g" * 32, False)],
)
def test_of_a_dead_letter_a_hash_is_shown_and_nothing_that_only_looks_like_one(
    value: str, kept: bool
) -> None:
    assert (reduced({"hash": value}, None)["hash"] == value) is kept


@pytest.mark.parametrize(
    ("at", "stored"),
    [
        (None, True), (STORED_FROM - 1, False), (STORED_FROM, True), (0, True),
        (STORED_UNTIL - 1, True), (STORED_UNTIL, False),
    ],
)  # fmt: skip
def test_clickhouse_has_a_place_for_the_years_1900_to_2299_and_for_no_time(
    at: int | None, stored: bool
) -> None:
    assert is_stored(at) is stored


def test_of_a_dead_letter_a_sender_and_a_time_are_shown_where_they_are_one() -> None:
    for source, shown in (
        ("portal:H29.19.01", True),
        ("H29.19.01", True),
        ("portal:Trần An", False),
    ):
        assert (reduced({"source": source}, IdForm())["source"] == source) is shown, source
    for now, shown in (
        (EARLIEST - 1, False),
        (EARLIEST, True),
        (LATEST - 1, True),
        (LATEST, False),
    ):
        assert (reduced({"now": now}, IdForm())["now"] == now) is shown, now
