"""Units by name, and files as some systems save them: wall, ``verify``, ``reconcile`` agree."""

from __future__ import annotations

import itertools
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.tallies.vector import FIELDS
from dossiers.wire.events import AnyEvent, Finished, Progressed, Tick, encode_event
from dossiers.wire.records import Position
from dossiers.wire.reference import Reference
from dossiers.wire.topics import DOSSIERS, EVENTS
from dunghen.commands.reconcile import as_text
from dunghen.reconcile.files import read_counts, read_ids
from dunghen.reconcile.making import reconcile
from dunghen.reference.live import read_reference_file
from oracle.checks import cut, raw, sql_recount, stored, stream
from sinks.migrate import migrate
from sinks.store import Store
from sources.portal.envelope import read_envelope
from sources.reference.folder import read_folder
from tests.api.city import City

HOUR = 3_600_000
NOW = 1_795_744_800_000  # Friday 27 November 2026, 09:00 in Viet Nam
NAME, OTHER = "Phường Đức Thắng", "Sở Xây dựng/Nhà ở"
OFFICER, SECOND, STEP = "Trần Đức Ất", "Lê Ặn", "Thẩm định"


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def odd(text: str) -> str:
    """As a web page or a spreadsheet has it."""
    return "\u200b" + text.replace(" ", "\u00a0") + " \ufeff"


@dataclass
class Said:
    """How the files of an installation, its senders, and the other side write."""

    files: Any
    sender: Any
    counts: Any


SAID = {
    "files decomposed": Said(nfd, str, str),
    "senders decomposed": Said(str, nfd, str),
    "both odd": Said(odd, odd, nfd),
    "counts odd": Said(nfd, str, odd),
}


def reference(folder: Path, write: Any) -> Reference:
    folder.mkdir(parents=True)
    (folder / "reference.toml").write_text('title = "Thử"\n', encoding="utf-8-sig")
    units = f"id,name,kind\nH79,Thành phố,province\nH79.1,{NAME},commune\nĐ.2,{OTHER},\n"
    officers = f"id,name,unit\nC1,{OFFICER},H79.1\nẶ2,{SECOND},Đ.2\n"
    (folder / "units.csv").write_text("".join(_written(units, write)), encoding="utf-8-sig")
    (folder / "officers.csv").write_text("".join(_written(officers, write)), encoding="utf-8")
    loaded = read_folder(folder)
    assert loaded.reference is not None, loaded.errors
    return loaded.reference


def _written(table: str, write: Any) -> Iterator[str]:
    for line in table.splitlines():
        yield ",".join(write(cell) if cell else "" for cell in line.split(",")) + "\r\n"


def events(write: Any) -> Iterator[AnyEvent]:
    """Five dossiers of a portal, two of them finished, and two of a sender of plain events."""
    yield Tick(NOW - 90 * HOUR)
    record = {"NgayTiepNhan": "20261123090000", "NgayHenTra": "20261125170000",
              "ThoiDiemDongBo": "20261123100000", "TrangThaiHoSo": "4"}  # fmt: skip
    done = {"NgayKetThucXuLy": "20261124100000", "TrangThaiHoSo": "9",
            "ThoiDiemDongBo": "20261124110000"}  # fmt: skip
    sent: list[dict[str, Any]] = []
    for number in range(5):
        unit = [NAME, OTHER][number % 2]
        own = {**record, "MaHoSo": write(f"Hồ-{number}"), "DonViXuLy": write(unit)}
        sent += [own, {**own, **done}] if number > 2 else [own]
    body = {"service": "DongBoHoSoMC", "madonvi": "H79", "data": sent}
    yield from _read(body)
    who = [{"MaHoSo": write("Hồ-0"), "NguoiXuLy": write(name), "ThoiDiemXuLy": f"202611240{at}0000"}
           for at, name in ((8, OFFICER), (9, OFFICER.upper()))]  # fmt: skip
    yield from _read({"service": "CapNhatTienDoHoSoMC", "madonvi": "H79", "data": who})
    common: dict[str, Any] = {
        "occurred_at": NOW - 80 * HOUR,
        "received_at": NOW,
        "source": "counter",
    }
    for number, spell in enumerate((str, write)):
        # Straight into the topic: only ids must be in their form.
        yield Progressed(event_id=f"p{number}", dossier_id=f"plain-{number}", unit=spell("Đ.2"),
                         officer=spell("Ặ2"), step=spell(STEP), **common)  # fmt: skip
        yield Finished(event_id=f"f{number}", dossier_id=f"plain-{number}", **common)
    yield Tick(NOW)


def _read(body: dict[str, Any]) -> list[Any]:
    batch = read_envelope(msgspec.json.encode(body)).read(NOW, itertools.count())
    assert not batch.refused
    assert not batch.unread
    return batch.events


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.embedded(str(tmp_path_factory.mktemp("engine"))) as store:
        store.ensure_database()
        migrate(store)
        yield store


@dataclass
class Town:
    said: Said
    city: City
    context: Context
    part: cut.CutPartition


