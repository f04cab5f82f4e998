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
from dossiers.tallies.tally import NOTHING, Contribution, Tallies, contribution
from dossiers.text.kept_ids import IdForm
from dossiers.wire.facts import Fact
from dossiers.wire.reading import decoder
from dossiers.wire.records import DossierRecord, Header
from dossiers.wire.reference import Reference
from streams.partition.changelog import read_changelog
from streams.partition.deadlines import DeadlineIndex
from streams.partition.departed import DepartedOwners
from streams.partition.heard import HeardSources
from streams.partition.outputs import MOST_RECORD, Output, OutputEncoder, encode
from streams.partition.reference_versions import ReferenceVersions

_log = logging.getLogger(__name__)

_LOGGED = 20  # in full; the rest is counted
_decode_header = decoder(Header)
# Without a frame around it: it runs for every event.
_decode_record = msgspec.json.Decoder(DossierRecord).decode

Loaded = tuple[DossierRecord, list[Fact] | None]
"""A decoded state, and its facts if they were needed in this batch."""


class PartitionState:
    """One partition of dossier-events as it is folded so far.

    ``reference_of``: reference data by content hash (blocks until it is there).
    ``tally_partition``: the partition of topic partial-tallies that holds a scope.
    ``bound``: how much a dossier may keep. ``form``: of ids that dead letters may repeat.

    ``now``: the partition's time (ms). ``dossiers``: states as bytes, by dossier id.
    ``heard``: of sources that must not fall silent.
    ``skipped``: how many records and states no worker wrote, or could not be folded.
    ``unusable``: keys of such records in the changelog, and what is wrong with each.
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
        self.skipped = 0
        self.unusable: dict[bytes, str] = {}
        self.dossiers: dict[str, bytes] = {}
        self.departed = DepartedOwners(timeline)
        self.versions = ReferenceVersions(reference_of)
        self.heard = HeardSources(tally_partition)
        # Derived from the states.
        self.tallies = Tallies()
        self.deadlines = DeadlineIndex()
        # Of the current batch.
        self.encoder = OutputEncoder(timeline, partition, tally_partition, tally_partitions)
        self.touched: dict[str, Loaded] = {}
        self.outputs: list[Output] = []
        self.deeds: list[Output] = []  # actions on scopes, which go out with the tallies
        self.ticked = False

    def restore(self, records: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Rebuild from the changelog partition, read committed from its start to its end."""
        self.departed = DepartedOwners(self.timeline)
        position, self.dossiers, self.unusable = read_changelog(
            self.timeline, records, self.departed
        )
        if position is not None:
            self.next_offset = position.next_offset
            self.now = position.now
            self.epoch = position.epoch
            self.duplicates = position.duplicates
            self.dead_letters = position.dead_letters
            self.events = position.events
            self.versions.restore(position)
            self.heard.restore(position.heard)
        self.listen()
        self.epoch += 1
        self._rebuild()

    def listen(self) -> None:
        """To the sources that must not fall silent by what is in force."""
        self.heard.watch(self.versions.current.reference.sources, self.now)

    def _rebuild(self) -> None:
        """Tallies, windows and deadlines, from the headers alone."""
        self.tallies = Tallies()
        self.advance_windows()
        instants: dict[str, int] = {}
        self.tallies.fill(self._contributions(instants))
        self.deadlines.fill(instants)

    def _contributions(self, instants: dict[str, int]) -> Iterator[Contribution]:
        """Of all states; their next instants (ms) go into ``instants``."""
        unusable: dict[str, str] = {}
        for dossier_id, value in self.dossiers.items():
            try:
                header = _decode_header(value)
                if header.timeline != self.timeline:
                    unusable[dossier_id] = "of another timeline"
                    continue
                counted = contribution(header, self.versions.all_time)
            except (msgspec.DecodeError, TypeError, ValueError, OverflowError) as error:
                unusable[dossier_id] = str(error)
                continue
            if header.standing.next_at is not None:
                instants[dossier_id] = header.standing.next_at
            yield counted
        for dossier_id, why in unusable.items():
            self.unusable[dossier_id.encode()] = why
            del self.dossiers[dossier_id]

    def advance_windows(self) -> None:
        """Move the tallies' windows to the partition's now."""
        if self.now:
            month = self.versions.current.calendar.month_start(self.now)
            self.tallies.advance(self.now, month)

    def load(self, dossier_id: str) -> Loaded | None:
        """A state, decoded. None if no worker wrote it; then nothing is left of it."""
        found = self.touched.get(dossier_id)
        if found is not None:
            return found
        try:
            record = _decode_record(self.dossiers[dossier_id])
            if record.dossier_id != dossier_id:
                raise msgspec.DecodeError("it is that of another dossier")
            return record, None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self.forget(dossier_id, error)
            return None

    def write(self, record: DossierRecord) -> None:
        """Put a state into the changelog.

        A state of a version without a bound may be so large that one more alert does not fit. Then
        the state that is there stays, and the next owner goes on from it: its facts are the same,
        and time makes the same of them again.
        """
        value = self.dossiers[record.dossier_id] = encode(record)
        if len(value) > MOST_RECORD:
            self.skip("a state is too large for Kafka", ValueError(f"{len(value)} bytes"))
        else:
            self.outputs.append(self.encoder.state(record.dossier_id, value))

    def drain(self) -> list[Output]:
        """Outputs since the last call; each state that was touched once."""
        for record, _ in self.touched.values():
            self.write(record)
        self.touched.clear()
        outputs, self.outputs = self.outputs, []
        return outputs

    def forget(self, dossier_id: str, error: Exception) -> None:
        """Leave out a state that only looked like one."""
        self.skip("the state of a dossier cannot be read", error)
        header = _decode_header(self.dossiers.pop(dossier_id))
        self.tallies.replace(contribution(header, self.versions.all_time), NOTHING)
        self.deadlines.set(dossier_id, None)

    def skip(self, what: str, error: Exception) -> None:
        """Log and count what cannot be used, and go on: one dossier must not stop all others."""
        self.skipped += 1
        if self.skipped <= _LOGGED:
            # Where it happened, but not in the error's own words: those may quote the record.
            frames = "".join(format_tb(error.__traceback__))
            _log.error(
                "partition %d: %s (%s)\n%s", self.partition, what, type(error).__name__, frames
            )
