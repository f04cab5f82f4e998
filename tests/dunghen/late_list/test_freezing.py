"""A month frozen by ClickHouse and made again from the log alone: the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.silence import PartitionId
from dossiers.errors import UserError
from dossiers.publication.freezing import FrozenList
from dossiers.publication.listing import list_of
from dossiers.publication.reviewed import NOTHING_REVIEWED, cases_of, with_decision
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.wire.acted import Acted
from dossiers.wire.archived import archived_fact
from dossiers.wire.events import AnyDossierEvent, Received, Restored
from dossiers.wire.late_lists import Arriving
from dossiers.wire.reading import read_facts
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Officer, Procedure, Rules, Unit
from dossiers.wire.topics import DEAD_LETTERS
from dunghen.late_list.freezing import FreezeAsked, month_asked
from sinks.migrate import migrate
from sinks.store import Store
from tests.dossiers.snapshot_stories import any_snapshots
from tests.dossiers.stories import DAY, OFFICE, START, VERSIONS, events
from tests.dunghen.late_list.line import Line, files

MONTH = "2026-09"
END = START + 12 * DAY  # beyond the month's end, and two days beyond that
LEAVING = Context(
    msgspec.structs.replace(OFFICE.reference, rules=Rules(tombstones=True, retention_days=32))
)
# From within the month on: other names, an officer, another limit, and one unit in place of two.
REFORMED = Context(
    msgspec.structs.replace(
        OFFICE.reference,
        units=(
            Unit(id="city", name="Thành phố"),
            Unit(id="u1", name="One", parent="city", ended="2026-09-27", successor="u2"),
            Unit(id="two", name="Two", calendar="saturday", parent="city"),
            Unit(id="u2", name="Hai", parent="two"),
        ),
        officers=(Officer(id="o1", name="Lê An", unit="u2", position="Chuyên viên"),),
        procedures=(Procedure(id="p", name="Other"), *OFFICE.reference.procedures[1:]),
    )
)
LATER = Context(msgspec.structs.replace(OFFICE.reference, title="of October"))
WORLDS = {
    "one version": [(0, OFFICE)],
    "rules": [(0, VERSIONS)],
    "reform": [(0, OFFICE), (START + 5 * DAY, REFORMED), (END + 1, LATER)],
    "leaving": [(0, LEAVING)],
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.embedded(str(tmp_path_factory.mktemp("clickhouse"))) as found:
        found.ensure_database()
        migrate(found)
        yield found


def apology(event: AnyDossierEvent, number: int) -> Acted:
    return Acted(
        event_id=f"act-{number}", dossier_id=event.dossier_id, occurred_at=event.occurred_at,
        received_at=event.occurred_at, source="desk", source_seq=number, action="apologise",
        alert_id="a", sequence=1, alert_kind="overdue", level=0, cause=1, person="o1",
        capacity="holder", reason="other_agency",
    )  # fmt: skip


def brought_back(kept: DossierRecord, at: int) -> Restored:
    """What brings a dossier back that has left, as its archive has it."""
    facts = tuple(map(archived_fact, read_facts(kept.facts.raw)))
    return Restored(
        event_id=f"restored-{kept.dossier_id}", dossier_id=kept.dossier_id, occurred_at=at,
        received_at=at, source="archive", facts=facts, actions=kept.actions,
    )  # fmt: skip


def live(line: Line, found: list[AnyDossierEvent], steps: list[int], until: int) -> None:
    """Send them, with ticks among them: time lags behind some, and a few are from the future."""
    now = START
    for number, event in enumerate(found):
        lag = steps[number % len(steps)] * DAY // 4 if steps else 0
        now = max(now, event.occurred_at - lag)
        line.tick(now)
        line.send([event])
    line.tick(until)


@pytest.mark.parametrize("world", WORLDS)
@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    found=events(dossiers=4) | any_snapshots(most=14),
    late=st.integers(0, 12),
    steps=st.lists(st.integers(0, 8), max_size=5),
    again=st.booleans(),
)
def test_the_log_alone_gives_the_same_bytes(
    store: Store,
    world: str,
    found: list[AnyDossierEvent],
    late: int,
    steps: list[int],
    again: bool,
) -> None:
    """``late``: so many of the events come behind the cut, as do others that are known."""
    line = Line(WORLDS[world])
    found = [line.named(event) for event in found]
    early, behind = found[late:], found[:late]
    live(line, early, steps, START + 10 * DAY)
    line.send([apology(event, number) for number, event in enumerate(early[:2])])
    if again:
        line.send_refused_again()
    states = [line.state(id_) for id_ in sorted({event.dossier_id for event in found})]
    line.tick(END + (40 * DAY if world == "leaving" else 0))
    known = line.cut()
    line.fill(store)
    before = line.frozen(store, known, MONTH)
    line.send([*behind, *early[:3]])
    line.send([apology(event, 10 + number) for number, event in enumerate(early[1:4])])
    line.tick(line.now + DAY)
    line.send([brought_back(state, line.now) for state in states if state is not None])
    line.send_refused_again()
    line.fill(store)
    after = line.frozen(store, known, MONTH)
    assert files(after) == files(before), "what comes later changes nothing"
    assert files(line.remade(before)) == files(before)
    for scope in ("u1", "u2"):
        part = line.frozen(store, known, MONTH, scope)
        assert files(line.remade(part)) == files(part)
        any_review_can_be_listed(part)
    any_review_can_be_listed(before)


def any_review_can_be_listed(frozen: FrozenList) -> None:
    """Of no explanation, of half of them, of all: raises DoesNotAddUp if not."""
    cases = [case for one in frozen.rows.dossiers for case in cases_of(one.row)]
    for every in (len(cases) + 1, 2, 1):
        for_unit = [case for case in cases[::every] if not case.officer]
        for_officer = [case for case in cases[::every] if case.officer]
        found = with_decision(NOTHING_REVIEWED, for_officer, (), "leave")
        found = with_decision(found, for_unit[::2], (), "system_down")
        listed = list_of(frozen.core, frozen.rows, frozen.sheet, found, "name", frozen.secret)
        left = {one.row.dossier for one in listed.rows.dossiers}
        assert len(left) == listed.core.whole.late
        for one in listed.rows.dossiers:
            charged = sum(charge.amount for charge in one.row.charges)
            assert charged + one.row.unassigned == one.row.late


def test_names_units_and_rules_are_those_of_the_months_end(store: Store) -> None:
    """What counts from October on is none of September's."""
    line = Line([(0, OFFICE), (START + 5 * DAY, REFORMED), (END - DAY, LATER)])
    first = Received(
        event_id="e", dossier_id="d", occurred_at=START, received_at=START, source="portal",
        unit="u1", officer="o1", procedure="q", due_at=START + 2 * DAY,
    )  # fmt: skip
    line.send([line.named(first)])
    line.tick(END)
    line.fill(store)
    known = line.cut()
    core, rows, sheet, _ = line.frozen(store, known, MONTH, before={"x": ("2026-07",)})
    assert core.reference == REFORMED.hash
    assert dict(core.unit_names) == {
        "city": "Thành phố", "u1": "One", "u2": "Hai", "two": "Two",
    }  # fmt: skip
    assert [(one.name, one.position) for one in sheet.officers] == [("Lê An", "Chuyên viên")]
    [row] = [each.row for each in rows.dossiers]
    assert [charge.unit for charge in row.charges] == ["u1", "u2"], "the one before it ended"
    assert (core.whole.total, core.whole.late, core.whole.open) == (1, 1, 1)
    assert core.arriving == (Arriving(source="portal", last_at=START),)
    assert core.since == START, "the month was not seen from its beginning"
    assert core.watermark == END


