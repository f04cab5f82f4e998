"""One source partition: events in, effects out. No I/O, no clock; time comes in ticks.

What the partition keeps, and how that is rebuilt, is in streams.partition_state.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

import msgspec

from dossiers.context import Context
from dossiers.events import Activate, AnyDossierEvent, Restored, Tick
from dossiers.fold import Course, course_of, fact_of, fact_order
from dossiers.order import tail_of
from dossiers.records import DossierRecord, Fact
from dossiers.retention import restore_into
from dossiers.settle import Facts, Place, comes_last, facts_of, mentions, settle, unborn
from dossiers.snapshots import knows, last_place, place
from dossiers.tally import NOTHING, contribution
from streams.admission import admit, counted, decode_facts
from streams.intake import Refusal, dead_letter, read_event, refuse_archived
from streams.outputs import Output, encode
from streams.partition_state import PartitionState

__all__ = ["Output", "PartitionEngine"]

_decode_record = msgspec.json.Decoder(DossierRecord).decode


class PartitionEngine(PartitionState):
    """Folds one partition of dossier-events."""

    def process(self, records: Sequence[tuple[int, bytes | None, bytes | None]]) -> list[Output]:
        """Fold records as ``fold_in`` does, and send the tallies they changed at once."""
        return [*self.fold_in(records), *self.flush()]

    def fold_in(self, records: Sequence[tuple[int, bytes | None, bytes | None]]) -> list[Output]:
        """Fold (offset, key, value) records in offset order, skipping what is folded already:
        dead letters, alerts and states. Changed tallies wait for ``flush``."""
        self.feed(records)
        return self.drain()

    def feed(self, records: Sequence[tuple[int, bytes | None, bytes | None]]) -> None:
        """As ``fold_in``, but outputs wait for ``drain``: until then nothing may be committed."""
        for offset, key, value in records:
            if offset < self.next_offset:
                continue
            self.next_offset = offset + 1
            try:
                event = read_event(key, value, self.now, self.bound)
                if isinstance(event, Tick):
                    self._tick(event.now)
                elif isinstance(event, Activate):
                    self._activate(event)
                else:
                    self._event(event)
                    self.events += 1
            except Refusal as refusal:
                self._refuse(refusal, offset, key, value)

    def _refuse(
        self, refusal: Refusal, offset: int, key: bytes | None, value: bytes | None
    ) -> None:
        self.dead_letters += 1
        at = (self.timeline, self.partition, offset, self.now)
        self._outputs.append(self._make.dead_letter(dead_letter(refusal, at, key, value), key))

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
            record, facts = self._load(dossier_id)
            # Its time is still to come, but events dated later may have ended a dossier already.
            if changed or (record.finished_at or 0) >= since:
                self._move(record, facts, before, since)
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
        self._settle(record, facts, self._versions.fold(facts), max(self.now, record.as_of))

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
            record, facts = self._load(dossier_id)
            if record.finished_at is None:
                self._settle(record, facts, course_of(record), now)
            else:
                self._drop(record)
        self._advance()

    def _drop(self, record: DossierRecord) -> None:
        """A closed dossier has stayed long enough. What this batch made of it is still written."""
        touched = self._touched.pop(record.dossier_id, None)
        if touched is not None:
            self._outputs.append(self._written(touched[0]))
        del self.states[record.dossier_id]
        self.tallies.replace(contribution(record, self._versions.all_time), NOTHING)
        self._deadlines.set(record.dossier_id, None)
        self._outputs.append(self._make.state(record.dossier_id, None))

    def _load(self, dossier_id: str) -> tuple[DossierRecord, list[Fact] | None]:
        """The state, decoded; facts only if this batch needed them before."""
        found = self._touched.get(dossier_id)
        return found if found is not None else (_decode_record(self.states[dossier_id]), None)

    def _event(self, event: AnyDossierEvent) -> None:
        dossier_id = event.dossier_id
        fact = fact_of(event)
        raw = encode(fact)
        if dossier_id not in self.states:
            refuse_archived(event, self.now, self._versions.now)
            born = unborn(self.timeline, dossier_id)
            admit(self.bound, born, [], event, fact, raw)
            self.states[dossier_id] = b""
            self._refold(born, [], event, fact)
            return
        record, facts = self._load(dossier_id)
        mentioned = mentions(record, event.event_id)
        if mentioned or record.fact_count == 0:
            facts = decode_facts(record.facts) if facts is None else facts
            record = record if record.fact_count else counted(record, facts)
        if mentioned and facts is not None and knows(facts, event.event_id, event.madonvi):
            self.duplicates += 1
            return
        if not admit(self.bound, record, facts, event, fact, raw):
            self.duplicates += 1
            return
        record = self._let_pass(record, facts, event)
        if mentioned or not comes_last(record, event):
            facts = decode_facts(record.facts) if facts is None else facts
            self._refold(record, facts, event, fact)
        else:
            self._append(record, facts, event, fact, raw)

    def _append(
        self,
        record: DossierRecord,
        facts: list[Fact] | None,
        event: AnyDossierEvent,
        fact: Fact,
        raw: bytes,
    ) -> None:
        """An event that comes last: the usual case, in which nothing is decoded."""
        course = self._versions.extend(record, fact)
        if course is None:
            facts = decode_facts(record.facts) if facts is None else facts
            self._refold(record, facts, event, fact)
            return
        joined = b"".join((bytes(record.facts)[:-1], b",", raw, b"]"))
        as_of = max(self.now, event.occurred_at, record.as_of)
        known = Facts(tail_of(fact), msgspec.Raw(joined), record.fact_count + 1, len(joined))
        if facts is not None:
            facts.append(fact)
        self._settle(record, facts, course, as_of, event=event, facts=known)

    def _let_pass(
        self, record: DossierRecord, facts: list[Fact] | None, event: AnyDossierEvent
    ) -> DossierRecord:
        """The dossier's deadlines up to the event pass first: a breach is announced, then ended."""
        if record.next_at is None or record.next_at > event.occurred_at:
            return record
        return self._settle(record, facts, course_of(record), event.occurred_at)

    def _refold(
        self, record: DossierRecord, facts: list[Fact], event: AnyDossierEvent, fact: Fact
    ) -> None:
        compared = record.snapshots or fact.shown is not None
        if isinstance(event, Restored):
            record = restore_into(record, facts, event)
            compared = any(known.shown is not None for known in facts)
        if compared:
            facts, is_new = place(facts, fact)
            self.duplicates += not is_new
        else:
            insort(facts, fact, key=fact_order)
        as_of = max(self.now, event.occurred_at, record.as_of)
        raw = encode(facts)
        tail = last_place(facts) if compared else tail_of(facts[-1])
        known = Facts(tail, msgspec.Raw(raw), len(facts), len(raw), compared)
        self._settle(record, facts, self._versions.fold(facts), as_of, event=event, facts=known)

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

    def drain(self) -> list[Output]:
        """Effects of what was fed since the last call, each state once."""
        outputs, self._outputs = self._outputs, []
        outputs += [self._written(record) for record, _ in self._touched.values()]
        self._touched.clear()
        return outputs

    def _written(self, record: DossierRecord) -> Output:
        value = self.states[record.dossier_id] = encode(record)
        return self._make.state(record.dossier_id, value)
