"""The stream against the recount, on histories that snapshots and plain events tell together: with
time passing in between, versions of the reference data, a second worker, and dossiers that leave.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.wire.events import Activate, AnyDossierEvent, AnyEvent, Tick
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference
from dossiers.wire.topics import DOSSIERS
from oracle.figures import recount_log
from oracle.lifetimes import Heard
from streams.partition.engine import PartitionEngine
from tests.dossiers.retaining import letters
from tests.dossiers.test_fold import TIMELINE, feed, figures
from tests.oracle.contexts import CONTEXTS, DAY, NOW, START
from tests.oracle.mixed_histories import mixed_histories
from tests.oracle.portal_histories import odd_snapshots

_units = CONTEXTS["shift"].reference.units
_ENDING = tuple(
    msgspec.structs.replace(unit, ended="2026-11-06", successor="u2") if unit.id == "u1" else unit
    for unit in _units
)
_NAMES = ("shift", "restart", "date")
VERSIONS = [
    *(CONTEXTS[name].reference for name in _NAMES),
    msgspec.structs.replace(CONTEXTS["shift"].reference, units=_ENDING),
]
_lags = st.sampled_from([None, None, 0, DAY // 8, DAY, -DAY, -4 * DAY])
_instants = st.just(0) | st.integers(0, 25 * 24).map(lambda hour: START + hour * DAY // 24)


def known(*, leaving: bool) -> dict[str, Context]:
    found = VERSIONS
    if leaving:
        found = [
            msgspec.structs.replace(
                each,
                rules=msgspec.structs.replace(each.rules, tombstones=True, retention_days=3),
            )
            for each in found
        ]
    return {context.hash: context for context in map(Context, found)}


@st.composite
def streams(draw: st.DrawFn, hashes: list[str]) -> list[AnyEvent]:
    versions = st.builds(Activate, hash=st.sampled_from(hashes), since=_instants)
    stream: list[AnyEvent] = [Activate(hash=draw(st.sampled_from(hashes)), since=0)]
    events: list[AnyDossierEvent] = draw(mixed_histories() | odd_snapshots())
    now = 0
    for event in events:
        lag = draw(_lags)
        if lag is not None and event.occurred_at - lag > now:
            now = event.occurred_at - lag
            stream.append(Tick(now=now))
        if draw(st.integers(0, 7)) == 0:
            stream.append(draw(versions))
        stream += [event] * draw(st.sampled_from([1, 1, 1, 2]))
    now = max(now, NOW, *(event.occurred_at for event in events))
    stream.append(Tick(now=now))
    return [*stream, draw(st.sampled_from(events)), Tick(now=now + DAY)]


@pytest.mark.parametrize("leaving", [False, True])
@settings(max_examples=20)
@given(data=st.data(), cut=st.integers(0, 30), size=st.integers(1, 7))
def test_the_stream_agrees_with_a_recount(
    leaving: bool, data: st.DataObject, cut: int, size: int
) -> None:
    contexts = known(leaving=leaving)

    def reference(hash_: str) -> Reference:
        return contexts[hash_].reference

    stream = data.draw(streams(list(contexts)))
    first = PartitionEngine(TIMELINE, 0, reference, lambda _: 0, 1)
    first.restore([])
    outputs = [*feed(first, stream[:cut], size), first.position()]
    second = PartitionEngine(TIMELINE, 0, reference, lambda _: 0, 1)
    second.restore({o.key: o.value for o in outputs if o.topic == DOSSIERS}.items())
    outputs += feed(second, stream[cut:], size, first=cut)

    refused = {letter.offset for letter in letters(outputs)}
    in_force, heard, now = InForce(), list[Heard](), 0
    for offset, event in enumerate(stream):
        if isinstance(event, Activate):
            in_force.add(contexts[event.hash], event.since, now)
        elif isinstance(event, Tick):
            now = max(now, event.now)
        elif offset not in refused:
            heard.append((event, now))
    count = recount_log(heard, now, in_force.at(now), in_force)
    assert figures(second) == {s: r for s, r in count.figures.items() if any(r.values())}
    assert second.state.duplicates == count.duplicates
    assert {
        k: told(msgspec.json.decode(v, type=DossierRecord))
        for k, v in second.state.dossiers.items()
    } == {
        k: (s.verdict, s.due, s.unit, s.officer, s.received, s.end, s.flags)
        for k, s in count.stories.items()
    }


def told(record: DossierRecord) -> tuple[Any, ...]:
    return (
        record.standing.verdict, record.course.due_at, record.unit, record.course.officer,
        record.course.received_at, record.course.finished_at, set(record.flags),
    )  # fmt: skip
