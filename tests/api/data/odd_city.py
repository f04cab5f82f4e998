"""A city whose data has every flaw that page /data tells of."""

from __future__ import annotations

from typing import Any

import msgspec

from dossiers.wire.alert_policy import SourceLimit
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.events import AnyEvent, Finished, Progressed, Received, Snapshot, Tick
from dossiers.wire.facts import Content, Limit
from dossiers.wire.keys import reconciliation_key, verification_key
from dossiers.wire.reconciliations import (
    CountedUnit,
    ListedDossiers,
    MissingDossier,
    Reconciled,
)
from dossiers.wire.reference import Officer, Procedure, Reference, Step, Unit
from dossiers.wire.topics import RECONCILIATIONS, VERIFICATIONS
from dossiers.wire.verifications import (
    Occasion,
    Outcome,
    Verification,
    VerifiedCheck,
    VerifiedFigure,
)
from tests.api.city import HOUR, START, TIMELINE, City

DAY = 24 * HOUR
NOW = START + 3 * HOUR  # Monday 23 November 2026, 11:00 in Viet Nam
WORKS, HEALTH = "000.00.17.H29", "000.00.18.H29"
QUIET, BUSY = f"portal:{WORKS}", f"portal:{HEALTH}"

REFERENCE_DATA = Reference(
    title="Thành phố Thử",
    calendar=CalendarSpec(kind="vn-office"),
    units=(
        Unit(id="city", name="Thành phố", kind="province"),
        Unit(id="sxd", name="Sở Xây dựng", parent="city", kind="department", madonvi=WORKS),
        Unit(id="syt", name="Sở Y tế", parent="city", kind="department", madonvi=HEALTH),
    ),
    officers=(
        Officer(id="o1", name="Nguyễn Thị Hồng Nhung", unit="syt"),
        Officer(id="o2", name="Trần Văn Huy", unit="syt"),
        Officer(id="o3", name="Trần Văn Huy", unit="syt"),
        Officer(id="o4", name="Lê Văn Sỹ", unit="sxd"),
        Officer(id="o5", name="Phan Anh", unit="syt", valid_to="2026-01-31"),
    ),
    procedures=(
        Procedure(
            id="whole",
            name="Cấp phép xây dựng",
            limit=Limit(5, "working_days"),
            steps=(Step(id="s", name="Thẩm định", hours=8),),
        ),
        Procedure(id="bare", name="Đăng ký khai sinh"),
    ),
    sources=(
        SourceLimit(id=BUSY, name="Phần mềm của Sở Y tế", system="iGate", minutes=90),
        SourceLimit(id="gis", name="Hệ thống đất đai", minutes=240),
    ),
)


def snapshot(dossier: str, at: int, source: str, **content: Any) -> Snapshot:
    """What a portal shows of a dossier."""
    shown = {"status": 4, "accepted_at": START - 4 * DAY, "procedure": "whole", **content}
    unit = "sxd" if source == QUIET else "syt"
    return Snapshot(
        event_id=f"{dossier}-{at}", dossier_id=dossier, occurred_at=at, received_at=at,
        source=source, unit=unit, content=Content(**shown),
    )  # fmt: skip


def progressed(dossier: str, at: int, name: str) -> Progressed:
    """Somebody of that name did something."""
    return Progressed(
        event_id=f"{dossier}-{name}-{at}", dossier_id=dossier, occurred_at=at, received_at=at,
        source=BUSY, unit="syt", officer_name=name,
    )  # fmt: skip


