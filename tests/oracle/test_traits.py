"""Traits in ClickHouse: of each dossier the last in the order of facts, as ``verify`` finds it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.wire.events import AnyDossierEvent, Described
from dossiers.wire.order import fact_order
from dossiers.wire.records import Position
from dossiers.wire.topics import TRAITS
from dossiers.wire.traits import DossierTraits, Traits
from oracle.checks.cut import CutPartition
from oracle.checks.report import Check
from oracle.checks.traits import check_traits
from sinks.decode.base import Record
from sinks.decode.traits import TraitDecoder
from sinks.migrate import migrate
from sinks.store import Store
from tests.dossiers.owning import CITY, fed
from tests.dossiers.stories import START
from tests.sinks.conftest import new_database
from tests.support.any_struct import any_of

_numbers = itertools.count()
_codes = st.lists(st.sampled_from(["CSDLDC", "A.1"]), max_size=2).map(tuple)
_traits = any_of(
    Traits,
    databases=st.none() | _codes,
    supplement_components=st.none() | _codes,
    channel=st.none() | st.integers(0, 99),
    **dict.fromkeys(
        (name for name in Traits.__struct_fields__ if name.startswith(("fees", "components"))),
        st.none() | st.integers(0, 10_000),
    ),
)


def _described(dossiers: str) -> st.SearchStrategy[AnyDossierEvent]:
    """Many of the same place, and of places that differ in one part only."""
    return st.builds(
        Described,
        dossier_id=st.sampled_from([f"{dossiers}-a", f"{dossiers}-b"]),
        event_id=st.sampled_from(["x", "y"]),
        occurred_at=st.integers(START, START + 2),
        received_at=st.just(START),
        source=st.sampled_from(["B", "a", "ế"]),
        source_seq=st.sampled_from([-1, 0, 2**53]),
        madonvi=st.sampled_from(["", "A"]),
        traits=_traits,
    )


def store_up(store: Store, values: Sequence[bytes], sizes: Sequence[int]) -> None:
    """As the sink does, in batches of these sizes and then the rest."""
    decoder = TraitDecoder(TIMELINE)
    left = [Record(0, n, b"", value) for n, value in enumerate(values)]
    for size in [*sizes, len(left)]:
        batch, left = left[:size], left[size:]
        decoded = decoder.decode(batch)
        assert decoded.bad == []
        if decoded.rows is not None:
            store.insert("traits", decoded.rows, f"{next(_numbers)}")


TIMELINE = fed(CITY, [])[0].state.timeline


def part_of(events: Sequence[AnyDossierEvent]) -> CutPartition:
    """The cut behind these: after an activation each took one offset."""
    position = Position(
        timeline=TIMELINE, next_offset=len(events) + 1, now=0, reference="", epoch=1
    )
    part = CutPartition(position=position)
    for offset, event in enumerate(events, 1):
        if isinstance(event, Described):
            part.described.setdefault(event.dossier_id, []).append((offset, event))
    return part


def check(store: Store, part: CutPartition, dossiers: str) -> Check:
    """Of these dossiers only: the store is that of all examples."""

    class Narrowed:
        def query(self, sql: str, parameters: Any = None) -> list[dict[str, Any]]:
            rows = store.query(sql, parameters)
            return [row for row in rows if row["dossier_id"].startswith(dossiers)]

    return check_traits(Narrowed(), TIMELINE, {0: part})


@pytest.fixture(scope="module")
def shared(engine_folder: str) -> Any:
    store = Store.embedded(engine_folder, new_database())
    migrate(store)
    yield store
    store.close()


@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_the_last_in_the_order_of_facts_counts_however_they_come(
    shared: Store, data: st.DataObject
) -> None:
    name = f"n{next(_numbers)}"
    events = data.draw(st.lists(_described(name), min_size=1, max_size=8))
    _, outputs = fed(CITY, events)
    values = [output.value or b"" for output in outputs if output.topic == TRAITS]
    assert len(values) == len(events)
    again = data.draw(st.lists(st.sampled_from(values), max_size=2))
    moved = data.draw(st.permutations([*values, *again]))
    store_up(shared, moved, data.draw(st.lists(st.integers(1, 3), max_size=3)))
    found = check(shared, part_of(events), f"{name}-")
    assert (found.examples, found.moved) == ([], 0)
    told = [msgspec.json.decode(value, type=DossierTraits) for value in values]
    for dossier in {each.dossier_id for each in told}:
        own = [each for each in told if each.dossier_id == dossier]
        last = max(own, key=lambda each: (fact_order(each), -each.offset))
        [row] = shared.query(
            "SELECT channel, fees, databases, databases_said FROM traits_current "
            "WHERE dossier_id = {d:String}", {"d": dossier},
        )  # fmt: skip
        assert (row["channel"], row["fees"]) == (last.traits.channel, last.traits.fees)
        codes = last.traits.databases
        assert (row["databases"], row["databases_said"]) == (list(codes or ()), codes is not None)


def test_a_filter_looks_at_the_last_only(shared: Store) -> None:
    """Also before the engine has merged what came in several batches."""
    events: list[AnyDossierEvent] = [
        Described(event_id=f"e{n}", dossier_id="f-1", occurred_at=START + n, received_at=START,
                  source="s", traits=Traits(channel=channel))
        for n, channel in enumerate([2, 1])
    ]  # fmt: skip
    _, outputs = fed(CITY, events)
    store_up(shared, [o.value or b"" for o in outputs if o.topic == TRAITS], [1, 1])
    sql = "SELECT count() AS n FROM traits_current WHERE channel = {c:UInt8} AND dossier_id = 'f-1'"
    assert [shared.query(sql, {"c": channel})[0]["n"] for channel in (1, 2)] == [1, 0]


def test_what_is_wrong_is_a_difference(shared: Store) -> None:
    events: list[AnyDossierEvent] = [
        Described(event_id=f"e{n}", dossier_id=f"w-{n}", occurred_at=START, received_at=START,
                  source="s", traits=Traits(channel=n))
        for n in range(4)
    ]  # fmt: skip
    _, outputs = fed(CITY, events)
    values = [o.value or b"" for o in outputs if o.topic == TRAITS]
    store_up(shared, values[:3], [])
    other = msgspec.structs.replace(events[1], traits=Traits(channel=99))
    part = part_of([events[0], other, events[3]])  # w-3 is not stored, w-2 not in the log
    part.position = msgspec.structs.replace(part.position, next_offset=9)  # type: ignore[type-var]
    found = check(shared, part, "w-")
    assert sorted(text.split(":")[0] for text in found.examples) == [
        "traits of w-1", "w-2", "w-3",
    ]  # fmt: skip
