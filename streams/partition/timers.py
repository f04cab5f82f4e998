"""What time, and reference data whose time has come, do to the dossiers of a partition."""

from __future__ import annotations

import msgspec

from dossiers.admission.ownership import owned_after, owners_of
from dossiers.fold.folding import Course, course_of
from dossiers.fold.settle import Facts, Place, facts_of, settle
from dossiers.reference.context import Context
from dossiers.tallies.tally import NOTHING, contribution
from dossiers.wire.events import Activate, AnyDossierEvent, Reassigned, Restored
from dossiers.wire.records import DossierRecord, Fact, Owned
from streams.partition.admission import decode_facts
from streams.partition.outputs import MOST_RECORD, encode
from streams.partition.state import PartitionState

_MOVES = frozenset({Reassigned, Restored})  # whose a dossier is follows from them, too
# Without a frame around it: it runs for every event.
_decode_record = msgspec.json.Decoder(DossierRecord).decode


class PassingTime(PartitionState):
    """A partition for which time passes; streams.partition.engine folds its events."""

    def _activate(self, event: Activate) -> None:
        since = self._versions.take(event, self.now)
        if since is not None:
            self._take_effect(since)

    def _take_effect(self, since: int) -> None:
        """Reference data that counts from ``since`` on was added, or its time has come. Rules and
        units reach into every state: they are folded again, but ended ones keep their verdict."""
        before = self._versions.now
        self._versions.move_to(self.now)
        changed = self._versions.now is not before
        for dossier_id in list(self.states):
            if (loaded := self._load(dossier_id)) is None:
                continue
            record, facts = loaded
            # Its time is still to come, but events dated later may have ended a dossier already.
            if changed or (record.finished_at or 0) >= since:
                try:
                    self._move(record, facts, before, since)
                except Exception as error:
                    self.pass_over("a dossier stays as it was judged before", error)
        if changed:
            self.tallies.dirty.update(self.tallies.vectors)

    def _move(
        self, record: DossierRecord, facts: list[Fact] | None, before: Context, since: int
    ) -> None:
        now = self._versions.now
        if record.finished_at is not None and record.finished_at < since:
            same = now.scopes(record.unit, record.officer) == record.scopes
            if same and before.retention == now.retention:
                return
        if before.retention != now.retention:
            was = contribution(record, before.retention is None)
            self.tallies.replace(was, contribution(record, self._versions.all_time))
        facts = decode_facts(record.facts) if facts is None else facts
        self._settle(
            record,
            facts,
            self._versions.fold(facts, record.finished_at),
            max(self.now, record.as_of),
        )

    def _tick(self, now: int) -> None:
        self._ticked = True
        while (since := self._versions.next_at) is not None and since <= now:
            self._pass(since)
            self._take_effect(since)
        self._pass(now)

    def _pass(self, now: int) -> None:
        """Time goes on to ``now``."""
        if now <= self.now:
            return
        self.now = now
        for dossier_id in self._deadlines.due(now):
            if (loaded := self._load(dossier_id)) is None:
                continue
            record, facts = loaded
            try:
                if record.finished_at is None or record.reopened_at is not None:
                    self._settle(record, facts, course_of(record), now)
                else:
                    self._drop(record)
            except Exception as error:
                self.pass_over("time has stopped for a dossier", error)
        self._advance()

    def _drop(self, record: DossierRecord) -> None:
        """A closed dossier has stayed long enough. What this batch made of it is still written."""
        touched = self._touched.pop(record.dossier_id, None)
        if touched is not None:
            self._write(touched[0])
        del self.states[record.dossier_id]
        self.tallies.replace(contribution(record, self._versions.all_time), NOTHING)
        self._deadlines.set(record.dossier_id, None)
        owned = self._remembered(record)
        self.left.put(record.dossier_id, owned)
        value = None if owned is None else encode(owned)
        self._outputs.append(self._make.state(record.dossier_id, value))

    def _remembered(self, record: DossierRecord) -> Owned | None:
        """Whose a dossier is that leaves, by the reference data of the instant at which its time
        was over: the same whenever the tick comes."""
        if record.owned is None and not self._versions.now.codes.any:
            return None
        over = self._versions.at(record.next_at or self.now)
        owners = owners_of(record.owned, lambda: decode_facts(record.facts), over)
        handed = record.owned is not None and record.owned.handed
        return Owned(owners, True, handed) if owners else None

    def _load(self, dossier_id: str) -> tuple[DossierRecord, list[Fact] | None] | None:
        """The state, decoded; facts only if this batch needed them before. None, and nothing is
        left of it, where it is none that a worker wrote."""
        found = self._touched.get(dossier_id)
        if found is not None:
            return found
        try:
            record = _decode_record(self.states[dossier_id])
            if record.dossier_id != dossier_id:
                raise msgspec.DecodeError("it is that of another dossier")
            return record, None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self.forget(dossier_id, error)
            return None

    def _settle(
        self,
        before: DossierRecord,
        known: list[Fact] | None,
        course: Course,
        as_of: int,
        *,
        event: AnyDossierEvent | None = None,
        facts: Facts | None = None,
    ) -> DossierRecord:
        """Bring one dossier to ``course`` as of ``as_of``: alerts, tallies, deadline.

        ``known``: its facts if they were decoded. ``facts``: where ``event`` changed them.
        """
        owned = before.owned
        if event is not None and (event.madonvi or owned is not None or type(event) in _MOVES):
            owned = owned_after(owned, event, before.received_at, course.received_at)
            before = msgspec.structs.replace(before, owned=owned)
        where = Place(self.epoch, self.next_offset - 1)
        facts = facts or facts_of(before)
        judge = self._versions.judge(course.finished_at)
        after, changed = settle(before, course, as_of, judge, where, facts, self._versions.now)
        # A dossier that has just appeared contributed nothing, not an empty state.
        was = contribution(before, self._versions.all_time) if before.offset >= 0 else NOTHING
        self.tallies.replace(was, contribution(after, self._versions.all_time))
        for state in changed:
            self._outputs.append(self._make.alert(after, state, event))
        self._deadlines.set(after.dossier_id, after.next_at)
        self._touched[after.dossier_id] = (after, known)
        return after

    def _write(self, record: DossierRecord) -> None:
        """Into the changelog. A state of a version that had no bound may be so large that one more
        alert does not fit: then the one there stays, and the next owner goes on from it. Its facts
        are the same, and time makes the same of them again."""
        value = self.states[record.dossier_id] = encode(record)
        if len(value) > MOST_RECORD:
            self.pass_over("a state is too large for Kafka", ValueError(f"{len(value)} bytes"))
        else:
            self._outputs.append(self._make.state(record.dossier_id, value))
