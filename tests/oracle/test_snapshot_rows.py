"""The recount on histories of snapshots written out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers.wire.events import Finished, Progressed, Received, Suspended
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Procedure, Reference
from tests.oracle.rows import BASE, NOV, day, plain, shown, supplement, told
from tests.oracle.test_rows import RECEIVED, content


def test_news_of_an_earlier_end_count_and_are_flagged() -> None:
    steps = [("2 09:00", BASE), ("11 09:00", BASE)]
    found = told(shown(*steps, ("18 09:00", content(BASE, status=9, finished_at=day("9 08:00")))))
    assert (found.verdict, found.flags) == ("on_time", {"backdated"})
    assert found.as_shown is not None
    assert (found.as_shown.standing, found.as_shown.end) == ("late", day("11 09:00"))
    early = told(shown(*steps, ("18 09:00", content(BASE, status=9, finished_at=day("11 09:00")))))
    assert (early.verdict, early.flags) == ("late", set())


def test_news_of_an_earlier_stop_count_and_are_flagged() -> None:
    asked = content(BASE, supplements=(supplement("1", "6 09:00", "12 09:00"),))
    found = told(shown(("2 09:00", BASE), ("9 09:00", BASE), ("12 10:00", asked)),
                 now=f"{NOV}12T10:00")  # fmt: skip
    assert (found.verdict, found.flags) == ("within", {"backdated"})
    fine = told(shown(("2 09:00", BASE), ("6 08:00", BASE), ("12 10:00", asked)),
                now=f"{NOV}12T10:00")  # fmt: skip
    assert fine.flags == set()


@pytest.mark.parametrize("field", ["accepted_at", "procedure"])
def test_the_first_reception_counts(field: str) -> None:
    other: Any = day("4 08:30") if field == "accepted_at" else "t2"
    reference = Reference(procedures=(
        Procedure(id="t1", name="1", limit=Limit(5, "working_days")),
        Procedure(id="t2", name="2", limit=Limit(7, "working_days"))))  # fmt: skip
    first = content(BASE, procedure="t1")
    changed = content(first, **{field: other})
    end = content(changed, status=9, finished_at=day("10 08:00"))
    found = told(shown(("2 09:00", first), ("5 09:00", changed), ("10 09:00", end)), reference)
    assert (found.verdict, found.due, found.flags) == ("late", day("9 08:30"), {"rewritten"})
    assert found.rewritten is not None
    assert (found.rewritten.standing, found.rewritten.due) == ("early", day("11 08:30"))


def test_a_second_stop_is_judged_by_what_the_first_one_moved() -> None:
    one = supplement("1", "4 08:30", "5 16:30")
    first = content(BASE, supplements=(one,))  # due Mon 9 Nov 08:30 + 15 h = 10 Nov 16:30
    two = supplement("2", "10 09:00", "11 09:00", "13 09:00")
    second = content(first, supplements=(one, two))
    found = told(shown(("2 09:00", BASE), ("5 17:00", first), ("12 09:00", second)),
                 now=f"{NOV}12T09:00")  # fmt: skip
    assert (found.due, found.verdict, found.flags) == (day("13 09:00"), "within", set())


@pytest.mark.parametrize("status", [2, 4, 5, 6, 8])
def test_what_is_opened_again_keeps_its_verdict(status: int) -> None:
    end = content(BASE, status=9, finished_at=day("6 09:00"))
    again = content(BASE, status=status)
    steps = [("2 09:00", BASE), ("6 10:00", end), ("10 09:00", again)]
    found = told(shown(*steps))
    assert (found.verdict, found.end) == ("early", day("6 09:00"))
    assert found.flags == {"reopened", "rewritten"}
    assert found.open_again
    over = content(BASE, status=9, finished_at=day("12 09:00"))
    found = told(shown(*steps, ("12 10:00", over)))
    assert not found.open_again
    assert found.rewritten is not None
    assert (found.verdict, found.rewritten.end) == ("early", day("12 09:00"))


def test_overlapping_requests_are_one_stop() -> None:
    both = (supplement("1", "3 10:00", "3 14:00"), supplement("2", "3 11:00", "3 15:00"))
    first = content(BASE, due_at=day("5 09:00"))
    found = told(shown(("2 09:00", first), ("4 09:00", content(first, supplements=both))))
    assert found.due == day("5 14:00")
    odd = content(BASE, due_at=day("5 09:00"), supplements=(supplement("1", "4 10:00", "3 10:00"),))
    assert told(shown(("2 09:00", odd))).due == day("5 09:00")


@pytest.mark.parametrize(
    ("kind", "more", "flagged"),
    [
        (Progressed, {}, True),
        (Suspended, {}, True),
        (Finished, {"status": 9}, True),
        (Finished, {"status": 10}, False),
        (Received, {}, True),
    ],
)
def test_what_goes_on_after_the_end_is_told(kind: Any, more: Any, flagged: bool) -> None:
    found = told(plain(RECEIVED, (Finished, "6 09:00", {}), (kind, "10 09:00", more)))
    assert ("after_end" in found.flags) == flagged
    assert not found.is_flagged
