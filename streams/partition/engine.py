"""One source partition: records in, outputs out. No I/O, no clock; time comes in ticks.

It reads each record (partition.intake) and dispatches it: an event of a dossier to
partition.events, a tick to partition.timers, reference data to partition.activation, traits to
partition.traits, what people do about alerts to partition.acting. All of them work on the
PartitionState that the engine holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from confluent_kafka import KafkaException

from dossiers.admission.bounds import DEFAULT_BOUND, Bound
from dossiers.text.kept_ids import IdForm
from dossiers.wire.acted import Acted
from dossiers.wire.events import Activate, Described, Tick
from dossiers.wire.reference import Reference
from streams.kafka_record import KafkaRecord
from streams.partition import checkpoint
from streams.partition.acting import act
from streams.partition.activation import activate
from streams.partition.dead_letters import dead_letter
from streams.partition.events import fold_event
from streams.partition.intake import Refusal, read_event, unfoldable
from streams.partition.outputs import Output
from streams.partition.state import PartitionState
from streams.partition.timers import tick
from streams.partition.traits import hand_on

# What becomes no fact of a dossier: one look for all of them.
_NO_FACTS: dict[type, Callable[[PartitionState, Any], None]] = {
    Tick: lambda state, event: tick(state, event.now),
    Activate: activate,
    Described: hand_on,
    Acted: act,
}


class PartitionEngine:
    """Folds one partition of dossier-events, in the thread that calls it.

    ``state``: what it folds into, made from the arguments, which are those of PartitionState.
    Call ``restore`` before anything else. Reference data that is not known yet makes ``restore``
    and ``feed`` block; nothing else does.
    """

    def __init__(
        self,
        timeline: str,
        partition: int,
        reference_of: Callable[[str], Reference],
        tally_partition: Callable[[str], int],
        tally_partitions: int,
        bound: Bound = DEFAULT_BOUND,
        form: IdForm | None = None,
    ) -> None:
        self.state = PartitionState(
            timeline, partition, reference_of, tally_partition, tally_partitions, bound, form
        )

    def restore(self, records: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Rebuild from (key, value) records of the changelog, and begin a new epoch."""
        self.state.restore(records)

    def process(self, records: Sequence[KafkaRecord]) -> list[Output]:
        """Fold records as ``fold_in`` does, and send the tallies they changed at once."""
        return [*self.fold_in(records), *self.flush()]

    def fold_in(self, records: Sequence[KafkaRecord]) -> list[Output]:
        """Fold records in offset order, skipping those that are folded already. Returns dead
        letters, alerts and states; changed tallies wait for ``flush``."""
        self.feed(records)
        return self.drain()

    def feed(self, records: Sequence[KafkaRecord]) -> None:
        """As ``fold_in``, but outputs wait for ``drain``: until then nothing may be committed.

        Raises KafkaException if reference data is needed and Kafka does not answer.
        """
        state, heard = self.state, self.state.heard
        for offset, key, value in records:
            if offset < state.next_offset:
                continue
            state.next_offset = offset + 1
            try:
                event = read_event(key, value, state.now, state.bound)
                take = _NO_FACTS.get(type(event))
                if take is None:
                    fold_event(state, event)  # type: ignore[arg-type]
                    state.events += 1
                    if event.source in heard.last:  # type: ignore[union-attr]
                        heard.fresh.add(event.source)  # type: ignore[union-attr]
                else:
                    take(state, event)
            except Refusal as refusal:
                self._refuse(refusal, offset, key, value)
            except KafkaException:
                raise  # reference data is not known yet: Kafka does not answer
            except Exception as error:
                # Whatever it was, the same record would stop the next worker, too.
                self._take_back(key, error)
                self._refuse(unfoldable(error), offset, key, value)

    def drain(self) -> list[Output]:
        """Outputs of what was fed since the last call; each state once."""
        return self.state.drain()

    @property
    def unflushed(self) -> bool:
        """Whether ``flush`` has something to send."""
        return checkpoint.unflushed(self.state)

    def flush(self) -> list[Output]:
        """The tallies that changed since the last call, then the clocks that vouch for them."""
        return checkpoint.flush(self.state)

    def opening(self) -> list[Output]:
        """The first transaction of a new epoch: every tally again, and the position."""
        return checkpoint.opening(self.state)

    def closing(self) -> list[Output]:
        """The last outputs of a transaction: with them it is complete."""
        return checkpoint.closing(self.state)

    def position(self) -> Output:
        """How far the partition is folded."""
        return checkpoint.position(self.state)

    def _take_back(self, key: bytes | None, error: Exception) -> None:
        """Undo what an event has changed on which the fold failed: facts that were decoded."""
        state = self.state
        state.skip("an event cannot be folded", error)
        dossier_id = (key or b"").decode("utf-8", "replace")
        if dossier_id in state.touched:
            state.touched[dossier_id] = (state.touched[dossier_id][0], None)
        elif state.dossiers.get(dossier_id) == b"":
            del state.dossiers[dossier_id]

    def _refuse(
        self, refusal: Refusal, offset: int, key: bytes | None, value: bytes | None
    ) -> None:
        state = self.state
        state.dead_letters += 1
        at = (state.timeline, state.partition, offset, state.now)
        letter = dead_letter(refusal, at, key, value, state.form)
        state.outputs.append(state.encoder.dead_letter(letter))
