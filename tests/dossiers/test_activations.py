"""Another version of the reference data comes into force."""

from __future__ import annotations

import uuid
from operator import attrgetter

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    AnyEvent,
    Finished,
    Progressed,
    Received,
    Tick,
    Voided,
)
from dossiers.wire.facts import Limit
from dossiers.wire.flags import AFTER_END
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference, Rules, Unit
from dossiers.wire.topics import DOSSIERS
from oracle.figures import recount_log
from streams.partition.engine import PartitionEngine
from tests.dossiers.days import at, story
from tests.dossiers.stories import DAY, OFFICE, START, VERSIONS, events
from tests.dossiers.test_fold import END, feed, figures, ticked, ticks

OTHER = Context(
    Reference(
        limit=Limit(1, "hours"),
        calendar=CalendarSpec(kind="24x7"),
        rules=Rules(stop_mode="restart", late_reception_hours=1, stops_status_8=False),
        units=(Unit(id="u1", name="One", parent="elsewhere"),),
    )
)
# Unit u1 ends in the middle of the events, and the one that goes on with it ends later.
ENDED = Context(
    msgspec.structs.replace(
        OFFICE.reference,
        units=(
            Unit(id="city", name="City"),
            Unit(id="u1", name="One", parent="city", ended="2026-09-25", successor="u3"),
            Unit(id="u2", name="Two's", parent="city", ended="2026-09-30", successor=""),
            Unit(id="u3", name="Three", parent="city", ended="2026-09-29", successor="u2"),
        ),
    )
)
KNOWN = {context.hash: context for context in (OFFICE, OTHER, VERSIONS, ENDED)}


def engine() -> PartitionEngine:
    made = PartitionEngine(
        str(uuid.UUID(int=7)), 0, lambda hash_: KNOWN[hash_].reference, lambda _: 0, 1
    )
    made.restore([])
    return made


def states(found: PartitionEngine) -> dict[str, DossierRecord]:
    return {
        k: msgspec.structs.replace(
            msgspec.json.decode(v, type=DossierRecord), epoch=0, offset=0, as_of=0
        )
        for k, v in found.state.dossiers.items()
    }


def with_activation(
    stream: list[AnyEvent], place: int, since: int, context: Context = OTHER
) -> list[AnyEvent]:
    stream = [Activate(hash=OFFICE.hash, since=0), *stream[1:]]
    place = max(1, min(place, len(stream)))
    return [*stream[:place], Activate(hash=context.hash, since=since), *stream[place:]]


