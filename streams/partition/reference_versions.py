"""The reference data of one partition: what counts now, what is to come, and what judges whom."""

from __future__ import annotations

import logging
from collections.abc import Callable

from confluent_kafka import KafkaException

from dossiers.fold.folding import Course, course_of, extend, fold
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce, in_force_of
from dossiers.time.calendar import CalendarError
from dossiers.wire.events import Activate
from dossiers.wire.records import DossierRecord, Fact, Position
from dossiers.wire.reference import Reference
from streams.partition.intake import Refusal

_log = logging.getLogger(__name__)

MOST_ACTIVATIONS = 1_000  # of about 90 bytes each, in every position; each folds all states anew


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
            compiled = {hash_: self._read(hash_) for hash_ in {hash_ for _, hash_ in activations}}
            contexts = {hash_: found for hash_, found in compiled.items() if found is not None}
            known = [each for each in activations if each[1] in contexts]
            self._in_force = in_force_of(known, contexts.__getitem__)
            self.move_to(position.now)

    def _read(self, hash_: str) -> Context | None:
        """Reference data that is there no longer, or was made unreadable, counts no longer: its
        time goes on under what counted before. A partition that stood still would tell nobody."""
        try:
            return self._compiled(hash_)
        except KafkaException:
            raise
        except Exception as error:
            _log.error("reference data %s is passed over: %s", hash_[:64], type(error).__name__)
            return None

    def activations(self) -> tuple[tuple[int, str], ...]:
        """As Position has them."""
        return self._in_force.activations()

    def take(self, event: Activate, now: int) -> int | None:
        """Add what is activated; since when (ms) it counts, None if that is nothing new.

        Raises Refusal for reference data that is not there or cannot be used.
        """
        try:
            context = self._compiled(event.hash)
        except LookupError:
            raise Refusal(
                "unknown_reference",
                "topic reference has no such reference data, or none that can be read",
            ) from None
        except CalendarError as error:
            _log.error("reference data cannot be used: %s", error)
            raise Refusal(
                "bad_reference",
                "a calendar of the reference data cannot be used: the worker's log says which",
            ) from None
        except KafkaException:
            raise  # nobody knows yet what it says
        except Exception as error:  # what nobody can compile must not stop the partition
            detail = f"the reference data cannot be used: {type(error).__name__}"
            raise Refusal("bad_reference", detail) from None
        if len(self._in_force.activations()) >= MOST_ACTIVATIONS:
            raise Refusal(
                "too_many_activations",
                f"{MOST_ACTIVATIONS} versions of the reference data have counted or will; the "
                "position of the partition would outgrow what Kafka takes",
            )
        return self._in_force.add(context, event.since, now)

    def move_to(self, now: int) -> None:
        """What counts at ``now`` (ms) counts now."""
        self.now = self._in_force.at(now)
        self.next_at = self._in_force.next_after(now)
        self.all_time = self.now.retention is None
        # Before the first activation the defaults count, and have no name.
        self.hash = self.now.hash if self._in_force.activations() else ""

    def at(self, instant: int) -> Context:
        """What counts at ``instant`` (ms), as far as it is known."""
        return self._in_force.at(instant)

    def judge(self, ended_at: int | None) -> Context:
        """The reference data that a dossier is judged by: an open one by what counts now."""
        if ended_at is None or self._in_force.single:
            return self.now
        return self._in_force.at(ended_at)

    def extend(self, record: DossierRecord, fact: Fact) -> Course | None:
        """The course of ``record`` with a last fact; None where all its facts are to be folded:
        only that can tell, or it ends and what counted then is not what judged it so far."""
        judge = self.judge(record.finished_at)
        course = extend(course_of(record), fact, judge)
        if course is None or self._in_force.single or self.judge(course.finished_at) is judge:
            return course
        return None

    def fold(self, facts: list[Fact], ended_at: int | None) -> Course:
        """The course of ``facts`` (in order), under what judges it. ``ended_at``: its end as known
        so far. When a dossier ended is the same under any reference data, so where that has not
        changed, one fold is enough."""
        likely = self.judge(ended_at)
        course = fold(facts, likely)
        judge = self.judge(course.finished_at)
        return course if judge is likely else fold(facts, judge)
