"""Through whose hands a dossier went, in plain loops.

The rules are those of docs/explanations.md; no code of theirs is shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dossiers.reference.context import UNKNOWN, Context
from dossiers.time.limits import portal_due
from oracle.statements import Statement
from oracle.walk import WalkResult


@dataclass
class Hand:
    """A stretch in one pair of hands, ms. ``said``: by a record of progress that names its step, or
    ``due``, when that had to be done. ``carried``: working ms that went along."""

    step: str
    officer: str
    unit: str
    start: int
    end: int
    said: bool = False
    due: int | None = None
    carried: int | None = None


def hands(
    line: Iterable[Statement], start: int, end: int, way: WalkResult, context: Context
) -> list[Hand]:
    """From ``start`` to ``end`` (ms). If any step is known, others are as good as none."""
    line = list(line)
    limits = context.step_limits(way.procedure, way.calendar)
    known = _Hands(start, end, way, context, limits).read(line)
    if any(hand.step in limits for hand in known):
        return known
    return _Hands(start, end, way, context, None).read(line)


class _Hands:
    """Who holds it, from statement to statement. ``limits``: of the steps that count, None: of
    whatever name."""

    def __init__(
        self, start: int, end: int, way: WalkResult, context: Context,
        limits: Mapping[str, int] | None,
    ) -> None:  # fmt: skip
        self._end = end
        self._way = way
        self._context = context
        self._limits = limits
        self._found: list[Hand] = []
        self._step = self._officer = self._unit = self._responsible = ""
        self._since = start  # of the present hand, ms
        self._carried: int | None = None

    def read(self, line: Iterable[Statement]) -> list[Hand]:
        """All hands, in order, of what ``line`` tells."""
        for told in line:
            if told.what == "progressed" and told.until:
                self._hear_done(told)
            elif self._found and told.at >= self._end:
                if told.unit not in ("", self._unit):
                    break
            else:
                self._hear(told)
        if self._since < self._end or not self._found:
            self._hold(max(self._since, self._end), self._carried)
        return self._found

    def _hear(self, told: Statement) -> None:
        """What says who has it from then on."""
        step, who = self._step_of(told), self._officer_of(told)
        before = (self._step, self._officer, self._unit)
        if told.unit and told.unit != self._unit:
            self._unit, self._officer = told.unit, ""
        self._responsible = told.responsible or self._responsible
        self._officer = self._responsible or who or self._officer
        self._step = step or self._step
        along = told.carried if told.what == "progressed" else None
        if (self._step, self._officer, self._unit) == before and along is None:
            return
        if told.at > self._since:
            until = min(told.at, self._end)
            self._found.append(Hand(*before, self._since, until, carried=self._carried))
            self._since = until
        self._carried = along

    def _hear_done(self, told: Statement) -> None:
        """A record of progress: what was done, and by whom, up to then."""
        step, who = self._step_of(told), self._officer_of(told)
        record = Hand(step, who, self._unit, self._since, self._end, carried=self._carried)
        record.said = bool(step) or told.step_due is not None
        if (self._officer and who not in ("", self._officer)) or not (who or record.said):
            return
        if self._since < self._end or not self._found:
            self._since, self._carried = self._record(record, told), None
        self._officer = "" if who else self._officer

    def _record(self, record: Hand, told: Statement) -> int:
        """What a record of progress adds; when (ms) the next hand begins."""
        since, end = record.start, min(told.at, record.end)
        if end < since or (end == since and not record.said):
            return since
        if told.step_due is not None:
            calendar = self._context.calendar_named(self._way.calendar)
            rules = self._context.rules_at(self._way.received)
            record.due = portal_due(told.step_due, calendar, rules)
        step, who = record.step, record.officer
        record.step, record.officer = step or self._step, who or self._officer
        last = self._found[-1] if self._found else None
        if last is not None and last.start < end == last.end == since and who in ("", last.officer):
            again = not last.said or step in ("", last.step)
            if again:  # the same record, and more fully
                last.step, last.due, last.said = step or last.step, record.due, True
                return since
        record.start, record.end = min(max(since, told.begin or since), end), end
        self._add(record)
        return end

    def _add(self, record: Hand) -> None:
        """Before it began, the present hand still had it."""
        if record.start > self._since:
            self._hold(record.start, record.carried)
            record.carried = None
        last = self._found[-1] if self._found else None
        if last is not None and _goes_on(last, record):
            last.end = record.end
        else:
            self._found.append(record)

    def _hold(self, until: int, carried: int | None) -> None:
        """The present hand has had it up to ``until`` (ms)."""
        self._found.append(
            Hand(self._step, self._officer, self._unit, self._since, until, carried=carried)
        )

    def _step_of(self, told: Statement) -> str:
        step = self._context.step_id(self._way.procedure, told.step)
        return "" if self._limits is not None and step not in self._limits else step

    def _officer_of(self, told: Statement) -> str:
        """Who is named, by id; ``unknown`` if it is a name that fits nobody."""
        if told.officer or told.what != "progressed" or not told.officer_name:
            return told.officer
        unit = told.unit or self._unit
        return self._context.officer_named(unit, told.officer_name, told.at) or UNKNOWN


def _goes_on(last: Hand, record: Hand) -> bool:
    """Whether ``record`` says nothing of its own, and nobody else had it before."""
    if record.said or last.said or record.carried is not None:
        return False
    return (last.step, last.officer, last.unit) == (record.step, record.officer, record.unit)
