"""Is alerting any good: what counts as answered in time, and who gets too much."""

from __future__ import annotations

from api.inbox.quality import AlertLife, Answered, answered, loads_of, quality_of
from dossiers.time.calendar import calendar_of
from dossiers.time.hours import HOUR, MINUTE
from dossiers.wire.calendar_spec import CalendarSpec
from tests.api.city import START

OFFICE = calendar_of(CalendarSpec(kind="vn-office"), "Asia/Ho_Chi_Minh")
DAY = 24 * HOUR
NOW = START + 3 * DAY


def life(
    kind: str = "overdue", taken: int = 0, ended: int = 0, status: str = "raised", at: int = START
) -> AlertLife:
    """``taken``, ``ended``: ms after it was raised."""
    return AlertLife(
        kind, 0, "u1", "p1", at, at + taken if taken else 0, at + ended if ended else 0, status
    )


def judged(*lives: AlertLife) -> Answered:
    return answered(lives, NOW, lambda _: OFFICE, lambda _unit, _procedure: 8)


def test_an_answer_counts_by_working_time() -> None:
    overnight = life(taken=DAY)  # eight working hours later: just in time
    late = life(taken=DAY + MINUTE)
    ended = life(ended=HOUR, status="resolved")
    found = judged(overnight, late, ended)
    assert (found.judged, found.in_time, found.taken, found.ended) == (3, 2, 2, 1)
    assert found.to_end == HOUR
    assert found.to_take == 8 * HOUR + MINUTE // 2


def test_what_still_has_time_is_not_judged_and_what_waits_too_long_is() -> None:
    assert judged(life(at=NOW - HOUR)) == Answered(raised=1)
    waiting = judged(life())
    assert (waiting.judged, waiting.in_time, waiting.in_time_share) == (1, 0, 0.0)


def test_what_was_not_true_was_never_to_be_answered() -> None:
    found = judged(life(status="retracted"), life(taken=HOUR))
    assert (found.raised, found.judged, found.in_time) == (2, 1, 1)
    assert found.retracted_share == 50


def test_reminders_stand_in_the_table_and_not_in_the_whole() -> None:
    lives = [life("due_soon"), life("due_soon"), life(taken=HOUR)]
    found = quality_of(lives, [], NOW, lambda _: OFFICE, lambda _unit, _procedure: 8)
    assert found.whole.raised == 1
    assert [(name, of.raised) for name, of in found.rules] == [("due_soon", 2), ("overdue", 1)]
    assert found.groups_a_day is None


def test_days_over_the_budget_are_counted_on_working_days_alone() -> None:
    sent: list[dict[str, int | str]] = [
        {"receiver": "r", "unit": "u1", "day": day, "groups": groups}
        for day, groups in ((1, 3), (2, 12), (3, 11), (6, 40))
    ]
    sent.append({"receiver": "s", "unit": "u1", "day": 1, "groups": 1})
    sent.append({"receiver": "s", "unit": "u2", "day": 2, "groups": 2})
    [most, least] = loads_of(sent, lambda _: 10, lambda day: day < 6)
    assert (most.receiver, most.days, most.groups, most.most, most.over) == ("r", 3, 26, 12, 2)
    assert (least.unit, least.median, least.over) == ("", 1.5, 0)
