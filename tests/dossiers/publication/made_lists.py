"""Frozen lists that are made up, and right: what they count follows from their rows.

``small_list`` has one of everything: three units under one, five officers, dossiers done and open,
late by no time, charged to two people and to an inbox, rewritten, listed before, apologised for,
and late receptions. ``large_list`` has as many rows as one likes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from dossiers.publication.lines import LateLines, Totals, lines_of
from dossiers.publication.people import by_name
from dossiers.publication.sealing import SECRET_BYTES, hashes_of, salt_of, sealed
from dossiers.text.canonical import canonical_json, sha256_of
from dossiers.wire.late_lists import (
    Arriving,
    Charge,
    Cut,
    DossierLine,
    ListCore,
    ListRows,
    NameSheet,
    OfficerName,
    ReceptionLine,
    Thresholds,
)

HOUR = 3_600_000
DAY = 8 * HOUR  # a working day
SECRET = bytes(range(SECRET_BYTES))
LIST = "2026-10"
TOWN, BUILDING, LAND, JUSTICE = "H99", "H99.XD", "H99.DD", "H99.TP"
UNITS = {
    TOWN: "Thành phố Minh Hòa",
    BUILDING: "Sở Xây dựng",
    LAND: "Văn phòng Đăng ký đất đai",
    JUSTICE: "Phòng Tư pháp - Hộ tịch",
}
PARENTS = {BUILDING: TOWN, LAND: TOWN, JUSTICE: TOWN}
TUAN, LONG, KIEN, NGOC, Y = "cb-tuan", "cb-long", "cb-kien", "cb-ngoc", "cb-y"
PEOPLE = {
    TUAN: ("Nguyễn Minh Tuấn", "Chuyên viên"),
    LONG: ("Vũ Đình Long", "Chuyên viên"),
    KIEN: ("Trần Văn Kiên", "Chuyên viên chính"),
    NGOC: ("Lê Thị Bích Ngọc", "Chuyên viên"),
    Y: ("Trương Văn Ý", "Công chức"),
}
PROCEDURES = {"1.009978": "Cấp giấy phép xây dựng mới", "1.012753": "Đăng ký biến động đất đai"}
STEPS = {"tiep-nhan": "Tiếp nhận", "tham-dinh": "Thẩm định", "ky": "Ký duyệt"}


class MadeList(NamedTuple):
    """What a freeze leaves: three files and the secret."""

    core: ListCore
    rows: ListRows
    sheet: NameSheet
    secret: bytes = SECRET


def at(day: int, hour: int = 7, minute: int = 0, month: int = 10) -> int:
    """A time of that month in 2026 on the clocks of Vietnam, in ms."""
    return int(datetime(2026, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000) - 7 * HOUR


START, END = at(1, 0), at(1, 0, month=11)


def charge(unit: str, officer: str, amount: int, step: str = "tham-dinh") -> Charge:
    """``amount``: working ms."""
    return Charge(unit=unit, officer=officer, step=step, amount=amount)


def late(dossier: str, *charges: Charge, done: bool = True, **more: object) -> DossierLine:
    """A late dossier that its first charge's unit answers for."""
    amount = sum(one.amount for one in charges)
    values = {
        "dossier": dossier,
        "procedure": "1.009978",
        "unit": charges[0].unit,
        "received_at": at(2, 8, 30),
        "due_at": at(9, 8, 30),
        "finished_at": at(9, 9) + 3 * amount if done else None,
        "late": amount,
        "day": DAY,
        "calendar": "office-1",
        "rules": "118/2025",
        "step": charges[0].step if amount else "",
        "charges": charges,
    }
    return DossierLine(**{**values, **more})  # type: ignore[arg-type]


def small_dossiers() -> tuple[DossierLine, ...]:
    """Twelve."""
    two = charge(BUILDING, TUAN, 9 * HOUR), charge(BUILDING, LONG, 3 * HOUR, "ky")
    apart = charge(LAND, KIEN, 20 * HOUR), charge(BUILDING, TUAN, 4 * HOUR)
    inbox = charge(LAND, "", 5 * HOUR, "tiep-nhan"), charge(LAND, NGOC, HOUR)
    return (
        late("H99-1001", *two, reason="workload", apologised=True),
        late("H99-1002", charge(BUILDING, TUAN, 6 * HOUR), marks=("rewritten",)),
        late("H99-1003", charge(BUILDING, TUAN, 2 * HOUR), done=False, listed_in=("2026-09",)),
        late("H99-1004", charge(BUILDING, LONG, 1), procedure="1.012753"),
        late("H99-1005", charge(BUILDING, "", 0, ""), apologised=True),
        late("H99-2001", *apart, done=False, reason="other_agency"),
        late("H99-2002", *inbox, marks=("backdated", "reopened")),
        late("H99-2003", charge(LAND, KIEN, 40 * HOUR), day=7 * HOUR, calendar="office-2"),
        late("H99-2004", charge(LAND, "", 0, ""), done=False),
        late("H99-2005", charge(LAND, "unknown", 8 * HOUR), listed_in=("2026-08", "2026-09")),
        late("H99-3001", charge(JUSTICE, Y, 12 * HOUR), reason="leave"),
        late("H99-3002", charge(JUSTICE, Y, 4 * HOUR), done=False, marks=("retracted",)),
    )