def test_what_stood_in_an_earlier_list_is_marked_and_counted(store: Store) -> None:
    line = Line(WORLDS["one version"])
    event = line.named(
        Received(
            event_id="e", dossier_id="d", occurred_at=START, received_at=START, source="portal",
            unit="u1", officer="o1", procedure="q", due_at=START + DAY,
        )
    )  # fmt: skip
    line.send([event])
    line.tick(END)
    line.fill(store)
    before = {event.dossier_id: ("2026-08", "2026-07")}
    found = line.frozen(store, line.cut(), MONTH, before=before)
    assert found.rows.dossiers[0].row.listed_in == ("2026-07", "2026-08")
    assert found.core.whole.repeated == 1
    assert files(line.remade(found, before)) == files(found)
    assert files(line.remade(found)) != files(found)


@pytest.mark.parametrize(
    ("asked", "now", "why"),
    [
        (FreezeAsked("2026-10"), END, "is not over"),
        (FreezeAsked("2026-10", draft=True), START, "do not reach"),
        (FreezeAsked("2026-13"), END, "no month"),
        (FreezeAsked(MONTH, "x"), END, "no unit"),
    ],
)
def test_what_cannot_be_frozen_is_said(asked: FreezeAsked, now: int, why: str) -> None:
    with pytest.raises(UserError, match=why):
        month_asked(asked, now, InForce([(0, OFFICE)]))


def test_a_month_that_goes_on_has_a_draft() -> None:
    asked = FreezeAsked("2026-10", draft=True)
    assert month_asked(asked, END, InForce([(0, OFFICE)])).name == "2026-10"


def test_another_cut_is_another_list(store: Store) -> None:
    line = Line(WORLDS["one version"])
    line.tick(END)
    other = Line(WORLDS["one version"])
    other.tick(END)
    foreign = other.frozen(store, other.cut(), MONTH)
    with pytest.raises(UserError, match="cannot be made again"):
        line.remade(foreign)
    core = line.frozen(store, line.cut(), MONTH)
    longer = msgspec.structs.replace(
        core.core, cut=msgspec.structs.replace(core.core.cut, events=(99, 99))
    )
    with pytest.raises(UserError, match="cannot be made again"):
        line.remade(core._replace(core=longer))
    earlier = msgspec.structs.replace(core.core, watermark=core.core.watermark - 1)
    with pytest.raises(UserError, match="says that the log was known"):
        line.remade(core._replace(core=earlier))


def test_a_cut_waits_for_dead_letters_whose_commit_is_on_its_way() -> None:
    line = Line(WORLDS["one version"])
    line.tick(END)
    worker = line.kafka.producer({"transactional.id": "worker"})
    worker.init_transactions(1)
    worker.begin_transaction()
    worker.produce(DEAD_LETTERS, b"a letter", partition=0)
    worker.flush(1)
    known = line.cut()
    assert known.cut.dead_letters == known.ends[PartitionId(DEAD_LETTERS, 0)] == 1
