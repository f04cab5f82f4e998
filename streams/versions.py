"""The reference data of one partition: what counts now, what is to come, and what judges whom."""

from __future__ import annotations

from collections.abc import Callable

from dossiers.calendar import CalendarError
from dossiers.context import Context
from dossiers.events import Activate
from dossiers.fold import Course, course_of, extend, fold
from dossiers.in_force import InForce, in_force_of
from dossiers.records import DossierRecord, Fact, Position
from dossiers.reference import Reference
from streams.intake import Refusal


class Versions:
    """``now``: what counts now. ``next_at``: when (ms) something else does, None if nothing waits.
    ``all_time``: closed dossiers stay, and tallies count them for ever.

    ``reference_of``: reference data by content hash (blocks until it is there).
    """

    def __init__(self, reference_of: Callable[[str], Reference]) -> None:
        self._reference_of = reference_of
        self._in_force = InForce()
        self.move_to(0)

    def _compiled(self, hash_: str) -> Context:
        return Context(self._reference_of(hash_), hash_)

    def restore(self, position: Position) -> None:
        """As the position says."""
        if position.reference:
            activations = position.activations or ((0, position.reference),)
            self._in_force = in_force_of(activations, self._compiled)
            self.move_to(position.now)

    def activations(self) -> tuple[tuple[int, str], ...]:
        """As Position has them."""
        return self._in_force.activations()

    def take(self, event: Activate, now: int) -> int | None:
        """Add what is activated; since when (ms) it counts, None if that is nothing new.

        Raises Refusal for reference data that is not there or cannot be used.
        """
        try:
            context = self._compiled(event.hash)
        except LookupError as error:
            raise Refusal("unknown_reference", str(error)) from None
        except CalendarError as error:
            raise Refusal("bad_reference", str(error)) from None
        return self._in_force.add(context, event.since, now)

    def move_to(self, now: int) -> None:
        """What counts at ``now`` (ms) counts now."""
        self.now = self._in_force.at(now)
        self.next_at = self._in_force.next_after(now)
        self.all_time = self.now.retention is None
        # Before the first activation the defaults count, and have no name.
        self.hash = self.now.hash if self._in_force.activations() else ""

    def judge(self, ended_at: int | None) -> Context:
        """The reference data that a dossier is judged by: an open one by what counts now."""
        if ended_at is None or self._in_force.single:
            return self.now
        return self._in_force.at(ended_at)

    def extend(self, record: DossierRecord, fact: Fact) -> Course | None:
        """The course of ``record`` with a last fact; None where that ends it and what counted then
        is not what judged it so far: then all its facts are to be folded."""
        judge = self.judge(record.finished_at)
        course = extend(course_of(record), fact, judge)
        if self._in_force.single or self.judge(course.finished_at) is judge:
            return course
        return None

    def fold(self, facts: list[Fact]) -> Course:
        """The course of ``facts`` (in order), under what judges it."""
        course = fold(facts, self.now)
        judge = self.judge(course.finished_at)
        return course if judge is self.now else fold(facts, judge)
