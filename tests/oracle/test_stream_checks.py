"""What ``verify`` compares of alerts and tallies: each of its comparisons finds what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import msgspec
import pytest
from confluent_kafka import Message

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.tallies.vector import WIDTH
from dossiers.wire.alerts import Alert, AlertState
from dossiers.wire.course import Course
from dossiers.wire.records import DossierRecord, Position
from dossiers.wire.reference import Reference
from dossiers.wire.standing import Standing
from dossiers.wire.tallies import PartialTally, Tally
from dossiers.wire.topics import ALERTS, PARTIALS, TALLIES
from oracle.checks.alerts import check_alerts
from oracle.checks.cut import CutPartition
from oracle.checks.report import Check
from oracle.checks.tallies import check_tallies
from oracle.figures import LogCount
from oracle.story import Story

DUE = 1_700_000_000_000
ONES, TWOS = (1,) * WIDTH, (2,) * WIDTH


class Given:
    """A record as a reader is given it."""

    def __init__(self, value: Any, offset: int) -> None:
        self._value = msgspec.json.encode(value)
        self._offset = offset

    def key(self) -> bytes:
        return b"key"

    def value(self) -> bytes:
        return self._value

    def offset(self) -> int:
        return self._offset


class Topics:
    def __init__(self, topics: dict[str, list[Any]]) -> None:
        self._topics = topics

    def __call__(self, topic: str, /, *, committed: bool = True) -> Iterator[Message]:
        for offset, value in enumerate(self._topics.get(topic, [])):
            yield cast(Message, Given(value, offset))


def part(*records: DossierRecord) -> CutPartition:
    position = Position(timeline="line", epoch=1, next_offset=10, now=DUE, reference="")
    return CutPartition(position, {record.dossier_id: record for record in records})


def partial(vector: tuple[int, ...] = ONES, partition: int = 0, **fields: Any) -> PartialTally:
    place: dict[str, Any] = {"scope": "all", "epoch": 1, "offset": 5, "now": DUE, **fields}
    return PartialTally(timeline="line", partition=partition, vector=vector, **place)


def merged(vector: tuple[int, ...] = TWOS, names: tuple[str, ...] = ("0", "1")) -> Tally:
    versions = dict.fromkeys(names, (1, 5))
    return Tally(timeline="line", scope="all", now=DUE, vector=vector, versions=versions)


def tallies(partials: list[PartialTally], merge: list[Tally]) -> tuple[Check, Check]:
    """Of two partitions, each with one dossier in scope ``all`` by the recount."""
    read = Topics({PARTIALS: list(partials), TALLIES: list(merge)})
    parts = {0: part(), 1: part()}
    (first, second), _, _ = check_tallies(read, parts, {0: {"all": ONES}, 1: {"all": ONES}})
    return first, second


def test_right_tallies_are_equal() -> None:
    first, second = tallies([partial(), partial(partition=1)], [merged()])
    assert (first.compared, first.differences, first.moved) == (2, 0, 0)
    assert (second.compared, second.differences, second.moved) == (1, 0, 0)


def test_a_wrong_partial_tally_and_one_that_is_missing_differ() -> None:
    first, _ = tallies([partial(TWOS)], [merged()])
    assert first.differences == 2


def test_a_vector_that_nobody_recounted_differs() -> None:
    first, _ = tallies([partial(), partial(partition=1), partial(scope="unit:u")], [merged()])
    assert first.differences == 1


def test_what_came_after_the_cut_is_not_compared() -> None:
    first, _ = tallies([partial(TWOS, offset=10), partial(partition=1)], [merged()])
    assert (first.differences, first.moved) == (0, 1)


def test_a_wrong_sum_and_a_scope_without_one_differ() -> None:
    both = [partial(), partial(partition=1)]
    assert tallies(both, [merged(ONES)])[1].differences == 1
    assert tallies(both, [])[1].differences == 1


@pytest.mark.parametrize("name", ["x", "-1", "9" * 5_000], ids=["word", "negative", "huge"])
def test_versions_of_no_partition_stop_nothing(name: str) -> None:
    """Who may write into the topic may write anything."""
    _, second = tallies([partial()], [merged(names=(name,))])
    assert second.moved == 1


def state(*kinds: str, verdict: Any = "overdue") -> DossierRecord:
    return DossierRecord(
        timeline="line", epoch=1, offset=5, dossier_id="d", as_of=DUE, course=Course(),
        standing=Standing(verdict),
        alerts=tuple(AlertState(cast(Any, kind), 0, DUE, 1, "raised") for kind in kinds),
    )  # fmt: skip


def raised(sequence: int = 1, due: int = DUE) -> Alert:
    return Alert(
        alert_id="a", kind="overdue", level=0, transition="raised", dossier_id="d", unit="u",
        officer="", step="", procedure="", due_at=due, detected_at=due, occurred_at=due,
        received_at=due, timeline="line", sequence=sequence,
    )  # fmt: skip


def alerts(record: DossierRecord, topic: list[Alert], **told: Any) -> Check:
    fields: dict[str, Any] = {"due": DUE, "verdict": "overdue", **told}
    story = Story(**fields)
    count = LogCount({}, {"d": story}, {"d": story}, {}, 0, 0, [], {})
    in_force = InForce([(0, Context(Reference()))])
    read = Topics({ALERTS: list(topic)})
    return check_alerts(read, {0: part(record)}, {0: count}, {0: in_force})


def test_right_alerts_are_equal() -> None:
    check = alerts(state("overdue"), [raised()])
    assert (check.compared, check.differences, check.moved) == (3, 0, 0)


def test_a_gap_in_the_sequence_differs() -> None:
    assert alerts(state("overdue"), [raised(), raised(3)]).differences == 1


def test_an_alert_that_is_missing_or_should_not_be_there_differs() -> None:
    assert alerts(state(), []).differences == 1
    assert alerts(state("overdue"), [raised()], verdict="within").differences == 1
    assert alerts(state("overdue"), [raised()], step_overdue=True).differences == 1
    assert alerts(state("overdue", "step_overdue"), [raised()]).differences == 1


def test_a_topic_that_has_gone_on_is_counted_as_moved() -> None:
    check = alerts(state("overdue"), [raised(due=DUE + 1)])
    assert (check.differences, check.moved) == (0, 1)


def test_figures_of_all_dossiers_are_told_as_shown_and_as_recounted() -> None:
    first, _ = tallies([partial(), partial(TWOS, partition=1)], [merged()])
    told = {figure.name: (figure.shown, figure.recounted) for figure in first.figures}
    assert told["open"] == (3, 2)
    assert told["finished_month"] == (12, 8)  # four verdicts each
    first, _ = tallies([partial(offset=10), partial(partition=1)], [merged()])
    assert not first.figures  # what was shown at the cut is not known any more
