"""The records that a source partition sends, encoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec

from dossiers.fold import alerts
from dossiers.fold.alerts import Change, cause_of
from dossiers.wire.acted import Acted, KeptAction, kept_action
from dossiers.wire.alerts import Alert
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import AnyDossierEvent, Described
from dossiers.wire.keys import CLOCK_SCOPE, POSITION_KEY, clock_key, deed_key, partial_key
from dossiers.wire.records import DossierRecord, Position
from dossiers.wire.tallies import PartialTally, ScopeDeed
from dossiers.wire.topics import ALERTS, DEAD_LETTERS, DOSSIERS, PARTIALS, TRAITS
from dossiers.wire.traits import DossierTraits

encode = msgspec.json.Encoder().encode
MOST_RECORD = 8 * 1024 * 1024 - 64 * 1024  # bytes of a value; the topics take 8 MB with key and all


_NO_SOURCES: dict[str, int] = {}


class Output(NamedTuple):
    """One record to produce. ``partition`` None: by the key (murmur2)."""

    topic: str
    partition: int | None
    key: bytes
    value: bytes | None


class TallyVersion(NamedTuple):
    """Of a partial tally: the epoch, the last offset folded, the partition's now (ms)."""

    epoch: int
    offset: int
    now: int


class OutputEncoder:
    """Makes the records of one source partition.

    ``tally_partition``: the partition of topic partial-tallies that holds a scope, of
    ``tally_partitions``.
    """

    def __init__(
        self,
        timeline: str,
        partition: int,
        tally_partition: Callable[[str], int],
        tally_partitions: int,
    ) -> None:
        self.timeline = timeline
        self.partition = partition
        self._namespace = UUID(timeline)
        self._tally_partition = tally_partition
        self._tally_partitions = tally_partitions

    def position(self, position: Position) -> Output:
        """How far the partition is folded."""
        return Output(DOSSIERS, self.partition, POSITION_KEY, encode(position))

    def state(self, dossier_id: str, value: bytes | None) -> Output:
        """A dossier's state in the changelog; None is a tombstone."""
        return Output(DOSSIERS, self.partition, dossier_id.encode(), value)

    def dead_letter(self, letter: DeadLetter) -> Output:
        """A record that was refused; topic dead-letters has one partition."""
        return Output(DEAD_LETTERS, 0, letter.key.encode(), encode(letter))

    def alert(
        self,
        record: DossierRecord,
        change: Change,
        event: AnyDossierEvent | None,
        action: KeptAction | None = None,
    ) -> Output:
        """One transition of an alert, or an action that left it as it was. ``event``, ``action``:
        what brought it about, None if time did."""
        state = change.state
        if action is not None and cause_of(state) != (action.kind, action.level, action.cause):
            action = None  # it brought about what has changed there, and is told where it was done
        cause = action or event
        alert = Alert(
            timeline=self.timeline,
            alert_id=alerts.alert_id(self._namespace, record.dossier_id, state),
            sequence=state.sequence,
            kind=state.kind,
            level=state.level,
            transition=state.status,
            dossier_id=record.dossier_id,
            unit=record.unit,
            officer=record.course.officer,
            step=record.course.step,
            procedure=record.course.procedure,
            due_at=state.cause,
            detected_at=record.as_of,
            occurred_at=cause.occurred_at if cause is not None else change.at,
            received_at=cause.received_at if cause is not None else record.as_of,
            source=record.facts.tail[1],
            action="" if action is None else action.action,
            actor="" if action is None else action.person,
            taken_by=state.taken_by,
            taken_until=state.taken_until,
            offered_to=state.offered_to,
            snoozed_until=0 if action is None else action.until,
            reason="" if action is None else action.reason,
            text="" if action is None else action.text,
            moved=change.moved,
        )
        return Output(ALERTS, None, record.dossier_id.encode(), encode(alert))

    def deed(self, event: Acted) -> Output:
        """An action on an alert of a unit, an officer or a source, for whoever merges its scope:
        the key is its own, so that none is lost before it was taken."""
        scope = event.dossier_id
        key = deed_key(scope, event.event_id, self.partition)
        value = encode(ScopeDeed(timeline=self.timeline, scope=scope, action=kept_action(event)))
        return Output(PARTIALS, self._tally_partition(scope), key, value)

    def traits(self, event: Described, offset: int) -> Output:
        """Traits that were admitted; ``offset``: of their event."""
        found = DossierTraits(
            timeline=self.timeline,
            dossier_id=event.dossier_id,
            occurred_at=event.occurred_at,
            source=event.source,
            source_seq=event.source_seq,
            event_id=event.event_id,
            madonvi=event.madonvi,
            offset=offset,
            traits=event.traits,
        )
        return Output(TRAITS, self.partition, event.dossier_id.encode(), encode(found))

    def partial(self, scope: str, vector: list[int], version: TallyVersion) -> Output:
        """The whole vector of one scope, for the partition that merges it."""
        key = partial_key(scope, self.partition)
        value = self._encoded(scope, tuple(vector), version)
        return Output(PARTIALS, self._tally_partition(scope), key, value)

    def clocks(self, version: TallyVersion, heard: Mapping[int, dict[str, int]]) -> list[Output]:
        """One clock for every partition of partial-tallies. ``heard``: by partition, when each
        source was heard of last (ms)."""
        plain = self._encoded(CLOCK_SCOPE, (), version)
        values = {p: self._encoded(CLOCK_SCOPE, (), version, said) for p, said in heard.items()}
        key = clock_key(self.partition)
        return [
            Output(PARTIALS, p, key, values.get(p, plain)) for p in range(self._tally_partitions)
        ]

    def _encoded(
        self,
        scope: str,
        vector: tuple[int, ...],
        version: TallyVersion,
        sources: dict[str, int] = _NO_SOURCES,
    ) -> bytes:
        return encode(
            PartialTally(
                timeline=self.timeline,
                scope=scope,
                partition=self.partition,
                epoch=version.epoch,
                offset=version.offset,
                now=version.now,
                vector=vector,
                sources=sources,
            )
        )
