"""Dossiers that are late or not by dates that a snapshot had contradicted: counts and alerts."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.tallies.vector import FIELD
from dossiers.wire.alerts import Alert
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    AnyEvent,
    DueSet,
    Finished,
    Progressed,
    Reopened,
    Resumed,
    Suspended,
    Tick,
)
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference, Rules
from dossiers.wire.topics import ALERTS
from streams.partition.engine import PartitionEngine
from tests.dossiers.offices import at, local
from tests.dossiers.portal_rows import RUNNING, asked, but, on
from tests.dossiers.snapshot_stories import any_snapshots, snapshot
from tests.dossiers.stories import DAY, OFFICE, START
from tests.dossiers.test_fold import engine_for, feed, figures
from tests.dossiers.test_snapshots import course_of, kept

ALARMING = Context(Reference(rules=Rules(backdated_alerts=True)))
ENDED = but(status=9, finished_at="09 10:00")
SHOWN = [snapshot(on("03 09:00"), RUNNING), snapshot(on("11 09:00"), RUNNING)]
TOLD = snapshot(on("18 09:00"), ENDED)


def run(
    *stream: AnyEvent | str, context: Context = ALARMING
) -> tuple[PartitionEngine, list[tuple[str, str]]]:
    """After these events, and ticks given as local times: the engine, and (transition, cause) of
    each alert of the kind ``backdated``."""
    engine = engine_for(context)
    engine.restore([])
    events = [Tick(now=at(e)) if isinstance(e, str) else e for e in stream]
    outputs = feed(engine, [Activate(hash="x", since=0), *events], size=1)
    alerts = [msgspec.json.decode(o.value or b"", type=Alert) for o in outputs if o.topic == ALERTS]
    return engine, [(a.transition, local(a.due_at)) for a in alerts if a.kind == "backdated"]


def record(engine: PartitionEngine) -> DossierRecord:
    return msgspec.json.decode(engine.state.dossiers["d0"], type=DossierRecord)


def gauge(engine: PartitionEngine, name: str) -> int:
    return engine.state.tallies.vectors["all"][FIELD[name]]


def test_a_backdated_end_is_flagged_counted_and_announced_where_a_rule_says_so() -> None:
    engine, alerts = run(*SHOWN, "2026-11-18T08:00", TOLD)
    found = record(engine)
    assert (found.standing.verdict, found.flags) == ("on_time", ("backdated",))
    assert found.course.as_shown is not None
    assert found.standing.as_shown == "late"
    assert [gauge(engine, name) for name in ("backdated", "flagged", "late", "on_time")] == [
        1, 1, 0, 1,
    ]  # fmt: skip
    assert alerts == [("raised", "2026-11-11T09:00")]
    quiet, none = run(*SHOWN, "2026-11-18T08:00", TOLD, context=Context(Reference()))
    assert (record(quiet).flags, gauge(quiet, "backdated"), none) == (("backdated",), 1, [])


def test_late_news_takes_the_flag_and_the_alert_back() -> None:
    between = snapshot(on("09 12:00"), ENDED)  # so it had been told in time
    engine, alerts = run(*SHOWN, "2026-11-18T08:00", TOLD, between)
    assert "backdated" not in record(engine).flags
    assert gauge(engine, "backdated") == 0
    assert alerts == [("raised", "2026-11-11T09:00"), ("retracted", "2026-11-11T09:00")]


def test_a_backdated_stop_is_flagged_only_while_the_verdict_depends_on_it() -> None:
    """Due on the 9th, or by the stop on the 12th at 17:00."""
    answered = but(supplements=(asked("1", "06 08:00", "11 08:00"),))
    shown = snapshot(on("03 09:00"), RUNNING), snapshot(on("10 09:00"), RUNNING)
    stream: list[AnyEvent | str] = [*shown, "2026-11-12T08:00", snapshot(on("12 09:00"), answered)]
    engine, _ = run(*stream)
    assert record(engine).flags == ("backdated",)
    engine, alerts = run(*stream, "2026-11-12T17:01")
    assert (record(engine).standing.verdict, record(engine).flags) == ("overdue", ())
    assert (gauge(engine, "backdated"), gauge(engine, "flagged")) == (0, 0)
    assert [transition for transition, _ in alerts] == ["raised", "retracted"]


def test_where_closed_dossiers_leave_the_count_is_that_of_all_time() -> None:
    leaving = Context(Reference(rules=Rules(tombstones=True, retention_days=32)))
    engine, _ = run(*SHOWN, "2026-11-18T08:00", TOLD, context=leaving)
    assert record(engine).flags == ("backdated",)
    assert (gauge(engine, "backdated"), gauge(engine, "flagged")) == (0, 0)


_KINDS = st.sampled_from([Suspended, Resumed, Finished, Reopened, DueSet, Progressed])


@st.composite
def mixed(draw: st.DrawFn) -> list[AnyDossierEvent]:
    """Snapshots, and events of others about the same dossier, some recorded late."""
    found = draw(any_snapshots(5))
    for number in range(draw(st.integers(0, 4))):
        moment = START + draw(st.integers(0, 12 * 24)) * (DAY // 24)
        kind = draw(_KINDS)
        more = {"due_at": START + draw(st.integers(0, 60)) * (DAY // 4)} if kind is DueSet else {}
        found.append(
            kind(
                event_id=f"x{number}", dossier_id="d0", occurred_at=moment, source="key",
                received_at=moment + draw(st.integers(0, 5)) * DAY, unit="u1", **more,
            )
        )  # fmt: skip
    return draw(st.permutations(found))


@settings(deadline=None, max_examples=80)
@given(found=mixed(), data=st.data())
def test_any_order_of_snapshots_and_events_comes_to_the_same(
    found: list[AnyDossierEvent], data: st.DataObject
) -> None:
    other = data.draw(st.permutations(found))
    assert kept(found) == kept(other)
    assert course_of(found, OFFICE) == course_of(other, OFFICE)
    one, two = engine_for(OFFICE), engine_for(OFFICE)
    for engine, events in ((one, found), (two, other)):
        engine.restore([])
        feed(engine, [*events, Tick(now=START + 60 * DAY)])
    same = [msgspec.structs.replace(record(e), offset=0, as_of=0, alerts=()) for e in (one, two)]
    assert same[0] == same[1]
    assert figures(one) == figures(two)
