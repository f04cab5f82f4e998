"""Of what is bounded, one sender has no more than half while others ask."""

from __future__ import annotations

from sources.shares import FairShares


def test_all_of_it_while_alone_and_half_while_others_ask() -> None:
    now = 0.0
    shares = FairShares(asked=10, clock=lambda: now)
    assert shares.may("a", 100, 100)
    shares.add("a", 100)
    assert shares.may("b", 10, 100), "who has nothing may ask for more than there is"
    assert not shares.may("a", 1, 100)
    shares.add("a", -60)
    assert shares.may("a", 10, 100)
    assert not shares.may("a", 11, 100)
    now = 11.0
    assert shares.may("a", 60, 100), "nobody else has asked lately"
    shares.add("b", 1)
    assert not shares.may("a", 60, 100), "nor holds anything"
    shares.clear()
    assert shares.may("a", 60, 100)
