"""Plans of absence: where they leave a gap, and what is kept of them."""

from __future__ import annotations

from dossiers.alerting.plans import covers, overlapping, standing_in, with_leave, without_leave
from dossiers.wire.roster import Leave
from tests.dossiers.alerting.city import PEOPLE, away, roster
from tests.dossiers.days import at


def leave(begins: str, ends: str, deputy: str = "") -> Leave:
    return Leave(begins_at=at(begins), ends_at=at(ends), deputy=deputy)


def test_a_deputy_who_is_away_for_a_part_leaves_a_gap_for_that_part() -> None:
    own = away("head", "2026-11-02T07:00", "2026-11-06T07:00", "vice")
    plan = roster(own, away("vice", "2026-11-03T07:00", "2026-11-04T07:00"))
    found = covers("head", own.leaves[0], PEOPLE, plan)
    assert [(c.begins_at, c.stand.person, c.whole) for c in found] == [
        (at("2026-11-02T07:00"), "vice", True),
        (at("2026-11-03T07:00"), "chief", False),
        (at("2026-11-04T07:00"), "vice", True),
    ]  # fmt: skip
    assert found[1].stand.gap == "vice"


def test_a_plan_without_a_deputy_is_one_gap_over_its_whole_length() -> None:
    own = away("ann", "2026-11-02T07:00", "2026-11-06T07:00")
    other = away("ben", "2026-11-03T07:00", "2026-11-04T07:00")
    (found,) = covers("ann", own.leaves[0], PEOPLE, roster(own, other))
    assert (found.begins_at, found.ends_at) == (own.leaves[0].begins_at, own.leaves[0].ends_at)
    assert (found.stand.person, found.whole) == ("head", False)


def test_leaves_that_touch_do_not_overlap() -> None:
    first, second = leave("2026-11-02", "2026-11-03"), leave("2026-11-03", "2026-11-04")
    assert not overlapping((second, first))
    assert overlapping((first, leave("2026-11-02T23:59", "2026-11-04")))


def test_what_was_over_long_ago_leaves_a_plan_with_the_next_change() -> None:
    entry = away("ann", "2026-01-02T07:00", "2026-01-03T07:00")
    later = leave("2026-12-01", "2026-12-02")
    assert with_leave(entry, later, at("2026-11-02")) == (later,)


def test_a_leave_that_goes_on_ends_now_and_one_to_come_is_gone() -> None:
    entry = away("ann", "2026-11-02T07:00", "2026-11-06T07:00", "ben")
    begins, now = entry.leaves[0].begins_at, at("2026-11-03T09:00")
    assert without_leave(entry, begins, now) == (
        Leave(begins_at=begins, ends_at=now, deputy="ben"),
    )
    assert without_leave(entry, begins, begins) == ()


def test_whom_somebody_stands_in_for() -> None:
    plan = roster(
        away("ann", "2026-11-05T07:00", "2026-11-06T07:00", "ben"),
        away("head", "2026-11-03T07:00", "2026-11-04T07:00", "ben"),
        away("vice", "2026-11-01T07:00", "2026-11-02T07:00", "ben"),
    )
    found = [officer for officer, _ in standing_in("ben", plan, at("2026-11-02T09:00"))]
    assert found == ["head", "ann"]
