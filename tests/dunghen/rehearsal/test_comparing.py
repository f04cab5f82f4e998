"""The alerts of ClickHouse, and the command that goes through them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from broker.memory.kafka import MemoryKafka
from dossiers.alerting.rehearsal import Rehearsal
from dossiers.errors import UserError
from dossiers.time.hours import DAY
from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.alerts import Alert
from dossiers.wire.topics import ALERTS, ROSTER
from dunghen.commands.alerts import _print
from dunghen.reference.files import ValidFolder
from dunghen.rehearsal import comparing
from dunghen.rehearsal.comparing import ComparedPolicies, compare, unapplied
from dunghen.rehearsal.past import BEFORE, alerts_of, read_roster
from dunghen.settings.installation import Installation
from sinks.migrate import migrate
from sinks.store import Store
from tests.api.city import TIMELINE, City
from tests.dossiers.alerting.city import CITY, MONDAY, alert
from tests.dossiers.alerting.telling import USUAL, city


def record(dossier: str, at: int, sequence: int = 1, **more: object) -> Alert:
    made = alert(dossier=dossier, due_at=at, sequence=sequence)
    return msgspec.structs.replace(made, timeline=TIMELINE, **more)


PAST = [
    record("old", MONDAY - BEFORE - DAY),
    record("over", MONDAY - BEFORE - DAY),
    record("over", MONDAY - BEFORE - DAY + 1, 2, transition="resolved"),
    record("d1", MONDAY + 1),
    record("d1", MONDAY + DAY, 2, action="acknowledge", actor="head", transition="acknowledged"),
    record("later", MONDAY + 9 * DAY),
    msgspec.structs.replace(record("other", MONDAY + 1), timeline="another"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    city = City()
    for each in PAST:
        city.add(ALERTS, each.dossier_id.encode(), msgspec.json.encode(each))
    with Store.embedded(str(tmp_path_factory.mktemp("engine"))) as found:
        found.ensure_database()
        migrate(found)
        city.insert(found)
        yield found


def test_the_past_begins_with_what_was_open_and_ends_with_the_span(store: Store) -> None:
    found = list(alerts_of(store, TIMELINE, MONDAY, MONDAY + 2 * DAY))
    assert found == [PAST[0], PAST[3], PAST[4]]


def test_the_newest_entry_of_everybody_is_read(store: Store) -> None:
    kafka = MemoryKafka()
    kafka.create_topics(ROSTER, partitions=1)
    producer = kafka.producer({})
    for key, value in (
        (b"ann", b'{"officer":"ann","revision":1}'), (b"ann", b'{"officer":"ann","revision":2}'),
        (b"ben", b'{"officer":"ben"}'), (b"ben", None), (b"head", b"junk"),
        (b"vice", b'{"officer":"chief"}'),
    ):  # fmt: skip
        producer.produce(ROSTER, value, key)
    assert producer.flush(10) == 0
    assert [(each.officer, each.revision) for each in read_roster(kafka)] == [("ann", 2)]


def compared(store: Store, monkeypatch: pytest.MonkeyPatch, first: date, last: date) -> Any:
    """With a policy that tells only the head of the department, beside the usual one."""
    kafka = MemoryKafka()
    kafka.create_topics(ROSTER, partitions=1)
    monkeypatch.setattr(comparing, "require_timeline", lambda _: SimpleNamespace(id=TIMELINE))
    monkeypatch.setattr(
        comparing, "now_in_force", lambda *_: (USUAL.reference, None, MONDAY + 2 * DAY)
    )
    monkeypatch.setattr(comparing, "connect", lambda _: Unclosed(store))
    tried = city(AlertPolicy(told={"overdue": ("above",)})).reference
    installation = cast("Installation", SimpleNamespace(kafka=kafka))
    folder = ValidFolder(tried, says_tombstones=True)
    return compare(folder, first, last, installation, lambda _: None)


class Unclosed:
    """The module's store, which other tests still need."""

    def __init__(self, store: Store) -> None:
        self.query = store.query

    def close(self) -> None:
        """It stays open."""


def test_one_policy_is_laid_beside_another(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    found = compared(store, monkeypatch, date(2026, 11, 2), date(2026, 11, 3))
    assert {load.receiver for load in found.now.receivers} == {"ann", "head"}
    assert {load.receiver for load in found.then.receivers} == {"chief"}
    assert (found.now.alerts, found.then.alerts, found.unapplied) == (1, 1, ())


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 3), date(2026, 11, 2)),
        (date(2026, 1, 1), date(2026, 11, 2)),
        (date(2026, 11, 20), date(2026, 11, 21)),  # the data do not reach so far
    ],
)
def test_a_span_that_cannot_be_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch, first: date, last: date
) -> None:
    with pytest.raises(UserError):
        compared(store, monkeypatch, first, last)


def test_what_only_decides_what_is_raised_is_named() -> None:
    policy = AlertPolicy(units=("div",), waiting_days=3, storm=9)
    tried = msgspec.structs.replace(CITY.reference, alert_policies=(policy,))
    assert unapplied(CITY.reference, tried) == ("waiting_days",)


def test_the_table_has_both_policies_and_who_would_get_most(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rehearsal = Rehearsal(USUAL, (), MONDAY, MONDAY + 2 * DAY)
    rehearsal.take(PAST[3])
    found = rehearsal.result()
    _print(
        ComparedPolicies(first="2026-11-02", last="2026-11-03", now=found, then=found, unapplied=())
    )
    out = capsys.readouterr().out.splitlines()
    assert next(line for line in out if "messages " in line).split() == ["messages", "6", "6"]
    assert next(line for line in out if line.startswith("head")).split()[:3] == ["head", "3", "3"]
