"""What is typed on page /me. Works without a script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qs

import msgspec
from fastapi import Request

from api.roster.desk import RosterError
from dossiers.time.calendar import Calendar
from dossiers.time.day_table import FIRST_YEAR, LAST_YEAR, day_number
from dossiers.time.hours import MINUTE
from dossiers.wire.roster import Leave, RosterEntry, Way

MOST_FIELDS = 40
_LOCAL = "%Y-%m-%dT%H:%M"


class PlanForm:
    """What a browser sent, field by field."""

    def __init__(self, text: str) -> None:
        try:
            self._fields = parse_qs(text, max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise RosterError(422, "form", "The form has too many fields.") from error

    def one(self, name: str) -> str:
        """The first value of a field, without blanks around it; "" if there is none."""
        return self._fields.get(name, ("",))[0].strip()

    def whole(self, name: str) -> int:
        """A whole number. Raises RosterError."""
        text = self.one(name)
        if not (text.isascii() and text.isdecimal() and len(text) < 16):
            raise RosterError(422, "form", f"{name} is no number.")
        return int(text)

    def leave(self, calendar: Calendar) -> Leave:
        """The leave that was typed. Raises RosterError."""
        begins, ends = (instant_of(self.one(name), calendar) for name in ("begins", "ends"))
        return Leave(begins_at=begins, ends_at=ends, deputy=self.one("deputy")[:100])

    def telling(self, entry: RosterEntry, offered: Sequence[Way] = ("mail",)) -> RosterEntry:
        """``entry`` with what was typed of quiet hours and of the ways that are ``offered``; others
        stay. Raises RosterError."""
        chosen_ways = (way for way in offered if self.one(way))
        ways = (*chosen_ways, *(way for way in entry.ways if way not in offered))
        quiet = {
            "policy": None,
            "never": ("00:00", "00:00"),
            "own": (self.one("quiet_from"), self.one("quiet_to")),
        }
        chosen = self.one("quiet")
        if chosen not in quiet:
            raise RosterError(422, "form", "The form says nothing of quiet hours.")
        return msgspec.structs.replace(entry, ways=ways, quiet=quiet[chosen])


async def typed_plan(request: Request) -> PlanForm:
    """Raises RosterError for more fields than the page has."""
    return PlanForm((await request.body()).decode("utf-8", "replace"))


def instant_of(text: str, calendar: Calendar) -> int:
    """The instant (ms) of a local date and time as a browser writes it. Raises RosterError."""
    try:
        moment = datetime.strptime(text[:16], _LOCAL)
    except ValueError:
        raise RosterError(422, "moment", "Write a date and a time.") from None
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise RosterError(422, "moment", "That year is too far away.")
    clock = (moment.hour * 60 + moment.minute) * MINUTE
    return calendar.at_clock(day_number(moment.date()), clock)


def local_value(at: int, calendar: Calendar) -> str:
    """The instant ``at`` (ms) as a form has it."""
    return calendar.local(at).strftime(_LOCAL)
