"""The reference data of one partition: what is in force, what is to come, and what judges whom."""

from __future__ import annotations

import logging
from collections.abc import Callable

from confluent_kafka import KafkaException

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce, in_force_of
from dossiers.time.hours import CalendarError
from dossiers.wire.events import Activate
from dossiers.wire.records import Position
from dossiers.wire.reference import Reference
from streams.partition.intake import Refusal

_log = logging.getLogger(__name__)

MOST_ACTIVATIONS = 1_000  # of about 90 bytes each, in every position; each folds all states anew


class ReferenceVersions:
    """Versions of the reference data, in the order in which they take effect.

    ``current``: the version in force. ``next_at``: when (ms) the next one takes effect, None if
    none waits. ``all_time``: closed dossiers are kept, and tallies count them without end.
    ``hash``: of the current version; empty before the first activation, when the defaults apply.

    ``reference_of``: reference data by content hash (blocks until it is there).
    """

    def __init__(self, reference_of: Callable[[str], Reference]) -> None:
        self._reference_of = reference_of
        self._in_force = InForce()
        self.advance(0)

    def restore(self, position: Position) -> None:
        """Go on from the activations of a position record."""
        if position.reference:
            activations = position.activations or ((0, position.reference),)
            compiled = {hash_: self._read(hash_) for hash_ in {hash_ for _, hash_ in activations}}
            contexts = {hash_: found for hash_, found in compiled.items() if found is not None}
            known = [each for each in activations if each[1] in contexts]
            self._in_force = in_force_of(known, contexts.__getitem__)
            self.advance(position.now)

    def activations(self) -> tuple[tuple[int, str], ...]:
        """All that ever took effect or will, as a Position has them: (since in ms, hash)."""
        return self._in_force.activations()

    def activate(self, event: Activate, now: int) -> int | None:
        """Add a version. Returns since when (ms) it applies; None if it is not new.

        ``now``: of the partition (ms). Raises Refusal if the reference data is missing or cannot
        be used, and KafkaException if Kafka does not answer.
        """
        context = self._usable(event.hash)
        if len(self._in_force.activations()) >= MOST_ACTIVATIONS:
            raise Refusal(
                "too_many_activations",
                f"{MOST_ACTIVATIONS} versions of the reference data have counted or will; the "
                "position of the partition would outgrow what Kafka takes",
            )
        return self._in_force.add(context, event.since, now)

    def advance(self, now: int) -> None:
        """Put the version of the instant ``now`` (ms) in force."""
        self.current = self._in_force.at(now)
        self.next_at = self._in_force.next_after(now)
        self.all_time = self.current.retention is None
        self.hash = self.current.hash if self._in_force.activations() else ""

    @property
    def single(self) -> bool:
        """Whether the same version applies at all times."""
        return self._in_force.single

    def at(self, instant: int) -> Context:
        """The version that applies at ``instant`` (ms), as far as it is known."""
        return self._in_force.at(instant)

    def judging(self, ended_at: int | None) -> Context:
        """The version that judges a dossier: the current one if it is open, else that of the
        instant ``ended_at`` (ms)."""
        if ended_at is None or self._in_force.single:
            return self.current
        return self._in_force.at(ended_at)

    def _compiled(self, hash_: str) -> Context:
        return Context(self._reference_of(hash_), hash_)

    def _read(self, hash_: str) -> Context | None:
        """None if the version is gone or unreadable: the one before it stays in force. A partition
        that stood still would not even report it."""
        try:
            return self._compiled(hash_)
        except KafkaException:
            raise
        except Exception as error:
            _log.error("reference data %s is skipped: %s", hash_[:64], type(error).__name__)
            return None

    def _usable(self, hash_: str) -> Context:
        try:
            return self._compiled(hash_)
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
            raise  # not known yet: Kafka does not answer
        except Exception as error:  # data that cannot be compiled must not stop the partition
            detail = f"the reference data cannot be used: {type(error).__name__}"
            raise Refusal("bad_reference", detail) from None
