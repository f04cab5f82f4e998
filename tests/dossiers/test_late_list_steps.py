"""Steps and months at the edges of the late list."""

from __future__ import annotations

import msgspec

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.late_list import last_of, month_of
from dossiers.time.hours import HOUR
from dossiers.wire.facts import Content, Fact, SnapshotFact
from dossiers.wire.reference import Unit
from tests.dossiers.late_rows import PLAIN, WEEKEND, at, charged, fact, judged, made
from tests.dossiers.listed import late_list


def test_a_step_that_is_not_known_belongs_to_the_known_one_before_it() -> None:
    facts = [
        fact("10-05 07:30", "received", unit="u1", officer="a", procedure="p", step="một"),
        fact("10-05 10:30", "progressed", officer="b", step="something else"),
        fact("10-05 15:00", "progressed", officer="c", step="s2"),
        fact("10-06 11:30", "finished"),
    ]
    case = judged(facts, "12-01 08:00")
    assert case.attribution is not None
    assert case.attribution.basis == "steps"
    assert [(p.holding.officer, p.holding.step, p.limit) for p in case.attribution.parts] == [
        ("a", "s1", 3 * HOUR), ("b", "s1", 1 * HOUR), ("c", "s2", 4 * HOUR),
    ]  # fmt: skip
    assert charged(case) == {"b": 2.0, "c": 2.0}


def test_what_comes_before_any_known_step_belongs_to_the_first_one() -> None:
    facts = [
        fact("10-05 07:30", "received", unit="u1", officer="a", procedure="p", step="?"),
        fact("10-05 13:00", "progressed", officer="b"),
        fact("10-05 14:00", "progressed", officer="c", step="s1"),
        fact("10-06 08:30", "finished"),
    ]
    case = judged(facts, "12-01 08:00")
    assert case.attribution is not None
    assert [p.holding.step for p in case.attribution.parts] == ["s1", "s1", "s1"]
    assert charged(case) == {"b": 0.2, "c": 0.8}, "step s2 was not taken: 4 h of it are deducted"


def test_without_any_known_step_there_is_no_step_data() -> None:
    facts = [
        fact("10-05 07:30", "received", unit="u1", officer="a", procedure="p", step="?"),
        fact("10-06 08:30", "finished"),
    ]
    case = judged(facts, "12-01 08:00")
    assert case.attribution is not None
    assert (case.attribution.basis, charged(case)) == ("no_step_data", {"a": 1.0})


def test_those_withdrawn_or_refused_later_were_held() -> None:
    for kind in ("withdrawn", "refused"):
        facts = [
            fact("10-01 09:00", "received", unit="u1", officer="a", due="10-20 09:00"),
            fact("10-05 09:00", kind),
        ]
        found = made(facts)
        assert (found.total, found.late) == (1, 0), kind


def test_what_a_snapshot_tells_in_november_of_october_is_in_the_list_of_october() -> None:
    """Whenever it was told: else a dossier that was late in October would be in no list."""
    content = Content(
        procedure="p", status=9, accepted_at=at("10-05 09:00"), due_at=at("10-08 09:00"),
        finished_at=at("10-12 09:00"),
    )  # fmt: skip
    shown = SnapshotFact(
        at("11-03 10:00"), "portal", 0, "s", at("11-03 10:00"), unit="u1", content=content
    )
    found = made([shown])
    assert [(d.finished_at, d.days_late) for d in found.dossiers] == [(at("10-12 09:00"), 2.0)]
    assert made([shown], month="2026-11").total == 0
    early = msgspec.structs.replace(content, finished_at=at("10-07 09:00"))
    before = msgspec.structs.replace(content, status=4, finished_at=None)
    both: list[Fact] = [
        msgspec.structs.replace(shown, occurred_at=at("10-05 10:00"), event_id="r",
                                content=before),
        msgspec.structs.replace(shown, content=early),
    ]  # fmt: skip
    assert made(both).late == 0, "it was finished in time, though that was told after the month"


def test_a_version_that_begins_with_the_next_month_changes_no_list() -> None:
    """Units are merged on the first of a month: the list before it has the old ones."""
    merged = Context(
        msgspec.structs.replace(PLAIN.reference, units=(Unit(id="city", name="New city"),))
    )
    in_force = InForce([(0, PLAIN), (at("11-01 00:00"), merged)])
    for month, expected in (("2026-10", PLAIN), ("2026-11", merged)):
        span = month_of(month, merged)
        context = in_force.at(last_of(span, at("12-10 00:00")))
        assert context is expected
        found = late_list([("d", WEEKEND)], span, at("12-10 00:00"), context, "", in_force)
        assert found.late == 1
