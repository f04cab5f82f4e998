"""Reference data of the random histories: units, calendars, rules and their versions."""

from __future__ import annotations

from typing import Any

import msgspec

from dossiers.reference.context import Context
from dossiers.wire.calendar_spec import OFFICE_WEEK, CalendarSpec, Week
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Officer, Procedure, Reference, Rules, RuleVersion, Step, Unit

DAY = 86_400_000


QUARTER = DAY // 96


START = 1_793_491_200_000  # Sunday 1 November 2026, 07:00 in Hanoi


SPAN = 24  # days


NOW = START + 26 * DAY


_STEPS = (Step(id="s1", name="Tiếp nhận", hours=4), Step(id="s2", hours=16, aliases=("duyệt",)))


_BASE = Reference(
    limit=Limit(3, "working_days"),
    units=(
        Unit(id="city", name="City"),
        Unit(id="u1", name="Sở Một", parent="city"),
        Unit(id="u2", name="Two", parent="city", calendar="saturday"),
        Unit(id="u3", name="Desk", parent="city", calendar="always"),
    ),
    officers=(Officer(id="o1", name="Lê An", unit="u1"),),
    procedures=(
        Procedure(id="same", name="Same day", same_day=True),
        Procedure(id="steps", name="In steps", steps=_STEPS, limit=Limit(40, "hours")),
        Procedure(id="days", name="In days", limit=Limit(6, "days")),
        Procedure(id="months", name="A month", limit=Limit(1, "months")),
    ),
    calendars=(
        CalendarSpec(
            name="saturday",
            hours=msgspec.structs.replace(OFFICE_WEEK, sat=("07:30-11:30",)),
            local_holidays=("2026-11-11",),
        ),
        CalendarSpec(name="always", hours=Week(**dict.fromkeys(
            ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("00:00-24:00",)))),
    ),
)  # fmt: skip


def _of(**changed: Any) -> Context:
    return Context(msgspec.structs.replace(_BASE, **changed))


CONTEXTS = {
    "shift": _of(),
    "restart": _of(rules=Rules(stop_mode="restart", stops_status_8=False)),
    "date": _of(rules=Rules(on_time_by="date", extensions_allowed=0)),
    "unlimited": _of(limit=None),
    "always": _of(calendar=CalendarSpec(kind="24x7"), limit=Limit(50, "hours")),
    "measured": _of(rules=Rules(stop_measure="working_time", portal_midnight="literal")),
    "versions": _of(
        rule_versions=(
            RuleVersion(since="2026-11-05", name="2", rules=Rules(stop_mode="restart",
                        on_time_by="date"), limits={"days": Limit(2, "days")}),
            RuleVersion(since="2026-11-10", name="3",
                        rules=Rules(calendar_days_end="closing_time", stops_status_8=False)),
        )
    ),
}  # fmt: skip
