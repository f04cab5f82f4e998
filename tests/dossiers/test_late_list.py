"""The month's late list: who is on it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dossiers.reference.context import Context
from dossiers.reports.late_list import month_of
from dossiers.wire.facts import Fact
from dossiers.wire.reference import Reference, Unit
from tests.dossiers.listed import Listed, late_list
from tests.dossiers.made_facts import made_fact

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
CONTEXT = Context(
    Reference(
        units=(
            Unit(id="city", name="City"),
            Unit(id="u1", name="One", parent="city"),
            Unit(id="u2", name="Two", parent="city"),
        )
    )
)
OCTOBER = month_of("2026-10", CONTEXT)
NOW = OCTOBER.end + 40 * 86_400_000

Life = list[tuple[datetime, str, str, str, datetime | None]]  # at, kind, unit, officer, due


def ms(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp() * 1000)


def local(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=HANOI)


def facts_of(life: Life) -> list[Fact]:
    return [
        made_fact(ms(at), "t", i, f"e{i}", kind, ms(at), unit=unit, officer=officer,
             due_at=None if due is None else ms(due))
        for i, (at, kind, unit, officer, due) in enumerate(life)
    ]  # fmt: skip


def lists(lives: dict[str, Life], scope: str = "") -> Listed:
    return late_list(((k, facts_of(v)) for k, v in lives.items()), OCTOBER, NOW, CONTEXT, scope)


LATE: Life = [
    (local(1, 9), "received", "u1", "a", local(5, 9)),
    (local(6, 9), "progressed", "u2", "b", None),
    (local(7, 9), "finished", "", "", None),
]


def test_a_late_dossier_counts_for_whoever_held_it_after_the_breach() -> None:
    found = lists({"d1": LATE})
    assert (found.total, found.late) == (1, 1)
    assert [(h.unit, h.officer, h.days_most) for h in found.officers] == [
        ("u1", "a", 1.0), ("u2", "b", 1.0),
    ]  # fmt: skip
    [line] = found.dossiers
    assert (line.days_late, line.finished_at) == (2.0, ms(local(7, 9)))


def test_a_month_is_judged_as_of_its_end() -> None:
    still_open: Life = [
        (local(20, 9), "received", "u1", "a", local(28, 9)),
        (local(10, 9, month=11), "finished", "", "", None),
    ]
    found = lists({"d1": still_open})
    [line] = found.dossiers
    assert line.finished_at is None, "in October it was open"
    assert line.days_late == 2.8, "28 October 09:00 to Friday the 30th 17:00"
    assert [(h.done, h.open) for h in found.officers] == [(0, 1)]


@pytest.mark.parametrize(
    ("life", "late", "total"),
    [
        ([(local(1, 9), "received", "u1", "a", local(9, 9)),
          (local(5, 9), "finished", "", "", None)], 0, 1),
        ([(local(1, 9, month=9), "received", "u1", "a", local(3, 9, month=9)),
          (local(8, 9, month=9), "finished", "", "", None)], 0, 0),
        ([(local(1, 9, month=11), "received", "u1", "a", local(3, 9, month=11))], 0, 0),
        ([(local(1, 9, month=9), "received", "u1", "a", local(3, 9, month=9))], 1, 1),
    ],
    ids=["in time", "late in September", "received in November", "overdue since September"],
)  # fmt: skip
def test_what_is_in_the_month(life: Life, late: int, total: int) -> None:
    found = lists({"d1": life})
    assert (found.late, found.total) == (late, total)


def test_a_scope_shows_only_what_it_held() -> None:
    early: Life = [
        (local(1, 9), "received", "u2", "c", local(9, 9)),
        (local(5, 9), "finished", "", "", None),
    ]
    found = lists({"d1": LATE, "d2": early}, scope="u2")
    assert [h.officer for h in found.officers] == ["b"]
    assert (found.total, found.late) == (2, 1)
    whole = lists({"d1": LATE, "d2": early}, scope="city")
    assert [h.unit for h in whole.units] == ["u1", "u2"]


def test_time_in_an_inbox_is_charged_to_the_unit_and_counted_as_unmatched() -> None:
    inbox: Life = [
        (local(1, 9), "received", "u1", "a", local(5, 9)),
        (local(2, 9), "progressed", "u2", "", None),
        (local(7, 9), "finished", "", "", None),
    ]
    found = lists({"d1": inbox})
    assert found.officers == ()
    assert [h.unit for h in found.units] == ["u2"]
    assert found.unmatched == 1
