"""The simulated city's log; every eighth dossier is told by a portal's payloads."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dossiers.time.day_table import instant
from dossiers.wire.events import AnyDossierEvent
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Reference, Rules, RuleVersion
from sources.portal.envelope import DOSSIERS as DOSSIER_SERVICE
from sources.portal.envelope import PROGRESS, read_envelope
from sources.simulator.city import City
from sources.simulator.settings import load_settings
from sources.simulator.stream import Sent, events

ORIGIN = date(2026, 9, 1)
PER_DAY = 260
TICK = 3_600_000  # ms
PORTAL_EVERY = 8
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def city() -> City:
    known = load_settings()
    smaller = known.city.model_copy(update={"dossiers_per_day": PER_DAY})
    return City(1, known.model_copy(update={"city": smaller}))


def begin() -> int:
    """The first midnight, ms."""
    return instant(datetime(ORIGIN.year, ORIGIN.month, ORIGIN.day, tzinfo=ZONE))


def references(city: City) -> tuple[Reference, Reference]:
    """What counts at first, and what counts later: other limits, steps, hours, people and rules."""
    known = city.reference()
    first = msgspec.structs.replace(
        known, rules=msgspec.structs.replace(known.rules, tombstones=False)
    )
    procedures = tuple(
        msgspec.structs.replace(each, limit=Limit(each.limit.amount + 1, each.limit.unit))
        if each.limit is not None and number % 3 == 0
        else msgspec.structs.replace(each, steps=each.steps[1:] if number % 3 == 1 else each.steps)
        for number, each in enumerate(known.procedures)
    )
    officers = known.officers[:-20]
    later = msgspec.structs.replace(
        first,
        title=f"{known.title} 2",
        procedures=procedures,
        officers=officers,
        duties=tuple(duty for duty in known.duties if duty.officer in {o.id for o in officers}),
        calendar=msgspec.structs.replace(known.calendar, local_holidays=("2026-09-24",)),
        rule_versions=(
            *known.rule_versions,
            RuleVersion(since="2026-09-21", name="restart", rules=Rules(stop_mode="restart")),
            RuleVersion(
                since="2026-09-28",
                name="by date",
                rules=Rules(on_time_by="date", extensions_allowed=0, stop_measure="working_time"),
                limits={known.procedures[0].id: Limit(2, "working_days")},
            ),
        ),
    )
    return first, later


def log(city: City, dossiers: int) -> Iterator[Sent]:
    """Events in the order in which they come in, up to the first one of a dossier too many."""
    known: set[str] = set()
    portal = Portal(city.reference())
    for sent in events(city, ORIGIN, begin()):
        known.add(sent.event.dossier_id)
        if len(known) > dossiers:
            return
        if int(sent.event.dossier_id.rpartition("-")[2]) % PORTAL_EVERY:
            yield sent
        else:
            yield from (Sent(sent.at, event) for event in portal.tell(sent))


class Portal:
    """A one-stop system that sends the national portal's payloads instead of events."""

    def __init__(self, reference: Reference) -> None:
        self._units = {unit.id: unit.name for unit in reference.units}
        self._officers = {officer.id: officer.name for officer in reference.officers}
        self._shown: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count()

    def tell(self, sent: Sent) -> list[AnyDossierEvent]:
        at, event = sent
        told = msgspec.to_builtins(event)
        record = self._shown.setdefault(
            event.dossier_id, {"MaHoSo": event.dossier_id, "KenhThucHien": "1"}
        )
        record.update(_shown(told, record))
        if told.get("unit"):
            record["DonViXuLy"] = self._units[told["unit"]]
        found = self._read(DOSSIER_SERVICE, record, at)
        if told.get("officer") and told["kind"] == "progressed":
            name = self._officers[told["officer"]]
            step = {"MaHoSo": event.dossier_id, "NguoiXuLy": name,
                    "ThoiDiemXuLy": _text(event.occurred_at)}  # fmt: skip
            found += self._read(PROGRESS, step, at)
        return found

    def _read(self, service: str, record: Mapping[str, Any], at: int) -> list[AnyDossierEvent]:
        body = {"madonvi": "H99", "service": service, "data": [record]}
        batch = read_envelope(json.dumps(body).encode()).read(at, self._numbers)
        assert not batch.refused, batch.refused
        return batch.events


def _shown(told: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """What an event changes in the dossier as the portal shows it."""
    at = _text(told["occurred_at"])
    match told["kind"]:
        case "submitted":
            return {"TrangThaiHoSo": "1", "NgayNopHoSo": at, "KenhThucHien": "2",
                    "MaTTHC": told["procedure"]}  # fmt: skip
        case "received":
            return {"TrangThaiHoSo": "2", "NgayTiepNhan": at, "MaTTHC": told["procedure"],
                    "NgayHenTra": _text(told.get("due_at"))}  # fmt: skip
        case "refused":
            return {"TrangThaiHoSo": "3", "NgayTuChoi": at}
        case "suspended":
            asked = {"HoSoBoSungId": 1, "NgayBoSung": at}
            return {"TrangThaiHoSo": str(told.get("status", 5)), "DanhSachHoSoBoSung": [asked]}
        case "resumed":
            asked = (record.get("DanhSachHoSoBoSung") or [{"HoSoBoSungId": 1, "NgayBoSung": at}])[0]
            return {"TrangThaiHoSo": "4",
                    "DanhSachHoSoBoSung": [{**asked, "NgayTiepNhanBoSung": at}]}  # fmt: skip
        case "due_set":
            return {"NgayHenTra": _text(told["due_at"])}
        case "withdrawn":
            return {"TrangThaiHoSo": "7", "NgayKetThucXuLy": at}
        case "finished":
            return {"TrangThaiHoSo": "9", "NgayKetThucXuLy": at}
        case "progressed" if record.get("TrangThaiHoSo") == "2":
            return {"TrangThaiHoSo": "4"}
    return {}


def _text(at: int | None) -> str:
    return "" if at is None else f"{datetime.fromtimestamp(at // 1000, ZONE):%Y%m%d%H%M%S}"
