"""Turns a row's text into times and names, or says in words why it cannot be taken.

A row without a usable dossier id, activity or time is lost as a whole. A bad due, reception or
finish time costs only itself: the rest of the row is used, and one dead letter reports it.

A dead letter names the column and what kind of text stands there; the text itself, which in a row
that is shifted by a column may be anything, is for the terminal of whoever imports (``said``).

Lengths are looked at before anything else, and before anything is remembered.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from dossiers.admission.reduced import described
from dossiers.text.identity import identity
from dossiers.text.ids import IdFault, NoId, checked_id
from dossiers.time.day_table import EARLIEST, LATEST
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.keys import is_scope
from sources.importer.letters import CONTROL, Letters
from sources.importer.moments import moments
from sources.importer.rows import MAX_NAME, LogRow
from sources.importer.staged import BARE, ENDS, NO_TIME, OPEN, REOPENS, TOLD, StagedRow
from sources.importer.trait_cells import TraitCells
from sources.importer.transitions import Transitions
from sources.mapping import Mapping, Role
from sources.time_forms import Order

_MOST_KEPT = 200  # characters of a text that is remembered, so that caches are bounded in bytes
_AHEAD_MS = 86_400_000  # clocks of offices differ; a day ahead of this machine's is a mistake
_SHOWN = 60


class Checker:
    """``now``: the importing machine's clock (ms), against which times ahead are judged.
    ``order``: of day and month, if the mapping does not tell: until it is needed, None."""

    def __init__(
        self, mapping: Mapping, file_name: str, now: int, order: Order | None = None
    ) -> None:
        self._columns: dict[str, str] = dict(mapping.columns.mapped().items())
        self._traits = TraitCells(mapping)
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
        self.said = ""  # what the last dead letter tells, with what stands in the row

    def check(self, row: LogRow) -> tuple[StagedRow | None, DeadLetter | None]:
        """What the row gives, and the dead letter it leaves behind, if any."""
        if row.fault is not None:
            return None, self._letter(row, *row.fault)
        (dossier, activity, time, officer, responsible, unit, received, due, finished, state,
         *cells) = row.values  # fmt: skip
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
                    raise self._empty("missing_activity", "activity", activity)
                found = self._instant("time", time, self._now + _AHEAD_MS)
                if found is None:
                    raise self._empty("missing_time", "time", time)
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
            traits, odd = self._traits.read(cells) if cells else (b"", None)
            problem = problem or odd
            if row.bare and received_at is None and due_at is None:
                raise _BadValue(*(problem or _NOTHING_SAID))
            entry = StagedRow(
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
                traits,
            )
        except _BadValue as bad:
            return None, self._letter(row, *bad.args)
        if problem is None:
            return entry, None
        rest = ". The rest of the row was used"
        return entry, self._letter(row, problem[0], problem[1] + rest, problem[2] + rest)

    def _letter(self, row: LogRow, reason: str, detail: str, said: str = "") -> DeadLetter:
        letter = self._letters.of(row, reason, detail)
        self.said = self._letters.told(row, said) if said else letter.detail
        return letter

    def _dates_of(
        self, received: str, due: str, finished: str
    ) -> tuple[int | None, int | None, int | None, tuple[str, str, str] | None]:
        """The dossier's own times, None if empty or bad, and what is bad about them."""
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
            detail, said = ("; ".join(bad.args[part] for bad in problems) for part in (1, 2))
            problem = problems[0].args[0], detail, said
        return times.get("received"), times.get("due"), times.get("finished"), problem

    def _instant(self, role: Role, text: str, latest: int) -> int | None:
        try:
            at = self._parse(text)
        except (ValueError, OverflowError):
            form = f"time of the form {self._form!r}, and no ISO" if self._form else "ISO"
            raise self._bad(
                "bad_time", role, text,
                f"is {{}}, which is no {_plain(form)} 8601 time (as 2026-01-31 14:05:00+07:00)",
            ) from None  # fmt: skip
        if at is None:
            return None
        if at < EARLIEST:
            raise self._bad("time_too_early", role, text, "is {}, a time before 2000")
        if at > latest:
            bound = "the year 2069" if latest == LATEST else f"a day after {_iso(self._now)}"
            raise self._bad("time_in_future", role, text, f"is {{}}, later than {bound}")
        return at

    def _id_of(self, text: str) -> str:
        """The dossier's id, in the form in which it is compared."""
        if len(text) <= _MOST_KEPT and identity(text) in self._missing:
            raise self._empty("missing_dossier", "dossier", text, ", so the dossier's id is empty")
        try:
            found = checked_id(text)
        except IdFault as fault:
            reason = "missing_dossier" if isinstance(fault, NoId) else "bad_dossier_id"
            raise self._bad(reason, "dossier", text, f"is {{}}: the dossier's id {fault}") from None
        if is_scope(found):
            why = "is {}: no dossier's id may begin with unit:, officer: or source:"
            raise self._bad("bad_dossier_id", "dossier", text, why)
        return found

    def _long_name(self, role: Role, text: str) -> str:
        if len(text) > MAX_NAME:
            raise self._bad(
                "name_too_long",
                role,
                text,
                f"is {{}}: a name has {len(text):,} characters, over {MAX_NAME:,}",
            )
        return self._name_of(text)

    def _name_of(self, text: str) -> str:
        name = clean_name(text)
        return "" if name in self._missing else name

    def _empty(self, reason: str, role: Role, text: str, more: str = "") -> _BadValue:
        if not text or text.isspace():
            return self._bad(reason, role, text, f"is empty{more}")
        return self._bad(reason, role, text, f"is {{}}, which stands for no value{more}")

    def _bad(self, reason: str, role: Role, text: str, what: str) -> _BadValue:
        """``what``: a sentence with {} for the text, of which a dead letter has only the kind."""
        place = f"column {self._columns.get(role, role)!r} "
        return _BadValue(
            reason, place + what.format(f"a {described(text)}"), place + what.format(_shown(text))
        )


class _BadValue(ValueError):
    """(reason code, sentence without what stands in the row, sentence with it)"""


_NOTHING_SAID = (
    "empty_trace",
    "is a trace without events, and none of its columns says when it was received or is due",
    "",
)


def _plain(text: str) -> str:
    """For a sentence that is filled in with ``format``."""
    return text.replace("{", "{{").replace("}", "}}")


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
