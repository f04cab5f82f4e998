"""Units that have ended: from then on their open dossiers count for the successor."""

from __future__ import annotations

import uuid

import msgspec
import pytest

from dossiers.reference.check import problems
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reference.succession import Ending
from dossiers.reports.case import case_in_force
from dossiers.reports.holdings import Holding
from dossiers.reports.passing_on import passed_on
from dossiers.time.hours import CalendarError
from dossiers.wire.events import Activate, AnyEvent, Finished, Progressed, Received, Tick
from dossiers.wire.facts import Limit
from dossiers.wire.kept_events import fact_of
from dossiers.wire.reference import Officer, Reference, Unit
from streams.partition.engine import PartitionEngine
from tests.dossiers.days import at, story
from tests.dossiers.test_fold import feed, figures

BEFORE = Context(
    Reference(
        limit=Limit(2, "working_days"),
        units=(
            Unit(id="city", name="City"),
            Unit(id="old", name="Old", parent="city"),
            Unit(id="new", name="New", parent="city"),
            Unit(id="last", name="Last", parent="city"),
        ),
        officers=(Officer(id="o1", name="Trần An", unit="new"),),
    )
)


def changed(**ends: tuple[str, str]) -> Context:
    """As before, with (ended, successor) by unit."""
    units = tuple(
        msgspec.structs.replace(unit, ended=ends[unit.id][0], successor=ends[unit.id][1])
        if unit.id in ends
        else unit
        for unit in BEFORE.reference.units
    )
    return Context(msgspec.structs.replace(BEFORE.reference, units=units))


def engine_of(*contexts: Context) -> PartitionEngine:
    known = {context.hash: context.reference for context in contexts}
    made = PartitionEngine(str(uuid.UUID(int=7)), 0, known.__getitem__, lambda _: 0, 1)
    made.restore([])
    feed(made, [Activate(hash=contexts[0].hash, since=0), Tick(now=at("2026-11-02T07:00"))])
    return made


def open_in(made: PartitionEngine) -> dict[str, int]:
    return {
        scope.removeprefix("unit:"): row["open"]
        for scope, row in figures(made).items()
        if scope.startswith("unit:") and row["open"]
    }


def received_in(made: PartitionEngine) -> dict[str, int]:
    return {
        scope.removeprefix("unit:"): row["received_month"]
        for scope, row in figures(made).items()
        if scope.startswith("unit:") and row["received_month"]
    }


def two_dossiers() -> list[AnyEvent]:
    closed = story(
        (Received, "2026-11-02T08:00", {"unit": "old"}), (Finished, "2026-11-02T09:00", {})
    )
    opened = story((Received, "2026-11-02T08:30", {"unit": "old"}))
    return [*(msgspec.structs.replace(each, dossier_id="closed") for each in closed), *opened]


def test_open_dossiers_move_at_the_activation_with_their_windows_and_closed_ones_stay() -> None:
    after = changed(old=("2026-07-01", "new"))
    made = engine_of(BEFORE, after)
    feed(made, [*two_dossiers(), Tick(now=at("2026-11-02T10:00"))], first=2)
    assert open_in(made) == {"city": 1, "old": 1}
    feed(made, [Activate(hash=after.hash, since=at("2026-11-02T10:00"))], first=6)
    assert open_in(made) == {"city": 1, "new": 1}
    assert received_in(made) == {"city": 2, "old": 1, "new": 1}


def test_a_unit_ends_on_its_day_where_that_comes_after_the_activation() -> None:
    after = changed(old=("2026-11-04", "new"))
    made = engine_of(BEFORE, after)
    feed(made, [*two_dossiers(), Activate(hash=after.hash, since=0)], first=2)
    feed(made, [Tick(now=at("2026-11-03T23:59"))], first=6)
    assert open_in(made) == {"city": 1, "old": 1}
    feed(made, [Tick(now=at("2026-11-04T00:00"))], first=7)
    assert open_in(made) == {"city": 1, "new": 1}


def test_what_is_still_sent_in_its_name_counts_for_the_last_of_the_chain() -> None:
    after = changed(old=("2026-07-01", "new"), new=("2026-08-01", "last"))
    made = engine_of(after)
    news = story(
        (Received, "2026-11-02T08:00", {"unit": "old"}),
        (Progressed, "2026-11-02T08:10", {"unit": "new"}),
        (Progressed, "2026-11-02T08:20", {"officer": "x"}),
    )
    for number, event in enumerate(news):
        feed(made, [event], first=2 + number)
        assert open_in(made) == {"city": 1, "last": 1}


def test_the_way_it_came_about_does_not_matter() -> None:
    """One after the other, or all at once: the same states."""
    after = changed(old=("2026-07-01", "new"))
    turn: list[AnyEvent] = [
        Activate(hash=after.hash, since=at("2026-11-02T12:00")),
        Tick(now=at("2026-11-02T12:00")),
    ]
    told = story(
        (Received, "2026-11-02T08:00", {"unit": "old"}),
        (Progressed, "2026-11-02T13:00", {"officer_name": "Trần An"}),
        (Progressed, "2026-11-02T14:00", {"unit": "old", "officer": "y"}),
    )
    one, two = engine_of(BEFORE, after), engine_of(BEFORE, after)
    feed(one, [told[0], *turn, told[1], told[2]], first=2)
    feed(two, [*reversed(told), *turn], first=2)
    assert figures(one) == figures(two)
    assert open_in(one) == {"city": 1, "new": 1}


