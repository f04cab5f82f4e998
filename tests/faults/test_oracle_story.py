"""The oracle of the fault harness beside what the documents say, on the working hours of an office;
and that the load holds what is hard to judge. Weeks of November 2026: the 2nd is a Monday."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from tests.faults.installation import INSTALLATIONS
from tests.faults.load import ALL_LIMITS, Load
from tests.faults.oracle.calendar import ZONE, local_day
from tests.faults.oracle.events import Event, Limit, decode
from tests.faults.oracle.rules import Rules
from tests.faults.oracle.story import Story, judge, read

NOW = 1_790_000_000_000
OFFICE = ("07:30-11:30", "13:00-17:00")
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)


def ms(day: int, clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    return round(datetime(2026, 11, day, hour, minute, tzinfo=ZONE).timestamp() * 1000)


def rules(**own: Any) -> Rules:
    return Rules({"units": [], "rules": own, "calendar": {"kind": "vn-office", "hours": WEEK}})


def event(
    kind: str, day: int, clock: str, late: tuple[int, str] | None = None, **more: Any
) -> Event:
    at = ms(day, clock)
    recorded = at if late is None else ms(*late)
    return Event(kind, f"{kind}-{at}", occurred_at=at, received_at=recorded, source="s", **more)


def told(*events: Event, **own: Any) -> Story:
    story = read({each.event_id: each for each in events}, rules(**own))
    judge(story, ms(30, "17:00"))
    return story


RECEIVED = event("received", 2, "08:30", limit=Limit(5, "working_days"))  # due 9 Nov 08:30
DUE_9 = event("received", 2, "08:30", due_at=ms(9, "17:00"))


@pytest.mark.parametrize(
    ("events", "verdict", "due", "rewritten"),
    [
        # A new due time that comes with the end of a stop which began after the breach.
        (
            (RECEIVED, event("suspended", 16, "08:00", status=5),
             event("resumed", 18, "08:00", due_at=ms(27, "17:00")), event("finished", 24, "08:00")),
            "late", ms(9, "08:30"), "early",
        ),
        # An extension that is dated in time, but was recorded when that had passed.
        (
            (RECEIVED, event("due_set", 6, "08:00", (9, "09:00"), due_at=ms(20, "17:00"),
                             reason="extension"), event("finished", 16, "08:00")),
            "late", ms(9, "08:30"), "early",
        ),
        # As recorded with the very end of the time.
        (
            (RECEIVED, event("due_set", 6, "08:00", (9, "08:30"), due_at=ms(20, "17:00"),
                             reason="extension"), event("finished", 16, "08:00")),
            "early", ms(20, "17:00"), None,
        ),
        # With a resumption, and no stop.
        (
            (RECEIVED, event("resumed", 3, "08:00", due_at=ms(27, "17:00"))),
            "overdue", ms(9, "08:30"), "overdue",
        ),
        # The clock stood when it passed: nothing had passed until the answer.
        (
            (RECEIVED, event("suspended", 6, "08:30", status=5),
             event("due_set", 6, "09:00", (12, "09:00"), due_at=ms(20, "17:00"),
                   reason="extension"), event("resumed", 12, "10:00")),
            "overdue",
                ms(27, "08:30"),
                None,
        ),
        # What the source promises with the answer is not before the answer.
        (
            (RECEIVED, event("suspended", 6, "08:30", status=5),
             event("resumed", 12, "10:00", (30, "08:00"), due_at=ms(10, "17:00")),
             event("finished", 12, "10:00", source_seq=1)),
            "on_time", ms(12, "10:00"), None,
        ),
        # With and after the end nothing counts.
        (
            (RECEIVED, event("finished", 6, "08:30"),
             event("due_set", 6, "08:30", due_at=ms(5, "17:00"), reason="extension")),
            "early", ms(9, "08:30"), "late",
        ),
        # A correction that came in time counts, and is shown.
        (
            (RECEIVED, event("due_set", 3, "08:30", due_at=ms(5, "17:00"))),
            "overdue", ms(5, "17:00"), "overdue",
        ),
        # Refused after the due time; stopped off hours over it, and ended meanwhile.
        ((RECEIVED, event("refused", 9, "08:31")), "late", ms(9, "08:30"), None),
        ((RECEIVED, event("refused", 9, "08:30")), "refused", ms(9, "08:30"), None),
        (
            (DUE_9, event("suspended", 9, "17:00", status=6), event("finished", 9, "20:00")),
            "on_time", ms(9, "20:00"), None,
        ),
        # Days: elapsed time; what falls outside of hours ends when they do.
        (
            (event("received", 2, "10:00", limit=Limit(8, "days")),
             event("suspended", 6, "16:00", status=5), event("resumed", 9, "08:30")),
            "overdue", ms(13, "17:00"), None,
        ),
        (
            (event("received", 2, "10:00", limit=Limit(10, "days")),
             event("suspended", 6, "16:00", status=5), event("resumed", 9, "08:30")),
            "overdue", ms(16, "17:00"), None,
        ),
        (
            (event("received", 2, "10:00", limit=Limit(8, "days")),
             event("suspended", 10, "09:00", status=5), event("resumed", 10, "16:00")),
            "overdue", ms(10, "17:00"), None,
        ),
    ],
)  # fmt: skip
def test_a_due_time(
    events: tuple[Event, ...], verdict: str, due: int, rewritten: str | None
) -> None:
    story = told(*events)
    assert (story.verdict, story.due) == (verdict, due)
    assert ("rewritten" in story.flags) == (rewritten is not None)
    if rewritten is not None:
        assert story.rewritten is not None
        assert story.rewritten.verdict == rewritten


def test_a_promise_outlives_a_restart_and_a_day_its_due_time() -> None:
    anew = {"stop_mode": "restart"}
    stop = event("suspended", 5, "08:30", status=5), event("resumed", 6, "08:30")
    assert told(RECEIVED, *stop, **anew).due == ms(13, "08:30")
    promise = event("due_set", 3, "08:30", due_at=ms(20, "17:00"), reason="extension")
    assert told(RECEIVED, promise, *stop, **anew).due == ms(20, "17:00")
    by_date = told(RECEIVED, event("finished", 9, "23:59"), on_time_by="date")
    assert by_date.verdict == "on_time"
    late = told(RECEIVED, on_time_by="date")
    assert late.moments["newly_overdue"] == ms(10, "00:00") - 1


def test_reopened_keeps_the_first_verdict_until_it_ends_again() -> None:
    story = told(RECEIVED, event("finished", 6, "08:30"), event("reopened", 9, "08:30"))
    assert (story.verdict, story.flags) == ("early", {"reopened", "rewritten"})
    assert story.is_reopened
    assert ("reopened", 0, ms(16, "08:30")) in story.raised
    assert story.rewritten is not None
    assert story.rewritten.verdict == "overdue"
    ended = told(
        RECEIVED, event("finished", 6, "08:30", status=9), event("reopened", 9, "08:30"),
        event("progressed", 9, "09:00"), event("finished", 10, "08:30", status=9),
        event("finished", 11, "08:30", status=10),
    )  # fmt: skip
    assert (ended.verdict, ended.flags) == ("early", {"reopened", "rewritten"})
    assert not ended.is_reopened
    assert ended.rewritten is not None
    assert (ended.rewritten.end, ended.rewritten.verdict) == (ms(10, "08:30"), "late")


def test_what_comes_after_the_end_is_shown() -> None:
    end = event("finished", 6, "08:30", status=9)
    assert told(RECEIVED, end, event("finished", 6, "09:00", status=10)).flags == set()
    assert told(RECEIVED, end, event("progressed", 6, "09:00")).flags == {"after_end"}


def test_the_load_has_what_is_hard() -> None:
    reference = INSTALLATIONS["hours"](local_day(NOW))
    known = Rules(reference)
    by_dossier: dict[str, dict[str, Event]] = {}
    load = Load(1, ALL_LIMITS)
    for number in range(1, 4):
        for item in load.round(number, 2_500, NOW, poison=0):
            found = decode(item.value)
            by_dossier.setdefault(found.dossier_id, {})[found.event_id] = found
    seen: Counter[str] = Counter()
    for by_id in by_dossier.values():
        story = read(by_id, known)
        judge(story, NOW)
        in_time = [e for e in by_id.values() if e.due_at is not None and e.kind == "due_set"]
        seen["recorded late"] += any(
            e.reason == "extension" and e.occurred_at in story.rewrites
            and (story.end is None or e.occurred_at < story.end)
            for e in in_time
        )  # fmt: skip
        seen["with a resumption that explains none"] += any(
            e.kind == "resumed" and e.due_at is not None and e.occurred_at in story.rewrites
            for e in by_id.values()
        )
        seen["refused, late"] += (story.ended_by, story.verdict) == ("refused", "late")
        seen["another verdict"] += (
            story.rewritten is not None and story.rewritten.verdict != story.verdict
        )
        for flag in ("after_end", "reopened", "rewritten"):
            seen[flag] += flag in story.flags
        seen["open again"] += story.is_reopened
        first, named = story.clock.first_due, {e.due_at for e in by_id.values()} - {None}
        seen["in time by a stop"] += (
            first is not None and story.end is not None and story.ended_by == "finished"
            and first < story.end and story.verdict != "late" and named <= {first}
        )  # fmt: skip
    assert min(seen.values()) >= 3, seen
