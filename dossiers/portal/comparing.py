"""What a dossier's snapshots say has happened, each compared with what was known before it.

* Reception: at NgayTiepNhan, once. Submission: at NgayNopHoSo, of dossiers sent online. Another
  NgayTiepNhan or MaTTHC afterwards is a ReceptionRewritten.
* A supplement stops the clock at NgayBoSung until NgayTiepNhanBoSung; without one, the status does
  (5, 6, 8). NgayHenTraMoi, or else a NgayHenTra that changes as the clock starts again, comes with
  the resumption. Any other change of NgayHenTra is a DueTold: a correction, an appointment if there
  was none, or of a supplement if it is its NgayHenTraMoi. Whether it counts, the fold decides.
* The end: at NgayKetThucXuLy, else NgayTra, else when it was sent. Another end or another date
  afterwards is an EndRewritten. A status before the end is a ReopenedTold; status 1 an EndRewritten
  without an outcome.

If a date is blank, the snapshot's own time stands in; a blank never takes a date back.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dossiers.portal.due_times import DueTimes
from dossiers.portal.endings import Endings
from dossiers.portal.phases import (
    NEW,
    RUNNING,
    STOPPED,
    Phase,
    end_of,
    ending_of,
    first_instant,
    phase_of,
)
from dossiers.portal.receptions import Receptions
from dossiers.portal.said import Said
from dossiers.portal.snapshots import same
from dossiers.portal.stopping import Stopping
from dossiers.portal.teller import Teller, Telling
from dossiers.portal.told_facts import (
    DueTold,
    HolderTold,
)
from dossiers.portal.told_stops import stop_facts
from dossiers.reference.context import Context
from dossiers.wire.facts import (
    Content,
    DueSetFact,
    Fact,
    FinishedFact,
    ReceivedFact,
    RefusedFact,
    ReopenedFact,
    ResumedFact,
    SnapshotFact,
    SubmittedFact,
    SuspendedFact,
    WithdrawnFact,
)
from dossiers.wire.order import fact_order

_NOTHING = Content()


def expand(facts: Sequence[Fact], context: Context) -> list[Fact]:
    """``facts`` (in order, nothing taken back) with each snapshot as what it says has happened."""
    return tell(facts, context).facts


def tell(facts: Sequence[Fact], context: Context) -> Telling:
    """As ``expand``, and how it would be as the snapshots showed it."""
    told = _Told(context)
    for fact in facts:
        if type(fact) is SnapshotFact:
            told.compare(fact)
        else:
            told.hear(fact)
    return told.all()


class _Told(Teller):
    """What is known of a dossier after some of its facts."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._before: Content | None = None
        self._last: SnapshotFact | None = None  # the snapshot that said so
        self._said = Said()
        self._stopping = Stopping(self.place)
        self._dates = DueTimes(self, context, self._stopping)
        self._reception = Receptions(self)
        self._ending = Endings(self, self._stopping, self._said)

    def all(self) -> Telling:
        """All that was told, in order."""
        stops = self._stopping.stops
        found = [fact for fact in self.facts if fact is not None]
        facts = sorted([*found, *stop_facts(stops)], key=fact_order)
        within = ((stop, self._said.running_within(stop)) for stop in stops if not stop.silent)
        begins = {stop: at for stop, at in within if at is not None}
        shown = [*begins.values()]
        if self._ending.first is not None:
            place, at = self._ending.first
            shown.append(at)
            end = self.facts[place]
            assert end is not None  # noqa: S101 (for the type checker)
            found.remove(end)
            found.append(msgspec.structs.replace(end, occurred_at=at))
        if not shown:
            return Telling(facts)
        found += stop_facts(stops, begins)
        return Telling(facts, sorted(found, key=fact_order), max(shown))

    def hear(self, fact: Fact) -> None:
        """An elementary fact from somebody who sends events."""
        self.facts.append(fact)
        self._dates.unit = fact.unit or self._dates.unit
        match fact:
            case SubmittedFact():
                self._reception.submitted = True
            case ReceivedFact() if not self._reception.received:
                self._reception.received, self._dates.due = True, fact.due_at
                self._dates.rules = self._context.rules_at(fact.occurred_at)
            case DueSetFact() | DueTold():
                self._dates.due = fact.due_at
            case SuspendedFact():
                self._stopping.hear(fact)
            case ResumedFact():
                self._dates.due = fact.due_at or self._dates.due
                self._stopping.silence(fact.occurred_at, fact)
            case ReopenedFact() if self._ending.outcome:
                self._ending.open_again(fact.occurred_at, fact)
            case FinishedFact() | WithdrawnFact() | RefusedFact():
                self._ending.hear(fact)

    def compare(self, fact: SnapshotFact) -> None:
        """A snapshot: tell what is new in it."""
        content = fact.content
        unit = self._context.unit_named(fact.unit)
        self.fact = fact
        before = self._before or _NOTHING
        first, self._before = self._before is None, content
        phase = phase_of(content, self._stopping.closed, bool(self._ending.outcome))
        self._said.note(fact, phase)
        last, self._last = self._last, fact
        if last is not None and same(last, fact):
            return  # taken back was what had parted them
        self._hold(fact, unit, first)
        if first or content != before:
            self._news(content, before, phase, first)

    def _hold(self, fact: SnapshotFact, unit: str, first: bool) -> None:
        handed = bool(unit and unit != self._dates.unit)
        if first or handed or fact.officer or fact.responsible or fact.step:
            known, self._dates.unit = self._dates.unit, unit or self._dates.unit
            # If nobody was known before the first snapshot, its unit has had it all along.
            all_along = first and not known
            at = first_instant(fact.content, fact.occurred_at) if all_along else fact.occurred_at
            head = self.head(at, unit, fact.officer, fact.responsible, fact.step)
            self.facts.append(HolderTold(*head))

    def _news(self, content: Content, before: Content, phase: Phase, first: bool) -> None:
        ends = self._ending
        end, ending = end_of(phase, content, self.now), ending_of(phase)
        self._begin(content, phase, end, first)
        if phase in (NEW, RUNNING, STOPPED) and (ends.outcome or ends.taken_back):
            ends.go_on(phase, content.status or 0)
        elif phase == NEW and self._reception.received and before.status not in (None, 1):
            ends.rewrite("", None, content.status or 0)
        due_then = self._dates.due
        received = self._reception.received
        if received:
            self._dates.late_answer(content, before, end if ending else 0)
            self._dates.stops(content, before, phase, self._reception.accepted, first)
        if ending:
            ends.finish(ending, end, content)
        if received:
            self._dates.change(content, before, due_then, ends.at)
        ends.note(content)

    def _begin(self, content: Content, phase: Phase, end: int, first: bool) -> None:
        reception = self._reception
        reception.submit(content, phase, end)
        if reception.received:
            reception.receive_anew(content)
        elif (at := reception.receive(content, phase)) is not None:
            due = self._dates.receive(content, at, first)
            self.facts.append(ReceivedFact(*self.head(at), content.procedure, due))
