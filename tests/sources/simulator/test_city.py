"""The simulated city: seeded, plausible, without end."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.wire.events import (
    AnyDossierEvent,
    Described,
    Finished,
    Progressed,
    Received,
    Submitted,
    Voided,
)
from oracle.figures import recount
from sources.simulator.city import City
from sources.simulator.load import load, open_dossiers
from sources.simulator.plan import SimulationPlan
from sources.simulator.settings import CITY_FILE, SettingsError, load_settings
from sources.simulator.stream import LONGEST_LIFE_DAYS, Sent, events
from tests.sources.simulator.days import DAY, NOW


def test_the_same_seed_gives_the_same_city(
    city: City, plan: SimulationPlan, history: list[Sent]
) -> None:
    again = City(1, load_settings(dossiers_per_day=40))
    assert again.reference() == city.reference()
    assert list(islice(events(again, plan.origin, 0), 500)) == history[:500]
    other = City(2, load_settings(dossiers_per_day=40))
    assert list(islice(events(other, plan.origin, 0), 500)) != history[:500]


def test_events_come_in_the_order_in_which_they_arrive(history: list[Sent]) -> None:
    assert [sent.at for sent in history] == sorted(sent.at for sent in history)
    assert all(sent.at == sent.event.received_at >= sent.event.occurred_at for sent in history)


@settings(max_examples=5, deadline=None)
@given(share=st.floats(0, 1))
def test_goes_on_from_any_instant(
    city: City, plan: SimulationPlan, history: list[Sent], share: float
) -> None:
    from_ms = history[0].at + int((history[-1].at - history[0].at) * share)
    rest = list(events(city, plan.origin, from_ms, plan.live_from + 3 * DAY))
    assert rest == [sent for sent in history if sent.at >= from_ms]


def test_goes_on_long_after_its_beginning(city: City, plan: SimulationPlan) -> None:
    """Where not all days since the origin are made again."""
    small = City(3, load_settings(dossiers_per_day=3))
    start = plan.live_from + 2 * LONGEST_LIFE_DAYS * DAY
    origin = plan.origin
    all_of_it = list(events(small, origin, 0, start + 3 * DAY))
    assert list(events(small, origin, start, start + 3 * DAY)) == [
        sent for sent in all_of_it if sent.at >= start
    ]


def test_the_plan_survives_in_the_timeline(plan: SimulationPlan, city: City) -> None:
    assert SimulationPlan.parse(str(plan)) == plan
    assert SimulationPlan.parse("a mapping's hash") is None
    live = city.calendar.local(plan.live_from)
    assert (live.isoformat(), plan.origin.isoformat()) == (
        "2026-11-19T09:30:00+07:00",  # the last Thursday: the Friday has no working day after it
        "2026-10-20",
    )


@pytest.mark.parametrize(
    ("day", "origin"),
    [
        ("2026-11-20", "2026-09-30"),
        ("2026-12-01", "2026-10-30"),  # 1 November is a Sunday
        ("2026-12-31", "2026-10-30"),
    ],
)
def test_the_demo_has_seen_the_whole_of_the_month_before(day: str, origin: str) -> None:
    city = City(1, load_settings(dossiers_per_day=3))
    noon = int(datetime.fromisoformat(f"{day}T12:00:00+07:00").timestamp() * 1_000)
    assert SimulationPlan.make(city, noon).origin.isoformat() == origin


def test_looks_like_a_city(plan: SimulationPlan) -> None:
    """The figures the demo is to show, from a recount of its history."""
    city = City(1, load_settings(dossiers_per_day=150))
    told = [sent.event for sent in events(city, plan.origin, 0, plan.live_from)]
    figures, _ = recount(told, plan.live_from, Context(city.reference()))
    whole = figures["all"]
    done = whole["early_month"] + whole["on_time_month"] + whole["late_month"]
    assert 0.93 < 1 - whole["late_month"] / done < 0.975
    assert 0.03 < whole["overdue"] / whole["open"] < 0.12
    assert whole["due_soon"] > 10
    assert whole["waiting"] > 5
    assert whole["late_receptions_30d"] > 20
    worst = figures["unit:SNNMT"]
    assert 0.11 < worst["received_month"] / whole["received_month"] < 0.17
    lates = [figures["late_30d"] + figures["overdue"] for figures in (worst, whole)]
    assert 0.25 < lates[0] / lates[1] < 0.55
    assert figures[f"unit:{city.settings.city.id}"]["total"] == whole["total"]
    kinds = Counter(type(event).__name__ for event in told)
    assert set(kinds) == {
        "Submitted",
        "Received",
        "Refused",
        "Progressed",
        "Suspended",
        "Resumed",
        "Withdrawn",
        "Finished",
        "DueSet",
        "Voided",
        "Described",
    }
    assert len(told) * 1250 / 150 < 200_000  # of the demo's whole history


def test_sends_some_twice_late_or_wrong(history: list[Sent]) -> None:
    told = [sent.event for sent in history]
    ids = Counter(event.event_id for event in told)
    assert any(count == 2 for count in ids.values())
    assert max(ids.values()) == 2
    targets = {event.target for event in told if isinstance(event, Voided)}
    assert targets
    assert targets <= set(ids)
    newest: dict[str, int] = {}
    late = 0
    for event in told:
        late += event.occurred_at < newest.get(event.dossier_id, 0)
        newest[event.dossier_id] = max(newest.get(event.dossier_id, 0), event.occurred_at)
    assert late > 10


def test_every_dossier_has_one_story(history: list[Sent]) -> None:
    """Event ids are unique to a dossier; its facts follow each other once sorted."""
    owners: dict[str, str] = {}
    stories: dict[str, list[AnyDossierEvent]] = {}
    for sent in history:
        assert owners.setdefault(sent.event.event_id, sent.event.dossier_id) == (
            sent.event.dossier_id
        )
        stories.setdefault(sent.event.dossier_id, []).append(sent.event)
    assert any(isinstance(event, Received) for event in stories[history[0].event.dossier_id])


def test_every_dossier_that_was_received_is_described(history: list[Sent]) -> None:
    """What some senders leave out is left out here, too, and not 0."""
    told = [sent.event for sent in history]
    described = [event for event in told if isinstance(event, Described)]
    begun = {event.dossier_id for event in told if isinstance(event, Received | Submitted)}
    assert {event.dossier_id for event in described} == begun
    for event in described:
        said = event.traits
        parts = (said.components_digitised, said.components_reused, said.components_from_store)
        assert all(part is None or part <= (said.components or 0) for part in parts)
    online = {e.dossier_id for e in told if isinstance(e, Submitted)}
    assert {e.dossier_id for e in described if e.traits.channel == 2} == online
    silent = [event for event in described if event.traits.paid_online is None]
    assert 0 < len(silent) < len(described) / 5
    with_result = {event.dossier_id for event in described if event.traits.result_file}
    assert with_result
    assert with_result < {event.dossier_id for event in told if isinstance(event, Finished)}


def test_names_officers_and_nobody_else(city: City, history: list[Sent]) -> None:
    reference = city.reference()
    units = {unit.id for unit in reference.units}
    officers = {officer.id for officer in reference.officers}
    assert {unit.parent for unit in reference.units} <= units | {""}
    assert {unit.kind for unit in reference.units} == {"province", "department", "commune"}
    assert all(unit.short and unit.name for unit in reference.units)
    assert all(0 <= (unit.x or 0) <= 1 and 0 <= (unit.y or 0) <= 1 for unit in reference.units)
    for sent in history:
        assert sent.event.unit in units | {""}
        assert {sent.event.officer, sent.event.responsible} <= officers | {""}
    steps = {sent.event.step for sent in history if isinstance(sent.event, Progressed)}
    assert steps == {"Thẩm định", "Xin ý kiến", "Trình ký", "Văn thư"}


def test_grows_to_a_large_city() -> None:
    city = City(1, load_settings(communes=168 - 14))
    tiles = [desk.unit for desk in city.desks]
    assert len(tiles) == 168
    assert len({unit.short for unit in tiles}) == 168


def test_load_comes_evenly(city: City, plan: SimulationPlan) -> None:
    sent = list(islice(load(city, plan.live_from, 200), 400))
    assert [s.at - plan.live_from for s in sent] == [n * 5 for n in range(400)]
    assert all(s.event.occurred_at == s.at for s in sent)


def test_open_dossiers_are_open(city: City) -> None:
    dossiers = list(open_dossiers(city, 100, NOW))
    assert len({event.dossier_id for event in dossiers}) == 100
    assert all(NOW < (event.due_at or 0) <= NOW + 5 * DAY for event in dossiers)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("online = 0.58", "online = 1.58", "course.online: Input should be less than or equal"),
        ("refused = 0.03", "refusd = 0.03", "course.refusd"),
        ('at = ["STC"]', 'at = ["SXX"]', "at names no department: SXX"),
        ("share = 0.14", "share = 0.94", "their shares add up to 1 or more"),
    ],
)
def test_settings_are_checked(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "city.toml"
    path.write_text(CITY_FILE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=str(path)) as caught:
        load_settings(path)
    assert said in str(caught.value)
