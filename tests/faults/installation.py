"""The installations that are broken: each a reference data file, as a user may write one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

UNITS = tuple(f"W{i:02d}" for i in range(12))
PARENTS = dict.fromkeys(UNITS, "C")
OFFICERS_OF = {unit: tuple(f"O{unit[1:]}{k}" for k in range(4)) for unit in UNITS}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OFFICE_DAY = ("07:30-11:30", "13:00-17:00")
Reference = dict[str, Any]


def head_of(unit: str) -> str:
    """The officer who heads a unit, or the whole."""
    return f"O{unit[1:]}0" if unit in UNITS else "OC0"


def address_of(officer: str) -> str:
    """At which nobody else reads."""
    return f"{officer.lower()}@city.example"


def today() -> date:
    """In Vietnam."""
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def always(today: date) -> Reference:
    """A calendar of 24 hours on 7 days; dossiers are kept for ever."""
    return {
        "title": "Faults",
        "calendar": {"kind": "24x7"},
        "rules": {"tombstones": False, "backlog_minutes": 1},
        "units": [
            {"id": "C", "name": "City", "kind": "province"},
            *({"id": u, "name": f"Ward {u}", "parent": "C", "kind": "commune"} for u in UNITS),
        ],
        "officers": [
            {"id": o, "name": f"Officer {o}", "unit": u, "email": address_of(o)}
            for u, officers in ({"C": ("OC0", "OC1")} | OFFICERS_OF).items()
            for o in officers
        ],
        "duties": [
            {"unit": "C", "duty": "leader", "officer": "OC1"},
            *({"unit": u, "duty": "head", "officer": head_of(u)} for u in ("C", *UNITS)),
        ],
        # Whatever hour it is, a few seconds pass between two mails to one person.
        "alert_policies": [{"group_seconds": 0, "regroup_seconds": 5, "quiet": ["00:00", "00:00"]}],
    }


def hours(today: date) -> Reference:
    """Working hours, a weekday of rest, days off, a local holiday and a make-up day; three units
    have a calendar of their own."""
    rest = today + timedelta(days=2)
    week = {day: _quarters() for i, day in enumerate(WEEKDAYS) if i != rest.weekday()}
    found = always(today)
    found["calendar"] = {
        "kind": "vn-office",
        "hours": week,
        "days_off": [(today + timedelta(days=n)).isoformat() for n in (-11, -3, 4)],
        "local_holidays": [(today + timedelta(days=n)).isoformat() for n in (-20, 6)],
        "make_up_days": [
            {
                "day": (rest - timedelta(days=7)).isoformat(),
                "instead_of": (today - timedelta(days=3)).isoformat(),
            }
        ],
    }
    found["calendars"] = [
        {"kind": "vn-office", "name": "office", "hours": dict.fromkeys(WEEKDAYS[:6], _OFFICE_DAY)}
    ]
    for unit in found["units"]:
        if unit["id"] in UNITS[:3]:
            unit["calendar"] = "office"
    return found


def archive(today: date) -> Reference:
    """Closed dossiers leave the stream after 32 days."""
    found = always(today)
    found["rules"] |= {"tombstones": True, "retention_days": 32}
    return found


def versions(today: date) -> Reference:
    """As ``hours``, with rules that changed twice: lateness by date, then stops that begin the
    limit anew and a status that does not stop the clock, then both."""
    found = hours(today)
    by_date, anew = {"on_time_by": "date"}, {"stop_mode": "restart", "stops_status_8": False}
    found["rules"] |= by_date
    found["rule_versions"] = [
        {"since": (today - timedelta(days=12)).isoformat(), "name": "anew", "rules": anew},
        {"since": (today - timedelta(days=3)).isoformat(), "name": "both", "rules": anew | by_date},
    ]
    return found


def _quarters() -> tuple[str, ...]:
    """Eight hours a day, 15 minutes of every 45: whenever a round runs, hours begin and end."""
    return tuple(f"{_clock(minute)}-{_clock(minute + 15)}" for minute in range(0, 24 * 60, 45))


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


INSTALLATIONS: dict[str, Callable[[date], Reference]] = {
    "always": always, "hours": hours, "archive": archive, "versions": versions,
}  # fmt: skip
