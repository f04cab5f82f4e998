"""``dunghen reconcile``: its files, and a small city held against counts and lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.live.reconciliations import LastReconciliations
from broker.memory.kafka import MemoryKafka
from broker.reading import read_all
from dossiers.errors import UserError
from dossiers.reference.context import Context
from dossiers.reports.reconciliation import Counted, Seen
from dossiers.text.keyed import Keyed
from dossiers.wire.events import AnyDossierEvent, DueSet, Progressed, Refused, Withdrawn
from dossiers.wire.topics import RECONCILIATIONS
from dunghen import cli
from dunghen.commands.reconcile import as_line, as_text
from dunghen.reconcile import making
from dunghen.reconcile.files import read_counts, read_ids
from dunghen.reconcile.making import reconcile
from dunghen.reconcile.record import records_of, write_reconciled
from sinks.migrate import migrate
from sinks.store import Store
from tests.api.city import REFERENCE_DATA, START, TIMELINE, City, a_morning, received

DAY = 86_400_000
MONTH = "2026-11"
CONTEXT = Context(REFERENCE_DATA)
MORNING = ("late-1", "early-1", "wait-1", "over-1", "=cmd|' /C calc'!A0", "over-2", "open-1")


def _event(kind: type[Any], dossier: str, **more: object) -> AnyDossierEvent:
    event: AnyDossierEvent = kind(
        **{
            "event_id": f"{dossier}-{kind.__name__}",
            "dossier_id": dossier,
            "source": "counter",
            "occurred_at": START,
            "received_at": START,
            **more,
        }
    )
    return event


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The morning, and one dossier that moved on, one refused, one withdrawn, one never received,
    one with a rewritten date, and one that became a dead letter."""
    city = City()
    for event in a_morning():
        city.publish(event)
    for dossier in ("refused-1", "withdrawn-1"):
        city.publish(received(dossier, START - DAY, START + 9 * DAY))
    city.publish(received("moved-1", START - DAY, START + 9 * DAY, unit=""))
    city.publish(_event(Progressed, "moved-1", unit="u1", event_id="a", occurred_at=START - DAY))
    city.publish(
        _event(Progressed, "moved-1", unit="u/2"),
        _event(Refused, "refused-1"),
        _event(Withdrawn, "withdrawn-1"),
        _event(Progressed, "never-1", unit="u1"),
        _event(DueSet, "over-1", due_at=START + DAY),
    )
    with Store.embedded(str(tmp_path_factory.mktemp("engine"))) as store:
        store.ensure_database()
        migrate(store)
        city.insert(store)
        store.command(
            "INSERT INTO dead_letters (timeline, reason, topic, partition, offset, key) "
            "VALUES ({line:String}, 'from_the_future', 'dossier-events', 0, 99, 'future-1')",
            {"line": TIMELINE},
        )
        yield store


def test_counts_that_agree(store: Store) -> None:
    """Received where the reception was, finished where the end was; refused ones are neither."""
    counted = [
        Counted("u1", MONTH, 6, 2),
        Counted("u/2", MONTH, 3, 0),
        Counted("city", MONTH, 9, 2),
    ]
    found = reconcile(store, TIMELINE, CONTEXT, counted, None)
    assert found.equal, as_text(found)
    assert "No difference." in as_text(found)


def test_counts_that_differ_say_by_how_much(store: Store) -> None:
    counted = [Counted("u1", MONTH, 8, 1), Counted("u1", "2026-10", 2, None)]
    found = reconcile(store, TIMELINE, CONTEXT, counted, None)
    assert not found.equal
    text = as_text(found)
    assert "6 / 8 (2 missing)" in text
    assert "2 / 1 (1 surplus)" in text
    assert "0 / 2 (2 missing)" in text
    assert "Not in the file, but with dossiers: u/2" in text
    body = json.loads(as_line(found))
    assert body["counts"][0]["received"] == {"seen": 6, "counted": 8, "missing": 2, "surplus": 0}
    assert body["equal"] is False


def test_a_unit_that_the_reference_data_lack_is_counted_by_the_name_that_its_hash_stands_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_ = Keyed(bytes(32)).hashed("unit", "phòng lạ")
    seen = {(hash_, MONTH): Seen(3, 1), ("u1", MONTH): Seen(6, 2)}
    monkeypatch.setattr(making, "_seen", lambda *_: seen)
    counted = [Counted("PHÒNG LẠ", MONTH, 3, 2), Counted("u1", MONTH, 6, 2)]
    found = reconcile(store, TIMELINE, CONTEXT, counted, None, unlisted={"PHÒNG LẠ": hash_})
    assert found.counts is not None
    assert [(line.unit, line.received.missing, line.finished.missing)
            for line in found.counts.lines] == [("PHÒNG LẠ", 0, 1), ("u1", 0, 0)]  # fmt: skip
    assert not found.counts.uncounted
    assert hash_ not in as_text(found) + as_line(found)


def test_a_list_names_missing_and_surplus_dossiers(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "PAGE", 2)
    listed = {*MORNING, "moved-1", "never-1", "future-1", "lost-1"} - {"open-1"}
    found = reconcile(store, TIMELINE, CONTEXT, [], listed)
    assert found.ids is not None
    assert found.ids.missing == {"never-1": "", "future-1": "from_the_future", "lost-1": ""}
    assert found.ids.surplus == ["open-1", "withdrawn-1"]
    assert (found.ids.listed, found.ids.matched) == (len(listed), len(listed) - 3)
    assert "missing  future-1  (dead letter: from_the_future)" in as_text(found)


