"""People of the simulated city act on alerts that there are, and change nothing of what is late."""

from __future__ import annotations

from collections import Counter
from functools import cache

import msgspec

from dossiers.time.hours import HOUR
from dossiers.wire.acted import Acted
from dossiers.wire.events import Tick
from dossiers.wire.tallies import PartialTally
from dossiers.wire.topics import PARTIALS
from sources.simulator.city import City
from sources.simulator.people import People
from sources.simulator.plan import SimulationPlan
from sources.simulator.stream import Sent, events
from tests.sources.simulator.days import DAY, NOW, short_history
from tests.streams.deeds import LINE, Partition

PER_DAY = 25
Vectors = dict[str, tuple[int, ...]]


@cache
def small() -> City:
    return City(1, short_history(dossiers_per_day=PER_DAY))


@cache
def sent(*, acting: bool) -> tuple[Sent, ...]:
    city = small()
    plan = SimulationPlan.make(city, NOW)
    people = People(city, LINE) if acting else None
    return tuple(events(city, plan.origin, 0, plan.live_from, people))


@cache
def lived(*, acting: bool) -> Partition:
    """Folded, with a tick an hour."""
    line = Partition(small().reference())
    hour = 0
    for each in sent(acting=acting):
        if each.at // HOUR > hour:
            hour = each.at // HOUR
            line.take(Tick(now=hour * HOUR))
        line.take(each.event)
    line.take(Tick(now=(hour + 1) * HOUR))
    return line


def vectors(line: Partition) -> Vectors:
    partials = [
        msgspec.json.decode(output.value or b"", type=PartialTally)
        for output in line.outputs
        if output.topic == PARTIALS
    ]
    return {each.scope: tuple(each.vector) for each in partials}


def test_what_they_do_is_taken() -> None:
    line = lived(acting=True)
    acted = [each.event for each in sent(acting=True) if isinstance(each.event, Acted)]
    told = [alert for alert in line.alerts if alert.action]
    assert line.letters() == []
    assert {alert.alert_id for alert in told} <= {event.alert_id for event in acted}
    assert len(told) > 0.8 * len(acted) > 20, "most of it concerns an alert that stands"
    actions = Counter(alert.action for alert in told)
    assert min(actions[name] for name in ("acknowledge", "explain", "snooze")) > 0
    heads = {desk.head for desk in small().desks}
    assert any(alert.taken_by in heads for alert in told)


def test_nothing_is_late_or_early_by_it() -> None:
    assert vectors(lived(acting=True)) == vectors(lived(acting=False))
    assert [s for s in sent(acting=True) if not isinstance(s.event, Acted)] == list(
        sent(acting=False)
    )


def test_they_act_while_offices_are_open() -> None:
    city = small()
    beginnings = [
        each.event.occurred_at
        for each in sent(acting=True)
        if isinstance(each.event, Acted) and each.event.action in ("acknowledge", "snooze")
    ]
    assert all(city.calendar.is_working_day(city.calendar.local_date(at)) for at in beginnings)


def test_it_goes_on_from_any_instant() -> None:
    city = small()
    plan = SimulationPlan.make(city, NOW)
    from_ms = plan.live_from - 9 * DAY
    rest = events(city, plan.origin, from_ms, plan.live_from, People(city, LINE))
    assert list(rest) == [each for each in sent(acting=True) if each.at >= from_ms]


def test_nobody_acts_in_a_city_whose_settings_say_nothing_of_people() -> None:
    known = short_history(dossiers_per_day=PER_DAY)
    idle = City(1, known.model_copy(update={"people": type(known.people)()}))
    plan = SimulationPlan.make(idle, NOW)
    told = events(idle, plan.origin, 0, plan.live_from, People(idle, LINE))
    assert not any(isinstance(each.event, Acted) for each in told)
