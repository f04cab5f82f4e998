"""A flood of one dossier ends at the door, whatever else its sender invents to hide it."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sources.hourly import HOUR, Hourly


def test_so_many_an_hour_and_it_says_when_again() -> None:
    hourly = Hourly(3)
    assert [hourly.take("a", "d", at) for at in (0, 10, 20)] == [0, 0, 0]
    assert hourly.take("a", "d", 30) == HOUR - 30
    assert hourly.take("a", "d", HOUR - 1) == 1
    assert hourly.take("a", "e", 30) == hourly.take("b", "d", 30) == 0, "each has its own"
    assert hourly.take("a", "d", HOUR) == 0


def test_what_was_not_kept_does_not_count() -> None:
    hourly = Hourly(1)
    assert hourly.take("a", "d", 0) == 0
    hourly.give_back("a", "d")
    assert hourly.take("a", "d", 1) == 0
    assert hourly.take("a", "d", 2) > 0
    hourly.give_back("a", "nothing of it")
    hourly.give_back("nobody", "d")


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    hourly = Hourly(1)
    assert hourly.take("a", "d", 100 * HOUR) == 0
    assert hourly.take("a", "d", 10) == HOUR
    assert hourly.take("a", "d", 10 + HOUR) == 0


def test_invented_dossiers_hide_no_flood_and_take_no_memory() -> None:
    hourly = Hourly(200, most=1_000)
    taken = 0
    for number in range(100_000):  # a hundred invented ones for each of the flood
        hourly.take("bad", number, number)
        if number % 100 == 0:
            taken += hourly.take("bad", "flood", number) == 0
    assert taken <= 200
    assert len(hourly) <= 1_000


def test_others_notice_nothing_of_a_sender_that_invents() -> None:
    hourly = Hourly(5, most=100)
    good = [f"d{number}" for number in range(20)]
    for number in range(5_000):
        hourly.take("bad", number, number)
        if number % 1_000 == 0:
            assert all(hourly.take("good", dossier, number) == 0 for dossier in good)
    assert all(hourly.take("good", dossier, 5_000) > 0 for dossier in good), "and counted exactly"


def test_what_is_over_makes_room() -> None:
    hourly = Hourly(2, most=10)
    for number in range(1_000):
        hourly.take("a", number, 0)
    assert hourly.take("a", "new", 0) > 0, "too many to tell them apart"
    assert hourly.take("a", "new", 2 * HOUR) == 0
    assert [hourly.take("a", f"other {n}", 2 * HOUR) for n in range(9)] == [0] * 9


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 6)), max_size=120),
    st.integers(1, 4),
    st.integers(2, 6),
)
def test_no_dossier_gets_more_than_its_share(
    sent: list[tuple[str, int]], limit: int, most: int
) -> None:
    hourly = Hourly(limit, most)
    taken: Counter[tuple[str, int]] = Counter()
    for at, (owner, dossier) in enumerate(sent):
        taken[owner, dossier] += hourly.take(owner, dossier, at) == 0
        assert len(hourly) <= most
    assert max(taken.values(), default=0) <= limit