def test_officers_of_the_successor_are_known_by_name() -> None:
    after = changed(old=("2026-07-01", "new"))
    named = Progressed(
        event_id="9", dossier_id="d", occurred_at=at("2026-11-02T13:00"), received_at=0,
        source="a", officer_name="Trần An",
    )  # fmt: skip
    made = engine_of(after)
    feed(made, [*story((Received, "2026-11-02T08:00", {"unit": "old"})), named], first=2)
    assert figures(made)["officer:o1"]["open"] == 1


def test_a_later_version_does_not_end_it_again() -> None:
    first = changed(old=("2026-07-01", "new"))
    again = Context(msgspec.structs.replace(first.reference, title="Renamed"))
    in_force = InForce([(0, BEFORE), (100, first)])
    in_force.add(again, 200, 150)
    later = max(100, at("2026-07-01T00:00"))
    assert [since for since, _ in in_force.all_spans()] == [0, 100, 200, later]
    assert in_force.at(later).ended["old"].at == later
    assert in_force.at(later - 1).present_unit("old") == "old"
    assert in_force.activations() == ((0, BEFORE.hash), (100, first.hash), (200, again.hash))


@pytest.mark.parametrize(
    ("ends", "field", "warning"),
    [
        ({"old": ("2026-07-01", "")}, "ended", True),
        ({"old": ("July", "new")}, "ended", False),
        ({"old": ("2026-07-01", "nobody")}, "successor", False),
        ({"old": ("", "new")}, "successor", False),
        ({"old": ("2026-07-01", "new"), "new": ("2026-07-01", "old")}, "successor", False),
        ({"old": ("2026-07-01", "old")}, "successor", False),
    ],
)
def test_what_the_check_says(ends: dict[str, tuple[str, str]], field: str, warning: bool) -> None:
    units = tuple(
        Unit(id=u.id, name=u.name, parent=u.parent, ended=ends.get(u.id, ("", ""))[0],
             successor=ends.get(u.id, ("", ""))[1])
        for u in BEFORE.reference.units
    )  # fmt: skip
    found = problems(msgspec.structs.replace(BEFORE.reference, units=units))
    assert [(each.field, each.warning) for each in found] == [(field, warning)]


def test_units_that_name_each_other_and_go_on_are_in_no_circle() -> None:
    units = (Unit(id="a", name="A", successor="b"), Unit(id="b", name="B", successor="a"))
    found = [each.text for each in problems(Reference(units=units)) if each.field == "successor"]
    assert ["but not when" in text for text in found] == [True, True]


def test_a_date_that_is_none_cannot_be_used() -> None:
    units = (Unit(id="old", name="Old", ended="soon", successor="new"),)
    with pytest.raises(CalendarError, match="'old' has ended = 'soon'"):
        Context(Reference(units=units))


def test_a_circle_leaves_dossiers_where_they_are() -> None:
    units = (
        Unit(id="a", name="A", ended="2026-07-01", successor="b"),
        Unit(id="b", name="B", ended="2026-07-01", successor="a"),
    )
    context = InForce([(0, Context(Reference(units=units)))]).at(at("2026-11-02T08:00"))
    assert context.present_unit("a") == "a"


def test_lateness_from_the_end_of_a_unit_on_is_charged_to_its_successor() -> None:
    """In the officer's hands all the time: 2 h of Tuesday afternoon and 1 h of Wednesday late."""
    after = InForce([(0, changed(old=("2026-11-04", "new")))])
    told = story(
        (Received, "2026-11-02T15:00", {"unit": "old", "officer": "x", "limit": Limit(8, "hours")}),
        (Finished, "2026-11-04T08:30", {}),
    )
    case = case_in_force([fact_of(event) for event in told], at("2026-11-05T08:00"), after)
    assert case.attribution is not None
    hour = 3_600_000
    assert case.attribution.by_officer() == {("old", "x"): 2 * hour, ("new", "x"): hour}
    assert case.passed_by == "old"


def test_what_was_over_when_a_unit_ended_stays_its_own_and_a_portals_record_is_not_split() -> None:
    began, end, after = at("2026-11-02T08:00"), at("2026-11-04T00:00"), at("2026-11-05T10:00")
    ended = {"old": Ending(end, "new")}
    over = Holding("", "x", "old", began, end)
    told = Holding("", "x", "old", began, after, told=True)
    assert passed_on([over], ended) == [over]
    assert passed_on([told], ended) == [told]
    assert passed_on([over._replace(end=after)], ended) == [
        over, Holding("", "x", "new", end, after)
    ]  # fmt: skip
