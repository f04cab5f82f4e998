"""Turns a row's text into times and names, or says in words why it cannot be taken.

A row without a usable dossier id, activity or time is lost as a whole. A bad due, reception or
finish time costs only itself: the rest of the row is used, and one dead letter tells of it.

Lengths are looked at before anything else, and before anything is remembered.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from dossiers.calendar import EARLIEST, LATEST
from dossiers.ids import IdFault, NoId, checked_id
from dossiers.records import DeadLetter
from dossiers.text import identity
from sources.importer.letters import CONTROL, Letters
from sources.importer.moments import moments
from sources.importer.rows import MAX_NAME, Row
from sources.importer.transitions import Transitions
from sources.mapping import Mapping, Role
from sources.time_forms import Order

_MOST_KEPT = 200  # characters of a text that is remembered, so that caches are bounded in bytes
_AHEAD_MS = 86_400_000  # clocks of offices differ; a day ahead of this machine's is a mistake
_SHOWN = 60
# What a row is besides its values.
ENDS, TOLD, BARE, OPEN, REOPENS = 1, 2, 4, 8, 16
NO_TIME = -1  # of a trace without events: it comes before all rows of its dossier


class Entry(NamedTuple):
    """A row that can be used; times in ms, None where the log says nothing. Column order of the
    staging table. ``marks``: ENDS: its activity ends the dossier; TOLD: a dead letter tells of it;
    BARE: a trace without events, at NO_TIME; OPEN: its activity is not complete; REOPENS: after its
    activity an ended dossier goes on."""

    dossier: str
    at: int
    number: int
    digest: bytes
    activity: str
    officer: str
    responsible: str
    unit: str
    received: int | None
    due: int | None
    finished: int | None
    marks: int


class Checker:
    """``now``: the importing machine's clock (ms), against which times ahead are judged.
    ``order``: of day and month, where the mapping does not tell: until it is needed, None."""

    def __init__(
        self, mapping: Mapping, file_name: str, now: int, order: Order | None = None
    ) -> None:
        self._columns: dict[str, str] = dict(mapping.columns.mapped().items())
        self._letters = Letters(self._columns, file_name, now)
        self._now = now
        self._form = mapping.time_format
        self._missing = mapping.missing_values
        self._parse = moments(mapping, order)
        self.transitions = Transitions(self._missing)
        self._ends = mapping.end_activities
        self._reopens = frozenset(mapping.reopen)
        self._by_column = mapping.ends_by == "column"
        self._remembered_dates = lru_cache(maxsize=4_096)(self._dates_of)  # rows repeat them
        self._remembered_id = lru_cache(maxsize=4_096)(self._id_of)
        self._names = lru_cache(maxsize=16_384)(self._name_of)

    def check(self, row: Row) -> tuple[Entry | None, DeadLetter | None]:
        """What the row gives, and the dead letter it leaves behind, if any."""
        if row.fault is not None:
            return None, self._letters.of(row, *row.fault)
        (dossier, activity, time, officer, responsible, unit, received, due, finished, state) = (
            row.values
        )
        marks = 0
        names, long = self._names, self._long_name
        try:
            name = (self._remembered_id if len(dossier) <= _MOST_KEPT else self._id_of)(dossier)
            if row.bare:
                at, step = NO_TIME, ""
                marks = BARE
            else:
                step = (
                    names(activity) if len(activity) <= _MOST_KEPT else long("activity", activity)
                )
                if not step:
                    raise _BadValue("missing_activity", self._says_nothing("activity", activity))
                found = self._instant("time", time, self._now + _AHEAD_MS)
                if found is None:
                    raise _BadValue("missing_time", self._says_nothing("time", time))
                at = found
                if state and not self.transitions.complete(state):
                    marks = OPEN
                elif step in self._ends:
                    marks = ENDS
                elif step in self._reopens:
                    marks = REOPENS
            short = len(received) + len(due) + len(finished) <= _MOST_KEPT
            dates = self._remembered_dates if short else self._dates_of
            received_at, due_at, finished_at, problem = dates(received, due, finished)
            if row.bare and received_at is None and due_at is None:
                raise _BadValue(*(problem or _NOTHING_SAID))
            entry = Entry(
                name,
                at,
                row.number,
                row.digest,
                step,
                names(officer) if len(officer) <= _MOST_KEPT else long("officer", officer),
                names(responsible)
                if len(responsible) <= _MOST_KEPT
                else long("responsible", responsible),
                names(unit) if len(unit) <= _MOST_KEPT else long("unit", unit),
                received_at,
                due_at,
                finished_at,
                marks if problem is None else marks | TOLD,
            )
        except _BadValue as bad:
            return None, self._letters.of(row, *bad.args)
        if problem is None:
            return entry, None
        return entry, self._letters.of(
            row, problem[0], problem[1] + ". The rest of the row was used"
        )

    def _dates_of(
        self, received: str, due: str, finished: str
    ) -> tuple[int | None, int | None, int | None, tuple[str, str] | None]:
        """The dossier's own times, None where empty or bad, and what is bad about them."""
        soon = self._now + _AHEAD_MS
        # A due time lies ahead by nature: only the calendar's own end bounds it.
        wanted: list[tuple[Role, str, int]] = [("received", received, soon), ("due", due, LATEST)]
        if self._by_column:
            wanted.append(("finished", finished, soon))
        times: dict[str, int | None] = {}
        problems: list[_BadValue] = []
        for role, text, latest in wanted:
            if text:
                try:
                    times[role] = self._instant(role, text, latest)
                except _BadValue as bad:
                    problems.append(bad)
        problem = None
        if problems:
            problem = problems[0].args[0], "; ".join(bad.args[1] for bad in problems)
        return times.get("received"), times.get("due"), times.get("finished"), problem

    def _instant(self, role: Role, text: str, latest: int) -> int | None:
        try:
            at = self._parse(text)
        except (ValueError, OverflowError):
            form = f"time of the form {self._form!r}, and no ISO" if self._form else "ISO"
            raise _BadValue(
                "bad_time",
                f"{self._place(role)} is {_shown(text)}, which is no {form} 8601 time "
                "(as 2026-01-31 14:05:00+07:00)",
            ) from None
        if at is None:
            return None
        if at < EARLIEST:
            raise _BadValue(
                "time_too_early", f"{self._place(role)} is {_shown(text)}, a time before 2000"
            )
        if at > latest:
            bound = "the year 2069" if latest == LATEST else f"a day after {_iso(self._now)}"
            raise _BadValue(
                "time_in_future", f"{self._place(role)} is {_shown(text)}, later than {bound}"
            )
        return at

    def _id_of(self, text: str) -> str:
        """The dossier's id, in the form in which it is compared."""
        if len(text) <= _MOST_KEPT and identity(text) in self._missing:
            raise _BadValue(
                "missing_dossier",
                f"{self._says_nothing('dossier', text)}, so the dossier's id is empty",
            )
        try:
            return checked_id(text)
        except IdFault as fault:
            what = f"{self._place('dossier')}: the dossier's id"
            if isinstance(fault, NoId):
                raise _BadValue("missing_dossier", f"{what} {fault}") from None
            raise _BadValue("bad_dossier_id", f"{what} {_shown(text)} {fault}") from None

    def _long_name(self, role: Role, text: str) -> str:
        if len(text) > MAX_NAME:
            raise _BadValue(
                "name_too_long",
                f"{self._place(role)}: the name {_shown(text)} has {len(text):,} characters, over "
                f"{MAX_NAME:,}",
            )
        return self._name_of(text)

    def _name_of(self, text: str) -> str:
        name = clean_name(text)
        return "" if name in self._missing else name

    def _says_nothing(self, role: Role, text: str) -> str:
        if not text or text.isspace():
            return f"{self._place(role)} is empty"
        return f"{self._place(role)} is {_shown(text)}, which stands for no value"

    def _place(self, role: Role) -> str:
        return f"column {self._columns.get(role, role)!r}"


class _BadValue(ValueError):
    """(reason code, sentence)"""


_NOTHING_SAID = (
    "empty_trace",
    "is a trace without events, and none of its columns says when it was received or is due",
)


def clean_name(name: str) -> str:
    """A name as it may stand in keys and on screens; one of white space only is no name."""
    if name.isascii() and name.isprintable():
        return name.strip()
    return CONTROL.sub(" ", identity(name)).strip()


def _shown(text: str) -> str:
    cut = text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")
    return repr(cut)


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
