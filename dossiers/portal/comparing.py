"""What a dossier's snapshots say has happened, each compared with what was known before it.

* Reception: at NgayTiepNhan, once. Submission: at NgayNopHoSo, of dossiers sent online. Another
  NgayTiepNhan or MaTTHC afterwards is a fact of kind ``received_anew``: ``due_at`` is the other
  instant of reception, ``text`` the other procedure.
* A supplement stops the clock at NgayBoSung until NgayTiepNhanBoSung; without one, the status does
  (5, 6, 8). NgayHenTraMoi, or else a NgayHenTra that changes as the clock starts again, comes with
  the resumption. Any other change of NgayHenTra is a ``due_set`` of reason ``correction``,
  ``appointed`` if there was none, or ``supplement``, with ``carried`` the NgayBoSung, if
  it is the NgayHenTraMoi of a supplement. Whether a new due time counts, the fold decides.
* The end: at NgayKetThucXuLy, else NgayTra, else when it was sent. Another end or another date
  afterwards is a fact of kind ``rewritten``: ``text`` is the new outcome, ``due_at`` the new end.
  A status before the end is a fact ``reopened``; status 1 one of kind ``rewritten`` without text.

If a date is blank, the snapshot's own time stands in; a blank never takes a date back.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dossiers.portal.phases import (
    ENDS,
    NEW,
    RUNNING,
    STOPPED,
    UNCLEAR,
    Ending,
    Phase,
    end_of,
    ending_of,
    first_instant,
    phase_of,
)
from dossiers.portal.said import Said
from dossiers.portal.snapshots import same
from dossiers.portal.stopping import Stopping
from dossiers.portal.teller import Teller, Telling
from dossiers.portal.told_facts import (
    DueTold,
    EndRewritten,
    HolderTold,
    ReceptionRewritten,
    ReopenedTold,
    ToldReason,
    end_fact,
    outcome_of,
)
from dossiers.portal.told_stops import stop_facts
from dossiers.reference.context import Context
from dossiers.time.limits import portal_due
from dossiers.wire.course import Outcome
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
    Supplement,
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
        self._rules = context.rules  # of the day of reception, once it is known
        self._before: Content | None = None
        self._last: SnapshotFact | None = None  # the snapshot that said so
        self._said = Said()
        self._unit = ""
        self._submitted = False
        self._received = False
        # The last NgayTiepNhan and MaTTHC that a snapshot said, None and "" before the first.
        self._accepted: int | None = None
        self._procedure = ""
        self._due: int | None = None
        self._promised: set[int | None] = set()  # NgayHenTraMoi of the answers told last
        self._stopping = Stopping(self.place)
        self._outcome: Outcome = ""
        self._end = 0
        # The first end: its place among the facts, and when a snapshot still said otherwise.
        self._first_end: tuple[int, int] | None = None
        self._finish_said: tuple[int | None, int | None] = (None, None)
        self._taken_back = False  # the end, by status 1

    def all(self) -> Telling:
        """All that was told, in order."""
        stops = self._stopping.stops
        found = [fact for fact in self.facts if fact is not None]
        facts = sorted([*found, *stop_facts(stops)], key=fact_order)
        within = ((stop, self._said.running_within(stop)) for stop in stops if not stop.silent)
        begins = {stop: at for stop, at in within if at is not None}
        shown = [*begins.values()]
        if self._first_end is not None:
            place, at = self._first_end
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
        self._unit = fact.unit or self._unit
        match fact:
            case SubmittedFact():
                self._submitted = True
            case ReceivedFact() if not self._received:
                self._received, self._due = True, fact.due_at
                self._rules = self._context.rules_at(fact.occurred_at)
            case DueSetFact():
                self._due = fact.due_at
            case SuspendedFact():
                self._stopping.hear(fact)
            case ResumedFact():
                self._due = fact.due_at or self._due
                self._stopping.silence(fact.occurred_at, fact)
            case ReopenedFact() if self._outcome:
                self._open_again(fact.occurred_at, fact)
            case FinishedFact() | WithdrawnFact() | RefusedFact() if not self._outcome:
                self._outcome, self._end = outcome_of(fact), fact.occurred_at

    def compare(self, fact: SnapshotFact) -> None:
        """A snapshot: tell what is new in it."""
        content = fact.content
        unit = self._context.unit_named(fact.unit)
        self.fact = fact
        before = self._before or _NOTHING
        first, self._before = self._before is None, content
        phase = phase_of(content, self._stopping.closed, bool(self._outcome))
        self._said.note(fact, phase)
        last, self._last = self._last, fact
        if last is not None and same(last, fact):
            return  # taken back was what had parted them
        handed = bool(unit and unit != self._unit)
        if first or handed or fact.officer or fact.responsible or fact.step:
            known, self._unit = self._unit, unit or self._unit
            # If nobody was known before the first snapshot, its unit has had it all along.
            all_along = first and not known
            at = first_instant(content, fact.occurred_at) if all_along else fact.occurred_at
            head = self.head(at, unit, fact.officer, fact.responsible, fact.step)
            self.facts.append(HolderTold(*head))
        if not first and content == before:
            return
        end = end_of(phase, content, fact.occurred_at)
        self._begin(content, phase, end, first)
        if phase in (NEW, RUNNING, STOPPED) and (self._outcome or self._taken_back):
            self._go_on(phase, content.status or 0)
        elif phase == NEW and self._received and before.status not in (None, 1):
            self._rewrite("", None, content.status or 0)
        due_then = self._due
        ending = ending_of(phase)
        self._late_answer(content, before, end if ending else 0)
        if self._received:
            self._stops(content, phase, before, first)
        if ending:
            self._finish(ending, end, content)
        self._new_due(content, before, due_then)
        said, back = self._finish_said
        self._finish_said = (content.finished_at or said, content.returned_at or back)

    def _begin(self, content: Content, phase: Phase, end: int, first: bool) -> None:
        procedure = content.procedure
        online = content.channel == 2
        accepted = phase in (RUNNING, STOPPED, "finished") or (
            phase in ("withdrawn", UNCLEAR) and content.accepted_at is not None
        )
        if not self._submitted:
            at = content.submitted_at
            if phase == NEW or (phase in ENDS and not accepted and not self._received):
                # At a desk it is handed in and answered at once.
                given = at is not None and (online or phase == NEW)
                at = at if given else end if phase in ENDS else self.now
            elif not online:
                at = None
            if self._received and content.submitted_at is None:
                at = None  # it is back at status 1, not new
            if at is not None:
                self._submitted = True
                self.facts.append(SubmittedFact(*self.head(at), procedure))
        if self._received:
            self._receive_anew(content)
        elif accepted:
            self._received = True
            at = content.accepted_at if content.accepted_at is not None else self.now
            self._accepted, self._procedure = at, procedure
            self._rules = self._context.rules_at(at)
            supplements = sorted(content.supplements, key=self._asked_at)
            before = supplements[0].due_before if supplements and first else None
            self._due = self._portal(content.due_at if before is None else before)
            self.facts.append(ReceivedFact(*self.head(at), procedure, self._due))

    def _receive_anew(self, content: Content) -> None:
        """If it says another reception than the ones before it did."""
        at, procedure = content.accepted_at or self._accepted, content.procedure or self._procedure
        moved = self._accepted is not None and at != self._accepted
        renamed = self._procedure not in ("", procedure)
        self._accepted, self._procedure = at, procedure
        if moved or renamed:
            self.facts.append(ReceptionRewritten(*self.head(self.now), at, procedure))

    def _asked_at(self, supplement: Supplement) -> tuple[int, str]:
        at = supplement.requested_at
        return (self.now if at is None else at, supplement.id)

    def _portal(self, at: int | None) -> int | None:
        context = self._context
        return None if at is None else portal_due(at, context.calendar_for(self._unit), self._rules)

    def _stops(self, content: Content, phase: Phase, before: Content, first: bool) -> None:
        """The clock stands while a supplement waits for its answer, or the status says so."""
        fact = self.fact
        ended, answered = self._stopping.take(content, phase, fact, self.floor, self._portal)
        last = ended[-1] if ended else None
        if phase == RUNNING and answered and (last is None or last in answered):
            last = answered[-1]  # also if the status had said before that the clock ran
        shown = self._portal(content.due_at)
        if first and last is not None and shown == self._due:
            # It has been moved already by the stops before it; one after it is none of these.
            in_time = self._context.breach_at(shown, self._accepted) if shown is not None else 0
            last = next((s for s in reversed(ended) if self._stopping.begin(s) <= in_time), None)
        self._promised = {stop.due for stop in answered}
        for stop in answered:
            self._due = self._due if stop.due is None else stop.due
        if last is not None and last.due is None:
            changed = shown != self._due and content.due_at != before.due_at
            if first or (changed and phase == RUNNING and last.end == fact.occurred_at):
                self._due = last.due = shown
            elif changed and phase == RUNNING and shown is not None:
                # Told after the clock ran again: by then the due time may have passed.
                self._set_due(shown, "appointed", 0)

    def _new_due(self, content: Content, before: Content, due_then: int | None) -> None:
        due, known = self._portal(content.due_at), self._due
        if due is None or due == known or content.due_at == before.due_at or not self._received:
            return
        if due == due_then and known != due_then:
            return  # NgayHenTra still shows the time before the supplement
        if due in self._promised:
            return  # of several NgayHenTraMoi that came at once it shows another than the last
        self._set_due(due, "appointed" if known is None else "correction", self._end)

    def _late_answer(self, content: Content, before: Content, end: int) -> None:
        """NgayHenTraMoi of a supplement that was over before; of several, the last."""
        blank = {s.id for s in content.supplements if s.answered_at is None}
        closed = self._stopping.closed & blank  # by the status
        was = {
            s.id: s.due_after
            for s in before.supplements
            if s.answered_at is not None or s.id in closed
        }
        late = [
            (due, supplement.id)
            for supplement in content.supplements
            if was.get(supplement.id, 0) is None
            and (due := self._portal(supplement.due_after)) is not None
            and due != self._due
        ]
        if late and self._received:
            due, id_ = late[-1]
            self._set_due(due, "supplement", end, self._stopping.asked_at(id_, self.now))

    def _set_due(self, due: int, reason: ToldReason, end: int, asked_at: int | None = None) -> None:
        """What changes with the end (ms, 0 while it is open), or after it, is not placed before."""
        self._due = due
        head = self.head(max(self.now, end))
        self.facts.append(DueTold(*head, due, reason, asked_at))

    def _go_on(self, phase: Phase, status: int) -> None:
        """A status before the end, after it: the first verdict stays."""
        if phase == NEW:
            if self._outcome:
                self._rewrite("", None)
                self.floor, self._taken_back = self.now, True
            return
        self.facts.append(ReopenedTold(*self.head(self.now), status))
        self._open_again(self.now, self.fact)
        if phase == STOPPED:
            self._stopping.ask_again()

    def _open_again(self, at: int, fact: Fact) -> None:
        self._stopping.silence(self._end, fact)
        self._outcome, self._taken_back, self.floor = "", False, max(self.floor, at)

    def _finish(self, ending: Ending, end: int, content: Content) -> None:
        status = (content.status or 9) if ending == "finished" else 0
        if not self._outcome:
            if self.floor:
                self._rewrite(ending, end, status)
                return
            shown_at = self._said.open_after(self.fact.source, end)
            if shown_at is not None:
                self._first_end = len(self.facts), shown_at
            self._outcome, self._end = ending, end
            self.facts.append(end_fact(self.head(end), ending, status))
        elif self._outcome != ending:
            self._rewrite(ending, end, status)
        elif ending == "finished":
            said, back = self._finish_said
            shown = content.finished_at
            if shown is None and said is None:
                shown, said = content.returned_at, back
            # A date that was blank so far may fall after the end that was assumed, not before.
            if shown is not None and (shown != said if said is not None else shown < self._end):
                self._rewrite(ending, shown, status)

    def _rewrite(self, outcome: Outcome, end: int | None, status: int = 0) -> None:
        self._outcome, self._end = outcome, self._end if end is None else end
        self.facts.append(EndRewritten(*self.head(self.now), outcome, end, status))