moments = st.integers(0, 14 * 24).map(lambda hour: START + hour * DAY // 24)


@settings(deadline=None, max_examples=80)
@given(
    found=events(), steps=ticks, place=st.integers(1, 40), since=moments,
    other=st.sampled_from([OTHER, VERSIONS, ENDED]), size=st.integers(1, 7), cut=st.integers(0, 40),
)  # fmt: skip
def test_states_equal_a_recount_with_the_reference_data_of_then(
    found: list[AnyDossierEvent], steps: list[int], place: int, since: int, other: Context,
    size: int, cut: int,
) -> None:  # fmt: skip
    """Also where another worker takes over in between."""
    stream = with_activation(ticked(found, steps), place, since, other)
    first = engine()
    outputs = [*feed(first, stream[:cut], size), first.position()]
    second = PartitionEngine(
        first.state.timeline, 0, lambda hash_: KNOWN[hash_].reference, lambda _: 0, 1
    )
    second.restore({o.key: o.value for o in outputs if o.topic == DOSSIERS}.items())
    feed(second, stream[cut:], size, first=cut)

    in_force, heard, now = InForce(), [], 0
    for event in stream:
        if isinstance(event, Activate):
            in_force.add(KNOWN[event.hash], event.since, now)
        elif isinstance(event, Tick):
            now = max(now, event.now)
        else:
            heard.append((event, now))
    count = recount_log(heard, now, in_force.at(now), in_force)
    assert figures(second) == {s: r for s, r in count.figures.items() if any(r.values())}
    assert {
        k: (r.standing.verdict, r.course.due_at, r.unit) for k, r in states(second).items()
    } == {k: (s.verdict, s.due, s.unit) for k, s in count.stories.items()}


_VERDICT = (
    "standing.verdict", "course.due_at", "course.first_due_at", "course.finished_at",
    "course.outcome", "standing.breached_at", "flags", "standing.late_reception",
    "standing.late_reception_at", "course.rules", "course.calendar", "course.limit",
)  # fmt: skip


def without(verdicts: dict[str, tuple[object, ...]]) -> dict[str, tuple[object, ...]]:
    """The same without the flag ``after_end``."""
    place = _VERDICT.index("flags")
    return {
        key: (*told[:place], {*told[place]} - {AFTER_END}, *told[place + 1 :])  # type: ignore[misc]
        for key, told in verdicts.items()
    }


def verdicts(found: PartitionEngine) -> dict[str, tuple[object, ...]]:
    return {k: attrgetter(*_VERDICT)(r) for k, r in states(found).items() if r.course.outcome}


@settings(deadline=None, max_examples=40)
@given(found=events(), steps=ticks, since=moments, other=st.sampled_from([OTHER, VERSIONS, ENDED]))
def test_no_activation_changes_a_closed_verdict(
    found: list[AnyDossierEvent], steps: list[int], since: int, other: Context
) -> None:
    """Whatever instant it names: an activation never reaches back."""
    made = engine()
    stream = with_activation(ticked(found, steps), 1, 0, OFFICE)
    feed(made, stream)
    told = {
        k: v for k, v in verdicts(made).items() if (states(made)[k].course.finished_at or 0) < END
    }
    later: list[AnyEvent] = [Activate(hash=other.hash, since=since), Tick(now=END + DAY)]
    feed(made, later, first=len(stream))
    assert {k: v for k, v in verdicts(made).items() if k in told} == told
    # Nor does late news that says nothing about the end: it is shown, no more.
    news = [
        Progressed(
            event_id=f"news-{k}", dossier_id=k, occurred_at=END + DAY, received_at=END, source="z"
        )
        for k in told
        if states(made)[k].course.received_at is not None
    ]
    feed(made, list(news), first=len(stream) + len(later))
    assert all(AFTER_END in states(made)[event.dossier_id].flags for event in news)
    assert {k: v for k, v in without(verdicts(made)).items() if k in told} == without(told)


@settings(deadline=None, max_examples=40)
@given(found=events(), since=moments, place=st.integers(0, 30), data=st.data())
def test_the_order_around_an_activation_does_not_matter(
    found: list[AnyDossierEvent], since: int, place: int, data: st.DataObject
) -> None:
    """It counts from its instant on, in whatever order events and activation came before it."""
    final: list[AnyEvent] = [Tick(now=END)]
    start: list[AnyEvent] = [Activate(hash=OFFICE.hash, since=0), Tick(now=START - DAY)]
    other = Activate(hash=OTHER.hash, since=since)

    def stream(arrival: list[AnyDossierEvent], where: int) -> list[AnyEvent]:
        return [*start, *arrival[:where], other, *arrival[where:], *final]

    one, two = engine(), engine()
    feed(one, stream(found, place))
    arrival = data.draw(st.permutations(found))
    feed(two, stream(arrival, data.draw(st.integers(0, 30))))
    assert verdicts(one) == verdicts(two)
    assert figures(one) == figures(two)


def test_open_due_times_move_with_a_changed_calendar() -> None:
    off = CalendarSpec(days_off=("2026-09-22",))
    changed = Context(msgspec.structs.replace(OFFICE.reference, calendar=off))
    KNOWN[changed.hash] = changed
    made = engine()
    told = story((Received, "2026-09-21T08:00", {"limit": Limit(2, "working_days")}))
    start: list[AnyEvent] = [Activate(hash=OFFICE.hash, since=0), Tick(now=at("2026-09-21T07:00"))]
    feed(made, [*start, *told, Activate(hash=changed.hash, since=at("2026-09-21T12:00"))])
    assert states(made)["d"].course.due_at == at("2026-09-23T08:00"), "its time is still to come"
    feed(made, [Tick(now=at("2026-09-21T12:00"))], first=4)
    assert states(made)["d"].course.due_at == at("2026-09-24T08:00")
    end = story((Received, "2026-09-21T08:00", {}), (Finished, "2026-09-21T11:00", {}))[1]
    feed(made, [end], first=5)
    closed = states(made)["d"]
    assert (closed.standing.verdict, closed.course.due_at) == ("early", at("2026-09-23T08:00")), (
        "as of its end"
    )
    voided = Voided(
        event_id="v", dossier_id="d", occurred_at=at("2026-09-21T13:00"), received_at=0,
        source="a", target="1",
    )  # fmt: skip
    feed(made, [voided], first=6)
    assert states(made)["d"].course.due_at == at("2026-09-24T08:00"), (
        "open again, by what counts now"
    )