def slow_dossiers() -> list[AnyEvent]:
    """Six that took 9 to 14 working hours in a step that may take 8."""
    found: list[AnyEvent] = []
    begun, tomorrow = START - 4 * DAY - 30 * 60_000, START - 3 * DAY
    for number in range(6):
        head: dict[str, Any] = {"dossier_id": f"slow-{number}", "source": QUIET, "unit": "sxd"}
        found += [
            Received(
                **head,
                event_id=f"slow-{number}-r",
                occurred_at=begun,
                received_at=begun,
                procedure="whole",
                step="s",
                officer="o4",
            ),
            Finished(
                **head,
                event_id=f"slow-{number}-f",
                occurred_at=tomorrow + number * HOUR,
                received_at=tomorrow + number * HOUR,
            ),
        ]
    return sorted(found, key=lambda event: event.received_at)  # type: ignore[union-attr]


def odd_city() -> City:
    """Sở Xây dựng has said nothing since 08:00, and changed dates; Sở Y tế names people."""
    city = City(reference=REFERENCE_DATA)
    for event in _events():
        city.publish(event)
    for record in (_night("2026-11-21"), _night("2026-11-23", "different")):
        key = verification_key(record.night, record.occasion)
        city.add(VERIFICATIONS, key, msgspec.json.encode(record))
    for compared in _reconciled():
        key = reconciliation_key(compared.month, compared.what, compared.scope)
        city.add(RECONCILIATIONS, key, msgspec.json.encode(compared))
    return city


def _events() -> list[AnyEvent]:
    due = START - 2 * DAY  # a Saturday: it has passed
    return [
        Tick(now=START - 4 * DAY),
        snapshot("late-1", START - 4 * DAY, QUIET, due_at=due),
        snapshot("soon-1", START - 4 * DAY, QUIET, due_at=START + 9 * DAY),
        Tick(now=START - HOUR),
        *slow_dossiers(),
        snapshot("late-1", START - HOUR, QUIET, due_at=START + 30 * DAY),
        snapshot("soon-1", START - HOUR // 2, QUIET, due_at=START + 20 * DAY),
        Tick(now=START),
        *(
            snapshot(f"h-{n}", START + HOUR + n * 60_000, BUSY, procedure="bare") for n in range(3)
        ),
        Received(
            event_id="x-r", dossier_id="x-1", occurred_at=START + HOUR, received_at=START + HOUR,
            source="counter", unit="syt", procedure="9.999",
        ),
        *(
            progressed(dossier, START + 2 * HOUR, name)
            for dossier, name in (
                ("h-0", "Ng. T. Hồng Nhung"), ("h-1", "Trần Văn Huy"), ("h-2", "Trần Văn Huy"),
                ("h-1", "Lê Văn Sỹ"), ("h-2", "Phan Anh"), ("h-2", "admin_hotich"),
            )
        ),
        Tick(now=NOW),
    ]  # fmt: skip


def _night(night: str, outcome: Outcome = "equal", occasion: Occasion = "night") -> Verification:
    odd = outcome == "different"
    return Verification(
        timeline=TIMELINE, night=night, occasion=occasion, outcome=outcome, version="1.2.3",
        at=START - 3 * HOUR - (0 if odd else 2 * DAY), duration=41_000, records=4_116_020,
        figures=(VerifiedFigure("open", 4_267 + odd, 4_267), VerifiedFigure("overdue", 226, 226)),
        checks=(
            VerifiedCheck("tallies", 500, int(odd), examples=("open 4268, recounted 4267",) * odd),
            VerifiedCheck("states", 900, left_out=("two of them",)),
        ),
        left_out=("whose hours",),
    )  # fmt: skip


def _reconciled() -> list[Reconciled]:
    head = Reconciled(timeline=TIMELINE, at=START - 5 * HOUR, as_of=START, month="2026-11")
    counts = (CountedUnit("sxd", 361, 348, 200, 200), CountedUnit("syt", 39, 39, None, 1))
    missing = (MissingDossier("lost-1", "from_the_future"), MissingDossier("lost-2"))
    ids = ListedDossiers(listed=361, matched=348, missing_count=13, surplus_count=0,
                         missing=missing)  # fmt: skip
    replace = msgspec.structs.replace
    return [replace(head, counts=counts), replace(head, scope="sxd", ids=ids)]
