"""Whose the dossiers are that have left: what is kept of a million of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.wire.records import Owned
from streams.partition import departed
from streams.partition.departed import DepartedOwners

A, B = Owned(("A",), True), Owned(("A", "B"), True, True)


@settings(deadline=None, max_examples=60)
@given(
    puts=st.lists(st.tuples(st.integers(0, 40), st.sampled_from([A, B, None])), max_size=200),
    least=st.integers(0, 9),
)
def test_it_is_a_dictionary(puts: list[tuple[int, Owned | None]], least: int) -> None:
    kept, known = DepartedOwners("line"), dict[int, Owned | None]()
    before, departed._LEAST_WAITING = departed._LEAST_WAITING, least
    try:
        for number, owned in puts:
            kept.put(f"d{number}", owned)
            known[number] = owned
    finally:
        departed._LEAST_WAITING = before
    assert [kept.get(f"d{number}") for number in range(42)] == [known.get(n) for n in range(42)]


def test_a_dossier_costs_twelve_bytes_in_the_arrays_and_ids_are_not_kept() -> None:
    kept = DepartedOwners("line")
    for number in range(30_000):
        kept.put(f"000.00.19.H29-261001-{number:07d}", A)
    assert kept.nbytes == 12 * len(kept._hashes)
    assert len(kept._waiting) <= max(
        departed._LEAST_WAITING, len(kept._hashes) // departed._WAITING_SHARE
    )
    assert len(kept) == 30_000
    assert kept._owned == [None, A]


def test_hashes_of_another_timeline_are_others() -> None:
    assert DepartedOwners("one")._hash("d") != DepartedOwners("two")._hash("d")
