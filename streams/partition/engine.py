"""One source partition: events in, effects out. No I/O, no clock; time comes in ticks.

What time does is in streams.partition.timers; what the partition keeps, and how that is rebuilt, in
streams.partition.state.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

import msgspec
from confluent_kafka import KafkaException

from dossiers.fold.folding import course_of, fact_of, fact_order
from dossiers.fold.retention import restore_into
from dossiers.fold.settle import Facts, comes_last, mentions, unborn
from dossiers.portal.snapshots import kept_places, knows, last_place, place, repeats
from dossiers.wire.events import Activate, AnyDossierEvent, Restored, Tick
from dossiers.wire.order import tail_of
from dossiers.wire.records import DossierRecord, Fact
from streams.partition.admission import admit, counted, decode_facts, rightful
from streams.partition.dead_letters import dead_letter
from streams.partition.intake import Refusal, read_event, refuse_archived, unfoldable
from streams.partition.outputs import Output, encode
from streams.partition.timers import PassingTime


class PartitionEngine(PassingTime):
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
                kind = type(event)
                if kind is Tick:
                    self._tick(event.now)  # type: ignore[union-attr]
                elif kind is Activate:
                    self._activate(event)  # type: ignore[arg-type]
                else:
                    self._event(event)  # type: ignore[arg-type]
                    self.events += 1
            except Refusal as refusal:
                self._refuse(refusal, offset, key, value)
            except KafkaException:
                raise  # of reference data: nobody knows yet what it says
            except Exception as error:
                # Whatever it was, the same record would stop the next worker, too.
                self._take_back(key, error)
                self._refuse(unfoldable(error), offset, key, value)

    def _take_back(self, key: bytes | None, error: Exception) -> None:
        """What an event has changed that could not be folded: facts that were decoded before it."""
        self.pass_over("an event cannot be folded", error)
        dossier_id = (key or b"").decode("utf-8", "replace")
        if dossier_id in self._touched:
            self._touched[dossier_id] = (self._touched[dossier_id][0], None)
        elif self.states.get(dossier_id) == b"":
            del self.states[dossier_id]

    def _refuse(
        self, refusal: Refusal, offset: int, key: bytes | None, value: bytes | None
    ) -> None:
        self.dead_letters += 1
        at = (self.timeline, self.partition, offset, self.now)
        letter = dead_letter(refusal, at, key, value, self.form)
        self._outputs.append(self._make.dead_letter(letter))

    def _counted(
        self, dossier_id: str, record: DossierRecord
    ) -> tuple[DossierRecord, list[Fact]] | None:
        """A state of a version that did not count, with its facts; one without any is none."""
        facts = decode_facts(record.facts)
        if not facts:
            self.forget(dossier_id, ValueError("it has no facts"))
            self._touched.pop(dossier_id, None)
            return None
        record = counted(record, facts)
        # Once is enough, also where nothing more is taken: here, and not in the changelog.
        if dossier_id in self._touched:
            self._touched[dossier_id] = (record, facts)
        else:
            self.states[dossier_id] = encode(record)
        return record, facts

    def _reborn(self, dossier_id: str) -> DossierRecord:
        """Before its first event; one that had left still belongs to somebody."""
        born = unborn(self.timeline, dossier_id)
        owned = self.left.get(dossier_id) if self.left else None
        return born if owned is None else msgspec.structs.replace(born, owned=owned)

    def _event(self, event: AnyDossierEvent) -> None:
        dossier_id = event.dossier_id
        fact = fact_of(event)
        raw = encode(fact)
        loaded = self._load(dossier_id) if dossier_id in self.states else None
        if loaded is not None and not loaded[0].fact_count:
            loaded = self._counted(dossier_id, loaded[0])
        if loaded is None:
            born = self._reborn(dossier_id)
            if event.madonvi:  # asked first: a stranger's late news must bring no dossier back
                born = rightful(born, [], event, self._versions.now)
            refuse_archived(event, self.now, self._versions.now)
            admit(self.bound, born, [], event, fact, raw)
            self.states[dossier_id] = b""
            self._refold(born, [], event, fact)
            return
        record, facts = loaded
        mentioned = mentions(record, event.event_id)
        if mentioned:
            facts = decode_facts(record.facts) if facts is None else facts
        if mentioned and facts is not None and knows(facts, event.event_id, event.madonvi):
            self.duplicates += 1
            return
        if event.madonvi:
            record = rightful(record, facts, event, self._versions.now)
        if (type(event) is Restored or not self.bound.has_room(record, len(raw) + 1)) and not admit(
            self.bound, record, facts, event, fact, raw
        ):
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
        if compared and kept_places(facts) >= self.bound.facts and repeats(facts, fact):
            self.duplicates += 1  # they need no room, but each costs as much as a fact
            return
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
        self._settle(
            record,
            facts,
            self._versions.fold(facts, record.finished_at),
            as_of,
            event=event,
            facts=known,
        )

    def drain(self) -> list[Output]:
        """Effects of what was fed since the last call, each state once."""
        for record, _ in self._touched.values():
            self._write(record)
        self._touched.clear()
        outputs, self._outputs = self._outputs, []
        return outputs