def small_receptions() -> tuple[ReceptionLine, ...]:
    """Two."""
    times = {"submitted_at": at(5, 8), "received_at": at(7, 10), "procedure": "1.009978"}
    return (
        ReceptionLine(dossier="H99-1009", unit=BUILDING, over=10 * HOUR, **times),  # type: ignore[arg-type]
        ReceptionLine(dossier="H99-2009", unit=LAND, over=2 * HOUR, **times),  # type: ignore[arg-type]
    )


SMALL_TOTALS = Totals(
    whole=220,
    units={TOWN: 220, BUILDING: 110, LAND: 82, JUSTICE: 30},
    officers={
        (BUILDING, TUAN): 86,
        (BUILDING, LONG): 24,
        (LAND, KIEN): 41,
        (LAND, NGOC): 30,
        (JUSTICE, Y): 19,
    },
)


def small_list(**core: object) -> MadeList:
    """The same list always. ``core``: fields of the core that are to be others."""
    return made_list(
        small_dossiers(), small_receptions(), SMALL_TOTALS, PARENTS, UNITS, PEOPLE, **core
    )


def large_list(count: int, officers: int = 120, units: int = 12, **core: object) -> MadeList:
    """With ``count`` late dossiers, the same ones always."""
    names = {f"H99.{n:03}": f"Phòng Nghiệp vụ số {n}" for n in range(units)}
    people = {
        f"cb-{n:05}": (f"Nguyễn Thị {chr(65 + n % 26)}nh Hồng {n}", "Chuyên viên")
        for n in range(officers)
    }
    dossiers = [_numbered(n, officers, units) for n in range(count)]
    totals = Totals(
        whole=12 * count,
        units={TOWN: 12 * count, **dict.fromkeys(names, 12 * count // units + units)},
        officers={
            (f"H99.{n % units:03}", officer): 12 * count // officers + 1
            for n, officer in enumerate(people)
        },
    )
    parents = dict.fromkeys(names, TOWN)
    titles = {TOWN: UNITS[TOWN], **names}
    return made_list(dossiers, (), totals, parents, titles, people, **core)


def _numbered(n: int, officers: int, units: int) -> DossierLine:
    holder = n % officers
    unit = f"H99.{holder % units:03}"
    charges = [charge(unit, f"cb-{holder:05}", (n % 97 + 1) * HOUR)]
    if n % 5 == 0:
        charges.append(charge(unit, "", HOUR, "tiep-nhan"))
    return late(f"H99-{n:07}", *charges, done=n % 4 > 0, listed_in=("2026-09",) * (n % 11 == 0))


def made_list(
    dossiers: Sequence[DossierLine],
    receptions: Sequence[ReceptionLine],
    totals: Totals,
    parents: Mapping[str, str],
    units: Mapping[str, str],
    people: Mapping[str, tuple[str, str]],
    **core: object,
) -> MadeList:
    """A frozen list of these rows."""
    lines = lines_of(dossiers, receptions, totals, parents)
    sheet = NameSheet(
        salt=salt_of(SECRET, "sheet", ""),
        officers=tuple(
            OfficerName(officer=officer, name=name, position=position)
            for officer, (name, position) in sorted(people.items())
        ),
    )
    rows = _rows(dossiers, receptions, lines, {who: name for who, (name, _) in people.items()})
    return MadeList(_core(lines, rows, sheet, units, **core), rows, sheet)


def _rows(
    dossiers: Sequence[DossierLine],
    receptions: Sequence[ReceptionLine],
    lines: LateLines,
    names: Mapping[str, str],
) -> ListRows:
    return ListRows(
        officers=tuple(sealed(SECRET, "officers", row) for row in by_name(lines.officers, names)),
        dossiers=tuple(
            sealed(SECRET, "dossiers", row)
            for row in sorted(dossiers, key=lambda row: (row.unit, row.dossier))
        ),
        receptions=tuple(
            sealed(SECRET, "receptions", row)
            for row in sorted(receptions, key=lambda row: (row.unit, row.dossier))
        ),
    )


def _core(
    lines: LateLines, rows: ListRows, sheet: NameSheet, units: Mapping[str, str], **more: object
) -> ListCore:
    values = {
        "stage": "frozen",
        "simulation": False,
        "id": LIST,
        "month": LIST[:7],
        "scope": "",
        "edition": 1,
        "timezone": "Asia/Ho_Chi_Minh",
        "start": START,
        "end": END,
        "as_of": END,
        "watermark": at(2, 7, 30, month=11),
        "since": START,
        "timeline": "live",
        "cut": Cut(events=(1_200, 1_180, 1_311), dead_letters=4, reference=2),
        "reference": sha256_of(b"reference"),
        "calendars": ("office-1", "office-2"),
        "rules": ("118/2025",),
        "method": "slack 1",
        "thresholds": Thresholds(),
        "arriving": (Arriving(source="mot-cua", last_at=at(31, 16, 50)),),
        "sheet": sha256_of(canonical_json(sheet)),
        "whole": lines.whole,
        "days": lines.days,
        "units": lines.units,
        "unit_names": tuple(sorted(units.items())),
        "procedure_names": tuple(sorted(PROCEDURES.items())),
        "step_names": tuple(sorted(STEPS.items())),
        "officers": hashes_of(rows.officers),
        "dossiers": hashes_of(rows.dossiers),
        "receptions": hashes_of(rows.receptions),
    }
    return ListCore(**{**values, **more})  # type: ignore[arg-type]
