"""Hypothesis strategies: the life of a few dossiers, with everything that goes wrong in one."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.wire.calendar_spec import OFFICE_WEEK, CalendarSpec
from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Progressed,
    Received,
    Refused,
    Resumed,
    Submitted,
    Suspended,
    Voided,
    Withdrawn,
)
from dossiers.wire.facts import Limit, LimitUnit
from dossiers.wire.reference import Procedure, Reference, Rules, RuleVersion, Step, Unit

START = 1_790_000_000_000  # 21 September 2026
DAY = 86_400_000

_STEPS = (Step(id="s1", hours=2), Step(id="s2", hours=20))
# Unit u2 has hours of its own, with days of unequal length.
OFFICE = Context(
    Reference(
        limit=Limit(3, "working_days"),
        units=(
            Unit(id="city", name="City"),
            Unit(id="u1", name="One", parent="city"),
            Unit(id="two", name="Two", calendar="saturday"),
            Unit(id="u2", name="Two's", parent="two"),
        ),
        procedures=(
            Procedure(id="p", name="Same day", same_day=True),
            Procedure(id="q", name="In steps", steps=_STEPS),
        ),
        calendars=(
            CalendarSpec(
                name="saturday",
                hours=msgspec.structs.replace(OFFICE_WEEK, sat=("07:30-11:30",)),
                local_holidays=("2026-09-23",),
            ),
        ),
    )
)
RESTART = Context(
    Reference(
        timezone="Europe/Amsterdam",
        calendar=CalendarSpec(kind="24x7"),
        rules=Rules(stop_mode="restart", stops_status_8=False),
        procedures=(Procedure(id="q", name="In steps", steps=_STEPS),),
    )
)
VERSIONS = Context(
    msgspec.structs.replace(
        OFFICE.reference,
        rules=Rules(extensions_allowed=0),
        rule_versions=(
            RuleVersion(
                since="2026-09-24",
                name="second",
                rules=Rules(
                    stop_mode="restart",
                    stops_status_8=False,
                    on_time_by="date",
                    late_reception_hours=4,
                ),
                limits={"p": Limit(4, "hours")},
            ),
            RuleVersion(
                since="2026-09-29", name="third", rules=Rules(calendar_days_end="closing_time")
            ),
        ),
    )
)


@st.composite
def events(draw: st.DrawFn, dossiers: int = 3, most: int = 9) -> list[AnyDossierEvent]:
    """Events of up to ``dossiers`` dossiers, unique ids, in no particular order."""
    found: list[AnyDossierEvent] = []
    for number in range(draw(st.integers(1, dossiers))):
        for index in range(draw(st.integers(1, most))):
            found.append(draw(_event(f"d{number}", index)))
    return draw(st.permutations(found))


@st.composite
def _event(draw: st.DrawFn, dossier_id: str, index: int) -> AnyDossierEvent:
    at = START + draw(st.integers(0, 12 * 24 * 4)) * (DAY // 96) + draw(st.integers(0, 1))
    common: dict[str, Any] = {
        "event_id": f"{dossier_id}-{index}",
        "dossier_id": dossier_id,
        "occurred_at": at,
        # Mostly at once, now and then much later.
        "received_at": at + draw(st.sampled_from([0, 0, 0, DAY // 96, DAY, 4 * DAY])),
        "source": draw(st.sampled_from(["a", "b"])),
        "source_seq": draw(st.integers(0, 3)),
        "unit": draw(st.sampled_from(["", "u1", "u2"])),
        "officer": draw(st.sampled_from(["", "o1", "o2"])),
        "step": draw(st.sampled_from(["", "", "s1", "s2", "s3"])),
        "responsible": draw(st.sampled_from(["", "", "r1"])),
    }
    due = st.integers(0, 12 * 96).map(lambda quarter: START + quarter * (DAY // 96))
    maybe_due = st.none() | due
    kind = draw(st.sampled_from(_KINDS))
    if kind is Received:
        limit = draw(st.none() | st.builds(Limit, st.integers(0, 20), st.sampled_from(_UNITS)))
        procedure = draw(st.sampled_from(["", "p", "q", "q", "q"]))
        return Received(**common, due_at=draw(maybe_due), limit=limit, procedure=procedure)
    if kind is Resumed:
        return Resumed(**common, due_at=draw(maybe_due))
    if kind is DueSet:
        return DueSet(**common, due_at=draw(due), reason=draw(_REASONS))
    if kind is Suspended:
        return Suspended(**common, status=draw(st.sampled_from([5, 6, 8])))
    if kind is Voided:
        return Voided(**common, target=f"{dossier_id}-{draw(st.integers(0, 8))}")
    if kind is Submitted:
        return Submitted(**common, procedure=draw(st.sampled_from(["", "q"])))
    event: AnyDossierEvent = kind(**common)
    return event


_UNITS: list[LimitUnit] = ["hours", "hours", "working_days", "days"]
_KINDS = (
    Submitted,
    Received,
    Received,
    Received,
    Progressed,
    Suspended,
    Resumed,
    Finished,
    Finished,
    DueSet,
    Withdrawn,
    Refused,
    Voided,
)
_REASONS: st.SearchStrategy[Any] = st.sampled_from(["extension", "correction"])
