"""What a source partition keeps: states, position, and all that is derived from the states.

States stay bytes and are decoded on touch. The deadline heap, the tallies and their windows are
derived from the states' headers when the partition is taken over, never stored.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from traceback import format_tb

import msgspec

from dossiers.admission.bounds import DEFAULT_BOUND, Bound
from dossiers.reference.context import Context
from dossiers.tallies.tally import NOTHING, Contribution, Tallies, contribution
from dossiers.text.kept_ids import IdForm
from dossiers.wire.reading import decoder
from dossiers.wire.records import DossierRecord, Fact, Header, Position
from dossiers.wire.reference import Reference
from streams.partition.changelog import read_changelog
from streams.partition.deadlines import DeadlineIndex
from streams.partition.departed import Left
from streams.partition.outputs import Output, Outputs, Version
from streams.partition.reference_versions import Versions

_log = logging.getLogger(__name__)

_TOLD = 20  # in full; the rest is counted
_decode_header = decoder(Header)


class PartitionState:
    """One partition of dossier-events as it is folded so far.

    ``reference_of``: reference data by content hash (blocks until it is there).
    ``tally_partition``: the partition of topic partial-tallies that holds a scope.
    ``bound``: how much a dossier may keep. ``form``: of ids that dead letters may repeat.
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
        self.bound = bound
        self.form = form
        self.timeline = timeline
        self.partition = partition
        self.next_offset = 0
        self.now = 0
        self.epoch = 0
        self.duplicates = 0
        self.dead_letters = 0
        self.events = 0
        self.passed_over = 0  # what no worker wrote, and what could not be folded
        self.odd: dict[bytes, str] = {}  # of the changelog: keys of what cannot be used, and why
        self.tallies = Tallies()
        self.states: dict[str, bytes] = {}
        self.left = Left(timeline)
        self._make = Outputs(timeline, partition, tally_partition, tally_partitions)
        self._versions = Versions(reference_of)
        self._deadlines = DeadlineIndex()
        self._ticked = False
        # Of the batch in hand: decoded states (facts only if they were needed), outputs so far.
        self._touched: dict[str, tuple[DossierRecord, list[Fact] | None]] = {}
        self._outputs: list[Output] = []

    def restore(self, records: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Rebuild from the changelog partition, read committed from its start to its end."""
        self.left = Left(self.timeline)
        position, self.states, self.odd = read_changelog(self.timeline, records, self.left)
        if position is not None:
            self.next_offset = position.next_offset
            self.now = position.now
            self.epoch = position.epoch
            self.duplicates = position.duplicates
            self.dead_letters = position.dead_letters
            self.events = position.events
            self._versions.restore(position)
        self.epoch += 1
        self._rebuild()

    @property
    def context(self) -> Context:
        """The reference data that counts now."""
        return self._versions.now

    def _rebuild(self) -> None:
        """Tallies, windows and deadlines, from the headers alone."""
        self.tallies = Tallies()
        self._advance()
        instants: dict[str, int] = {}
        self.tallies.fill(self._contributions(instants))
        self._deadlines.fill(instants)

    def _contributions(self, instants: dict[str, int]) -> Iterator[Contribution]:
        """Of all states; their next instants go into ``instants``."""
        odd: dict[str, str] = {}
        for dossier_id, value in self.states.items():
            try:
                header = _decode_header(value)
                if header.timeline != self.timeline:
                    odd[dossier_id] = "of another timeline"
                    continue
                counted = contribution(header, self._versions.all_time)
            except (msgspec.DecodeError, TypeError, ValueError, OverflowError) as error:
                odd[dossier_id] = str(error)
                continue
            if header.next_at is not None:
                instants[dossier_id] = header.next_at
            yield counted
        for dossier_id, why in odd.items():
            self.odd[dossier_id.encode()] = why
            del self.states[dossier_id]

    def forget(self, dossier_id: str, error: Exception) -> None:
        """Leave out a state that only looked like one."""
        self.pass_over("the state of a dossier cannot be read", error)
        header = _decode_header(self.states.pop(dossier_id))
        self.tallies.replace(contribution(header, self._versions.all_time), NOTHING)
        self._deadlines.set(dossier_id, None)

    def pass_over(self, what: str, error: Exception) -> None:
        """Say it, count it, and go on: one dossier must not stop all others."""
        self.passed_over += 1
        if self.passed_over <= _TOLD:
            # Where it happened, but not in the error's own words: those may quote the record.
            frames = "".join(format_tb(error.__traceback__))
            _log.error(
                "partition %d: %s (%s)\n%s", self.partition, what, type(error).__name__, frames
            )

    def take_over(self) -> list[Output]:
        """The first transaction of a new epoch: every tally again, under the new version.

        Readers may have seen vectors of a transaction that was then aborted; these replace them.
        """
        self.tallies.drain()
        return [
            *self._partials(list(self.tallies.vectors)),
            *self._make.clocks(self._version()),
            self.position(),
        ]

    def position(self) -> Output:
        """Where the fold stands; the last record of every transaction."""
        position = Position(
            timeline=self.timeline,
            next_offset=self.next_offset,
            now=self.now,
            reference=self._versions.hash,
            epoch=self.epoch,
            duplicates=self.duplicates,
            dead_letters=self.dead_letters,
            events=self.events,
            activations=self._versions.activations(),
        )
        return self._make.position(position)

    @property
    def unflushed(self) -> bool:
        """Whether ``flush`` has something to say."""
        return self._ticked or bool(self.tallies.dirty)

    def flush(self) -> list[Output]:
        """The tallies that changed since the last call, then the clocks that vouch for them."""
        outputs = self._partials(self.tallies.drain())
        if self._ticked:
            self._ticked = False
            outputs.extend(self._make.clocks(self._version()))
        return outputs

    def closing(self) -> list[Output]:
        """The last outputs of a transaction: with them it stands for all that was folded."""
        return [*self.flush(), self.position()]

    def _advance(self) -> None:
        if self.now:
            self.tallies.advance(self.now, self._versions.now.calendar.month_start(self.now))

    def _version(self) -> Version:
        return Version(self.epoch, self.next_offset - 1, self.now)

    def _partials(self, scopes: list[str]) -> list[Output]:
        version = self._version()
        vectors = self.tallies.vectors
        return [self._make.partial(scope, vectors[scope], version) for scope in scopes]
