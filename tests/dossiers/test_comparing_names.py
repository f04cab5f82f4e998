"""Units, officers and repetitions in snapshots that are compared."""

from __future__ import annotations

import msgspec

from dossiers.fold.folding import elementary
from dossiers.reference.context import Context
from dossiers.reports.holdings import holdings_of
from dossiers.wire.events import Activate, AnyDossierEvent, AnyEvent, Progressed, Snapshot, Tick
from dossiers.wire.facts import Limit
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Officer, Reference, Unit
from tests.dossiers.compared import RUNNING, at, but
from tests.dossiers.snapshot_stories import snapshot
from tests.dossiers.stories import OFFICE
from tests.dossiers.test_fold import engine_for, feed
from tests.dossiers.test_snapshots import course_of, kept


def test_the_unit_of_a_later_snapshot_takes_the_dossier_over_then() -> None:
    first = snapshot(at("05 09:00"), RUNNING)
    second = snapshot(at("07 09:00"), but(RUNNING, status=2), unit="u2")
    facts = elementary(kept([first, second]), OFFICE)
    held = holdings_of(facts, at("05 08:00"), at("08 08:00"))
    assert [(h.unit, h.start) for h in held] == [("u1", at("05 08:00")), ("u2", at("07 09:00"))]


def progress(when: str, name: str) -> Progressed:
    return Progressed(
        event_id=f"p{when}", dossier_id="d0", occurred_at=at(when), received_at=at(when),
        source="portal:H29", officer_name=name,
    )  # fmt: skip


def named(*officers: Officer) -> Context:
    units = (Unit(id="u1", name="Sở Một"), Unit(id="u1.1", name="Phòng A", parent="u1"))
    return Context(Reference(limit=Limit(3, "working_days"), units=units, officers=officers))


def test_officers_are_matched_in_the_unit_by_spelling_and_never_guessed() -> None:
    an = Officer(id="o1", name="Lê  Văn ÁN", unit="u1.1")
    elsewhere = Officer(id="o2", name="Lê Văn Án", unit="u2")
    events: list[AnyDossierEvent] = [
        snapshot(at("05 09:00"), RUNNING, unit="Sở một"),
        progress("06 09:00", "lê văn án"),
    ]
    course = course_of(events, named(an, elsewhere))
    assert (course.unit, course.officer, course.flags) == ("u1", "o1", ())
    twin = Officer(id="o3", name="Lê Văn Án", unit="u1.1")
    course = course_of(events, named(an, twin))
    assert (course.officer, course.flags) == ("unknown", ("officer_unmatched",))


def test_later_reference_data_match_earlier_progress() -> None:
    references = {"none": named(), "one": named(Officer(id="o1", name="Lê An", unit="u1"))}
    engine = engine_for(OFFICE)
    engine.state.versions._reference_of = lambda hash_: references[hash_].reference
    engine.restore([])
    stream: list[AnyEvent] = [
        Activate(hash="none", since=0),
        progress("06 09:00", "Lê An"),  # before its dossier
        snapshot(at("06 10:00"), RUNNING),
        Tick(now=at("07 09:00")),
    ]
    feed(engine, stream)
    record = msgspec.json.decode(engine.state.dossiers["d0"], type=DossierRecord)
    assert record.flags == ("officer_unmatched",)
    assert "officer:unknown" in record.scopes
    feed(engine, [Activate(hash="one", since=0)], first=len(stream))
    record = msgspec.json.decode(engine.state.dossiers["d0"], type=DossierRecord)
    assert (record.course.officer, record.flags) == ("o1", ())


def test_what_is_sent_again_leaves_no_facts_and_what_comes_back_does() -> None:
    nightly: list[Snapshot] = [snapshot(at(f"{day:02} 23:00"), RUNNING) for day in range(5, 30)]
    engine = engine_for(OFFICE)
    engine.restore([])
    feed(engine, [*nightly])
    record = msgspec.json.decode(engine.state.dossiers["d0"], type=DossierRecord)
    assert len(msgspec.json.decode(record.facts.raw)) == 1
    assert record.facts.size < 1_000
    assert engine.state.duplicates == len(nightly) - 1
    other = but(RUNNING, status=5)
    back = [snapshot(at("05 09:00"), RUNNING), snapshot(at("06 09:00"), other),
            snapshot(at("07 09:00"), RUNNING)]  # fmt: skip
    assert len(kept(list(back))) == 3
