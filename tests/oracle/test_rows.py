"""Due times, verdicts and flags that the recount must find by itself, each from a rule of the docs.

The weeks are those of November 2026: the 2nd is a Monday. Working days unless said otherwise.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.events import (
    DueSet,
    Finished,
    Progressed,
    Received,
    Refused,
    Resumed,
    Suspended,
    Withdrawn,
)
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Procedure, Rules, Step
from tests.oracle.rows import DAYS, FIVE, NOV, day, due, plain, told

RECEIVED: tuple[Any, str, dict[str, Any]] = (Received, "2 08:30", {})  # due Mon 9 Nov 08:30


def test_a_due_time_that_comes_after_the_old_one_had_passed_does_not_count() -> None:
    stop: Any = [(Suspended, "16 09:00", {}), (Resumed, "18 09:00", due("27 08:30"))]
    found = told(plain(RECEIVED, *stop, (Finished, "24 09:00", {})))
    assert (found.verdict, found.due, found.flags) == ("late", day("9 08:30"), {"rewritten"})
    assert found.unrewritten is not None
    assert found.rewritten is not None
    assert (found.unrewritten.standing, found.rewritten.standing) == ("late", "early")


@pytest.mark.parametrize("reason", ["extension", "correction"])
def test_what_counts_is_when_a_due_time_was_recorded(reason: str) -> None:
    steps = [RECEIVED, (DueSet, "6 09:00", {**due("20 09:00"), "reason": reason}),
             (Finished, "18 09:00", {})]  # fmt: skip
    late = told(plain(*steps, e1="9 08:31"))
    assert (late.verdict, late.due, "rewritten" in late.flags) == ("late", day("9 08:30"), True)
    in_time = told(plain(*steps, e1="9 08:30"))
    assert (in_time.verdict, in_time.due) == ("early", day("20 09:00"))
    assert ("rewritten" in in_time.flags) == (reason == "correction")
    assert in_time.extensions == (reason == "extension")


def test_a_backfilled_due_time_was_recorded_when_it_is_dated() -> None:
    events = plain(RECEIVED, (DueSet, "6 09:00", {**due("20 09:00"), "reason": "extension",
                                                 "backfill": True}), e1="25 09:00")  # fmt: skip
    assert told(events).due == day("20 09:00")


def test_a_due_time_of_the_end_never_counts() -> None:
    found = told(plain(RECEIVED, (Finished, "9 08:00", {}), (DueSet, "9 08:00", due("20 09:00"))))
    assert (found.verdict, found.due) == ("on_time", day("9 08:30"))
    assert found.flags == {"rewritten"}


def test_a_resumption_without_a_stop_brings_no_due_time() -> None:
    found = told(plain(RECEIVED, (Resumed, "4 09:00", due("20 09:00")), (Finished, "6 09:00", {})))
    assert (found.due, found.flags) == (day("9 08:30"), {"rewritten"})


@pytest.mark.parametrize("end", [Finished, Resumed])
def test_a_due_time_never_passes_while_the_clock_stands(end: Any) -> None:
    found = told(
        plain(RECEIVED, (Suspended, "6 18:00", {}), (end, "8 10:00", {})), now=f"{NOV}08T10:00"
    )
    assert found.due == day("9 08:30")  # a weekend: no working time, and before the due time
    on_saturday: Any = (Received, "2 08:30", due("7 10:00"))
    stop: Any = [(Suspended, "6 18:00", {}), (end, "8 10:00", {})]
    found = told(plain(on_saturday, *stop), now=f"{NOV}08T10:00")
    assert found.due == day("8 10:00")
    assert found.verdict in ("within", "on_time")


@pytest.mark.parametrize(("kind", "verdict"), [(Refused, "refused"), (Withdrawn, "withdrawn")])
def test_what_ends_after_the_due_time_is_late(kind: Any, verdict: str) -> None:
    assert told(plain(RECEIVED, (kind, "9 08:30", {}))).verdict == verdict
    assert told(plain(RECEIVED, (kind, "9 08:31", {}))).verdict == "late"
    assert told(plain((kind, "9 08:31", {}))).verdict == verdict


def test_of_a_stop_only_what_follows_a_new_due_time_is_added() -> None:
    found = told(plain(RECEIVED, (Suspended, "4 08:30", {}),
                       (DueSet, "5 08:30", {**due("12 08:30"), "reason": "extension"}),
                       (Resumed, "6 08:30", {})))  # fmt: skip
    assert found.due == day("13 08:30")


def test_a_restart_keeps_what_was_promised() -> None:
    mode = msgspec.structs.replace(FIVE, rules=Rules(stop_mode="restart"))
    steps = [RECEIVED, (DueSet, "3 09:00", {**due("27 09:00"), "reason": "extension"}),
             (Suspended, "4 09:00", {}), (Resumed, "5 09:00", {})]  # fmt: skip
    found = told(plain(*steps), mode)
    assert (found.due, found.restarts) == (day("27 09:00"), [day("5 09:00")])
    found = told(plain(RECEIVED, *steps[2:]), mode)
    assert found.due == day("12 09:00")


@pytest.mark.parametrize(
    ("stop", "before", "after"),
    [
        (("10 09:00", "10 16:00"), "10 10:00", "10 17:00"),
        (("6 16:00", "9 08:30"), "12 10:00", "16 17:00"),
        (("9 23:59", "10 00:01"), "10 10:00", "10 10:02"),
        (("6 16:00", "9 08:30"), "10 10:00", "13 17:00"),  # 02:30 on Friday: closing time
        (("10 09:00", "10 10:00"), "10 10:30", "10 11:30"),
        (("10 09:00", "10 11:00"), "10 10:30", "10 12:30"),  # at noon is within the day
        (("10 09:00", "10 10:00"), "10 16:00", "10 17:00"),
    ],
)
def test_limits_in_days_move_by_what_has_elapsed(
    stop: tuple[str, str], before: str, after: str
) -> None:
    found = told(plain((Received, "2 08:30", due(before)), (Suspended, stop[0], {}),
                       (Resumed, stop[1], {})), DAYS)  # fmt: skip
    assert found.due == day(after)


def test_round_the_clock_a_stop_is_as_long_as_it_is() -> None:
    always = msgspec.structs.replace(FIVE, calendar=CalendarSpec(kind="24x7"))
    found = told(plain((Received, "2 08:30", due("7 10:00")), (Suspended, "6 18:00", {}),
                       (Resumed, "8 03:00", {})), always)  # fmt: skip
    assert found.due == day("8 19:00")


def test_an_unknown_step_leaves_the_clock_of_the_one_before() -> None:
    steps = (Step(id="s1", hours=8), Step(id="s2", hours=80))
    reference = msgspec.structs.replace(
        FIVE,
        procedures=(Procedure(id="q", name="Q", steps=steps, limit=Limit(20, "working_days")),),
    )
    named: list[tuple[Any, str, dict[str, Any]]] = [
        (Received, "2 08:30", {"procedure": "q", "step": "s1"}),
        (Progressed, "2 09:00", {"step": "nobody knows"}),
    ]
    found = told(plain(*named), reference, f"{NOV}03T08:31")
    assert (found.step_overdue, found.flags) == (True, {"step_unknown"})
    assert not told(plain(*named), reference, f"{NOV}03T08:30").step_overdue
    other = told(
        plain(*named, (Progressed, "2 10:00", {"step": "s2"})), reference, f"{NOV}03T08:31"
    )
    assert not other.step_overdue


content = msgspec.structs.replace
