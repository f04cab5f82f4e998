"""Due times as snapshots tell them: with a reception, with an answer to a supplement, or else."""

from __future__ import annotations

from dossiers.portal.phases import RUNNING, Phase
from dossiers.portal.stopping import Stopping
from dossiers.portal.teller import Teller
from dossiers.portal.told_facts import DueTold, ToldReason
from dossiers.reference.context import Context
from dossiers.time.limits import portal_due
from dossiers.wire.facts import Content, Supplement


class DueTimes:
    """``due`` (ms): as it was told last. ``unit``: who holds the dossier. ``rules``: of the day of
    reception, once it is known."""

    def __init__(self, teller: Teller, context: Context, stopping: Stopping) -> None:
        self.due: int | None = None
        self.unit = ""
        self.rules = context.rules
        self._teller = teller
        self._context = context
        self._stopping = stopping
        self._promised: set[int | None] = set()  # NgayHenTraMoi of the answers told last

    def receive(self, content: Content, at: int, first: bool) -> int | None:
        """The due time of a dossier that was received at ``at`` (ms)."""
        self.rules = self._context.rules_at(at)
        supplements = sorted(content.supplements, key=self._asked_at)
        before = supplements[0].due_before if supplements and first else None
        self.due = self._portal(content.due_at if before is None else before)
        return self.due

    def _asked_at(self, supplement: Supplement) -> tuple[int, str]:
        at = supplement.requested_at
        return (self._teller.now if at is None else at, supplement.id)

    def _portal(self, at: int | None) -> int | None:
        context = self._context
        return None if at is None else portal_due(at, context.calendar_for(self.unit), self.rules)

    def stops(
        self, content: Content, before: Content, phase: Phase, accepted: int | None, first: bool
    ) -> None:
        """The clock stands while a supplement waits for its answer, or as the status says.
        ``accepted`` (ms): NgayTiepNhan."""
        fact = self._teller.fact
        ended, answered = self._stopping.take(
            content, phase, fact, self._teller.floor, self._portal
        )
        last = ended[-1] if ended else None
        if phase == RUNNING and answered and (last is None or last in answered):
            last = answered[-1]  # also if the status had said before that the clock ran
        shown = self._portal(content.due_at)
        if first and last is not None and shown == self.due:
            # It has been moved already by the stops before it; one after it is none of these.
            in_time = self._context.breach_at(shown, accepted) if shown is not None else 0
            last = next((s for s in reversed(ended) if self._stopping.begin(s) <= in_time), None)
        self._promised = {stop.due for stop in answered}
        for stop in answered:
            self.due = self.due if stop.due is None else stop.due
        if last is not None and last.due is None:
            changed = shown != self.due and content.due_at != before.due_at
            if first or (changed and phase == RUNNING and last.end == fact.occurred_at):
                self.due = last.due = shown
            elif changed and phase == RUNNING and shown is not None:
                # Told after the clock ran again: by then the due time may have passed.
                self._set_due(shown, "appointed", 0)

    def change(self, content: Content, before: Content, due_then: int | None, end: int) -> None:
        """NgayHenTra, if it is another one than ``before`` said. ``due_then`` (ms): the due time
        before this snapshot's supplements were looked at. ``end`` (ms): 0 while it is open."""
        due, known = self._portal(content.due_at), self.due
        if due is None or due == known or content.due_at == before.due_at:
            return
        if due == due_then and known != due_then:
            return  # NgayHenTra still shows the time before the supplement
        if due in self._promised:
            return  # of several NgayHenTraMoi that came at once it shows another than the last
        self._set_due(due, "appointed" if known is None else "correction", end)

    def late_answer(self, content: Content, before: Content, end: int) -> None:
        """NgayHenTraMoi of a supplement that was over before; of several, the last. ``end`` (ms):
        0 while it is open."""
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
            and due != self.due
        ]
        if late:
            due, id_ = late[-1]
            self._set_due(due, "supplement", end, self._stopping.asked_at(id_, self._teller.now))

    def _set_due(self, due: int, reason: ToldReason, end: int, asked_at: int | None = None) -> None:
        """What changes with the end (ms, 0 while it is open), or after it, is not placed before."""
        self.due = due
        head = self._teller.head(max(self._teller.now, end))
        self._teller.facts.append(DueTold(*head, due, reason, asked_at))