def test_a_list_of_a_month_and_unit_has_no_surplus_from_others(store: Store) -> None:
    october = reconcile(store, TIMELINE, CONTEXT, [], {"open-1"}, "2026-10")
    assert october.equal, "listed and here, though of another month"
    department = reconcile(store, TIMELINE, CONTEXT, [], {"open-1", "over-2"}, MONTH, "u/2")
    assert department.ids is not None
    assert department.ids.surplus == ["moved-1", "wait-1"]


def test_the_quality_of_the_data_is_told(store: Store) -> None:
    quality = reconcile(store, TIMELINE, CONTEXT, [], None).coverage
    assert (quality.dossiers, quality.unreceived, quality.rewritten) == (10, 1, 1)
    assert quality.rewritten_by_unit == {"u1": 1}
    assert (quality.step_share, quality.officer_share) == (10.0, 100.0)
    assert quality.dead_letters == {"from_the_future": 1}
    assert quality.ages == {"counter": 7_200_000, "portal": 5_400_000}


def test_counts_are_read_by_the_names_of_their_columns(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_text("﻿Month;Finished;note;UNIT;received\n2026-10;;x; u1 ;7\n\n2026-11;0\n"[:-10])
    assert read_counts(file) == [Counted("u1", "2026-10", 7, None)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no counts"),
        ("unit,month,received,finished\n", "has no counts"),
        ("unit,month,received\n", ":1: the column finished is not there"),
        ("unit,unit,month,received,finished\n", ":1: the column unit is there twice"),
        ("unit,month,received,finished\nu,2026-10,1.5,2\n", ":2: received is '1.5'"),
        ("unit,month,received,finished\nu,2026-10,-1,2\n", ":2: received is '-1'"),
        ("unit,month,received,finished\nu,10/2026,1,2\n", ":2: month is '10/2026'"),
        ("unit,month,received,finished\n,2026-10,1,2\n", ":2: there is no unit"),
        (
            "unit,month,received,finished\nu,2026-10,1,2\nu,2026-10,1,2\n",
            ":3: unit 'u' and month 2026-10 stand in line 2 already",
        ),
        ('unit,month,received,finished\n"u,2026-10,1,2\n', ":2: this is no CSV"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "counts.csv"
    file.write_text(text)
    with pytest.raises(UserError) as refused:
        read_counts(file)
    assert sentence in str(refused.value)
    assert str(file) in str(refused.value)


def test_other_encodings_and_missing_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_bytes("unit,month\nSở".encode("utf-16-le"))
    file.write_bytes(b"unit,month\n\xff\xfe")
    with pytest.raises(UserError, match=r"counts\.csv:2: this is not UTF-8"):
        read_counts(file)
    with pytest.raises(UserError, match="cannot be read"):
        read_ids(tmp_path / "nowhere")


def test_a_list_has_one_id_a_line(tmp_path: Path) -> None:
    file = tmp_path / "ids"
    file.write_text("# of the portal\na-1\n\n b-2 \na-1\n")
    assert read_ids(file) == {"a-1", "b-2"}
    file.write_text("#\n")
    with pytest.raises(UserError, match="lists no dossier"):
        read_ids(file)


def test_the_command_refuses_what_it_cannot_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "counts.csv"
    file.write_text("unit,month,received,finished\nu,2026-10,1,2\n")
    for arguments, sentence in (
        ([], "nothing to compare with"),
        (["--counts", str(file), "--month", "October"], "no month"),
        (["--counts", str(file), "--month", "2026-11"], "has no counts of 2026-11"),
    ):
        assert cli.run(["reconcile", *arguments]) == 2
        assert sentence in " ".join(capsys.readouterr().err.split())


def test_what_is_kept_can_be_shown_and_names_no_unit_that_nobody_knows(store: Store) -> None:
    counted = [Counted("u1", MONTH, 8, 1), Counted("Phòng Lạ", MONTH, 2, None),
               Counted("u1", "2026-10", 0, 0)]  # fmt: skip
    listed = {*MORNING, "future-1", *(f"lost-{n}" for n in range(2_000))}
    found = reconcile(store, TIMELINE, CONTEXT, counted, listed, MONTH)
    kafka = MemoryKafka()
    kafka.create_topics(RECONCILIATIONS)
    known = {"u1"}.__contains__
    write_reconciled(kafka, records_of(found, MONTH, "u1", START, known))
    shown = LastReconciliations()
    for message in read_all(kafka, RECONCILIATIONS):
        assert shown.take(message.key() or b"", message.value() or b"")
    november, october, ids = shown.counts(MONTH), shown.counts("2026-10"), shown.last_list("u1")
    assert november is not None
    assert [(c.unit, c.received, c.received_here, c.finished) for c in november.counts] == [
        ("u1", 8, 6, 1), ("unknown", 2, 0, None),
    ]  # fmt: skip
    assert october is not None
    assert shown.months() == [MONTH, "2026-10"]
    assert ids is not None
    assert ids.ids is not None
    assert (ids.ids.missing_count, len(ids.ids.missing)) == (2_001, 1_000)
    assert ids.ids.missing[0].why == "from_the_future"
    assert shown.last_list("") is None
