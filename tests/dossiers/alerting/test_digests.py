"""The digest that a working day begins with."""

from __future__ import annotations

import pytest

from dossiers.alerting.sendings import Digest, ToldLine
from dossiers.wire.alert_policy import AlertPolicy
from tests.dossiers.alerting.city import alert, away
from tests.dossiers.alerting.telling import Telling, acted, city
from tests.dossiers.days import at

OWN = city(AlertPolicy(told={"overdue": ("head",)}, digest=("due_soon",)))
MORNING = at("2026-11-03T07:30")


def keys(lines: tuple[ToldLine, ...]) -> list[str]:
    return [line.alert.alert_id for line in lines]


def of(telling: Telling, receiver: str) -> list[Digest]:
    return [digest for digest in telling.digests if digest.receiver == receiver]


def told_on_monday() -> Telling:
    telling = Telling("2026-11-02T09:00", context=OWN)
    telling.take(
        alert("due_soon", level=16, dossier="today", due_at=at("2026-11-03T16:00")),
        alert("due_soon", level=16, dossier="tomorrow", due_at=at("2026-11-04T09:00")),
        alert(dossier="late"),
        alert("escalation", level=1, dossier="late"),
        alert("late_reception", dossier="new"),
    )
    return telling


def test_it_has_what_is_due_today_and_each_late_dossier_once() -> None:
    telling = told_on_monday()
    telling.to("2026-11-03T09:00")
    (digest,) = of(telling, "head")
    assert keys(digest.due_today) == ["today-due_soon-16"]
    assert keys(digest.late) == ["late-escalation-1"]
    assert keys(digest.other) == ["new-late_reception-0"]
    assert (digest.key, digest.at) == ("digest:head:2026-11-03", MORNING)
    assert keys(of(telling, "ann")[0].due_today) == ["today-due_soon-16"]


def test_it_comes_on_working_days_to_those_who_have_something() -> None:
    telling = told_on_monday()
    telling.to("2026-11-10T09:00")
    assert [digest.day for digest in of(telling, "head")] == [
        f"2026-11-{day}" for day in ("03", "04", "05", "07", "09", "10")
    ]
    assert of(telling, "rita") == []


def test_a_deputy_gets_what_the_absent_would_have_got() -> None:
    telling = Telling(
        "2026-11-02T09:00", away("head", "2026-11-03T07:00", "2026-11-04T07:00", "vice"),
        context=OWN,
    )  # fmt: skip
    telling.take(alert(dossier="late"))
    telling.to("2026-11-03T09:00")
    (line,) = of(telling, "vice")[0].late
    assert (line.told.instead_of, of(telling, "head")) == ("head", [])


def test_what_is_snoozed_is_left_out_for_who_snoozed_it() -> None:
    telling = Telling("2026-11-02T09:00", context=OWN)
    first = alert("late_reception")
    telling.take(first, acted(first, "snooze", "head", snoozed_until=at("2026-11-03T10:00")))
    telling.to("2026-11-03T09:00")
    assert of(telling, "head") == []
    telling.to("2026-11-03T10:00")
    assert [line[1] for line in telling.lines("head")] == ["d1-late_reception-0:2"]


@pytest.mark.parametrize(
    ("back", "days", "left_out"),
    [
        ("2026-11-03T07:29", [], []),
        ("2026-11-03T09:30", ["2026-11-03"], []),
        ("2026-11-03T09:31", [], ["digest::2026-11-03"]),
        ("2026-11-04T07:30", ["2026-11-04"], ["digest::2026-11-03"]),
    ],
)
def test_after_a_restart_it_is_two_working_hours_late_at_most(
    back: str, days: list[str], left_out: list[str]
) -> None:
    telling = told_on_monday()
    telling.to("2026-11-02T17:00")
    telling.restart()
    telling.to(back, jump=True)
    telling.restart()
    telling.after(1)
    assert [digest.day for digest in of(telling, "head")] == days
    found = [each.alert_id for each in telling.withheld if each.why == "digest_late"]
    assert found == left_out


def test_it_waits_for_own_quiet_hours_to_end() -> None:
    entry = away("head", "2026-11-01T07:00", "2026-11-01T08:00")
    entry = type(entry)(officer="head", quiet=("20:00", "08:15"))
    telling = Telling("2026-11-02T09:00", entry, context=OWN)
    telling.take(alert(dossier="late"))
    telling.to("2026-11-03T12:00")
    assert [digest.at for digest in of(telling, "head")] == [at("2026-11-03T08:15")]