@pytest.fixture(scope="module", params=SAID)
def town(
    request: pytest.FixtureRequest, store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Town:
    said = SAID[request.param]
    number = list(SAID).index(request.param)
    loaded = reference(tmp_path_factory.mktemp("ref") / "r", said.files)
    city = City(f"00000000-0000-0000-0000-00000000000{number}", loaded)
    city.publish(*events(said.sender))
    city.insert(store, number)
    return Town(said, city, Context(loaded), part_of(city))


def part_of(city: City) -> cut.CutPartition:
    part = cut.CutPartition()
    for place, (topic, key, value) in enumerate(city.log):  # the offsets that City.insert gives
        message: Any = SimpleNamespace(
            value=lambda value=value: value, key=lambda key=key: key, offset=lambda at=place: at
        )
        if topic == EVENTS:
            cut._take_event(part, message)
        elif topic == DOSSIERS:
            cut._take_state(part, message)
    engine = city.engine
    part.position = Position(
        timeline=city.timeline, next_offset=len(city.log), now=engine.state.now, reference="",
        epoch=1, duplicates=engine.state.duplicates, dead_letters=engine.state.dead_letters,
        events=engine.state.events,
    )  # fmt: skip
    return part


def test_the_wall_has_each_unit_and_officer_once(town: Town) -> None:
    assert town.part.position is not None
    assert town.part.position.dead_letters == 0
    vectors = town.city.engine.state.tallies.vectors
    assert set(vectors) == {
        "all", "unit:H79.1", "unit:Đ.2", "officer:C1", "officer:Ặ2", "officer:unknown",
    }  # fmt: skip
    overdue = FIELDS.index("overdue")
    assert vectors["unit:H79.1"][overdue] == 2
    assert vectors["unit:Đ.2"][overdue] == 1
    assert vectors["officer:C1"][overdue] == 1


def test_verify_finds_no_difference(town: Town, store: Store) -> None:
    in_force = InForce()
    in_force.add(town.context, 0, 0)
    parts = {0: town.part}
    _, count = stream.recount_partition(town.part, in_force)
    checks = [
        *stream.check_table(parts, {0: count}),
        stored.check_dossiers(store, town.city.timeline, parts, {0: count}),
        raw.check_events(store, town.city.timeline, parts),
        sql_recount.check_sql(store, town.city.timeline, parts, in_force, [count]),
    ]
    assert [check.examples for check in checks if check.differences] == []
    assert all(check.compared for check in checks)


def test_reconcile_finds_no_difference(town: Town, store: Store, tmp_path: Path) -> None:
    write = town.said.counts
    for first, second in (("H79.1", "Đ.2"), (NAME, OTHER)):
        counts, ids = tmp_path / "counts.csv", tmp_path / "ids.txt"
        counts.write_text(
            f"{write('unit')};month;received;finished\n{write(first)};2026-11;3;1\n"
            f"{write(second)};2026-11;2;1\n",
            encoding="utf-8-sig",
        )
        ids.write_text("".join(f"{write(f'Hồ-{n}')}\n" for n in range(5)), encoding="utf-8")
        found = reconcile(
            store, town.city.timeline, town.context, read_counts(counts), read_ids(ids)
        )
        assert found.equal, as_text(found)
        scoped = reconcile(
            store, town.city.timeline, town.context, [], read_ids(ids), scope=write(first)
        )
        assert scoped.equal, as_text(scoped)


def test_the_files_say_the_same_however_they_are_saved(tmp_path: Path) -> None:
    saved = [reference(tmp_path / str(n), write) for n, write in enumerate((str, nfd, odd))]
    assert saved[0] == saved[1] == saved[2]
    assert json.dumps(msgspec.to_builtins(saved[0])) == json.dumps(msgspec.to_builtins(saved[2]))


def test_names_in_the_topic_are_stored_in_their_form(town: Town, store: Store) -> None:
    rows = store.query(
        "SELECT DISTINCT unit, officer, step FROM dossier_events FINAL "
        "WHERE timeline = {line:String} AND kind = 'progressed' AND officer != ''",
        {"line": town.city.timeline},
    )
    assert [tuple(row.values()) for row in rows] == [("Đ.2", "Ặ2", STEP)]
    assert any(nfd("Ặ2").encode() in encode_event(e) for e in events(nfd))


def test_a_single_file_of_reference_data_is_read_in_the_same_form(tmp_path: Path) -> None:
    tree = {"title": "T", "units": [{"id": "Đ.2", "name": OTHER}],
            "rule_versions": [{"since": "2025-07-01", "name": "N", "rules": {},
                               "limits": {"Thủ tục": {"amount": 2, "unit": "days"}}}]}  # fmt: skip
    read = []
    spellings: list[Any] = [str, nfd]
    for number, write in enumerate(spellings):
        path = tmp_path / f"{number}.json"
        path.write_text(write(json.dumps(tree, ensure_ascii=False)), encoding="utf-8-sig")
        read.append(read_reference_file(path))
    assert read[0] == read[1]
    assert read[1].units[0].name == OTHER
    assert list(read[1].rule_versions[0].limits) == ["Thủ tục"]
