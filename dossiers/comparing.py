"""What a dossier's snapshots say has happened, each compared with what was known before it.

* Reception: at NgayTiepNhan, once. Submission: at NgayNopHoSo, of dossiers sent online.
* A supplement stops the clock at NgayBoSung until NgayTiepNhanBoSung; without one, the status does
  (5, 6, 8). NgayHenTraMoi, or else a NgayHenTra that changes as the clock starts again, is the new
  due time. Otherwise, and where the stop began after the breach, a changed NgayHenTra is a
  correction.
* The end: at NgayKetThucXuLy, else NgayTra, else when it was sent. Another end, another date or a
  status before the end afterwards is a fact of kind ``rewritten``: ``text`` is the new outcome, ""
  where the dossier is open again, and ``due_at`` the new end.

Where a date is blank, the snapshot's own time stands in; a blank never takes a date back.
"""

from __future__ import annotations

from collections.abc import Sequence

from dossiers.context import Context
from dossiers.deadlines import portal_due
from dossiers.events import Content, Supplement
from dossiers.order import fact_order
from dossiers.phases import ENDS, NEW, RUNNING, STOPPED, UNCLEAR, end_of, first_instant, phase_of
from dossiers.records import Fact

_NOTHING = Content()


def expand(facts: Sequence[Fact], context: Context) -> list[Fact]:
    """``facts`` (in order, nothing taken back) with each snapshot as what it says has happened."""
    told = _Told(context)
    for fact in facts:
        if fact.shown is None:
            told.hear(fact)
        else:
            told.compare(fact, fact.shown.content)
    return sorted(told.facts, key=fact_order)


class _Told:
    """What is known of a dossier after some of its facts."""

    def __init__(self, context: Context) -> None:
        self.facts: list[Fact] = []
        self._context = context
        self._rules = context.rules  # of the day of reception, once it is known
        self._before: Content | None = None
        self._unit = ""
        self._submitted = False
        self._received = False
        self._due: int | None = None
        self._stopped = 0  # the status that stopped the clock
        self._stopped_at = 0
        # Supplements: known, answered, still waiting, over because the status said so.
        self._asked: set[str] = set()
        self._answered: set[str] = set()
        self._open: set[str] = set()
        self._closed: set[str] = set()
        self._outcome = ""
        self._end = 0
        self._finish_said: tuple[int | None, int | None] = (None, None)
        self._floor = 0  # nothing is placed before the moment at which the dossier was reopened
        self._fact: Fact | None = None

    def hear(self, fact: Fact) -> None:
        """An elementary fact from somebody who sends events."""
        self.facts.append(fact)
        kind = fact.kind
        self._unit = fact.unit or self._unit
        if kind == "submitted":
            self._submitted = True
        elif kind == "received" and not self._received:
            self._received, self._due = True, fact.due_at
        elif kind == "due_set":
            self._due = fact.due_at
        elif kind == "suspended":
            self._stopped, self._stopped_at = fact.status, fact.occurred_at
        elif kind == "resumed":
            self._stopped, self._due = 0, fact.due_at or self._due
        elif kind in ENDS and not self._outcome:
            self._outcome, self._end, self._stopped = kind, fact.occurred_at, 0

    def compare(self, fact: Fact, content: Content) -> None:
        """A snapshot: emit what is new in it."""
        unit = self._context.unit_named(fact.unit)
        self._fact = fact
        before = self._before or _NOTHING
        first, self._before = self._before is None, content
        handed = bool(unit and unit != self._unit)
        if first or handed or fact.officer or fact.responsible or fact.step:
            self._unit = unit or self._unit
            # Before the first snapshot nobody is known: its unit has had the dossier all along.
            at = first_instant(content, fact.occurred_at) if first else fact.occurred_at
            self._emit("snapshot", at, unit=unit, officer=fact.officer,
                       responsible=fact.responsible, step=fact.step)  # fmt: skip
        if not first and content == before:
            return
        phase = phase_of(content, self._closed, bool(self._outcome))
        end = end_of(phase, content, fact.occurred_at)
        self._begin(content, phase, end, first)
        ended = self._outcome
        if ended and phase in (NEW, RUNNING, STOPPED):
            self._rewrite("", None)
            ended, self._floor = "", fact.occurred_at
        elif phase == NEW and self._received and before.status not in (None, 1):
            self._rewrite("", None)
        due_then = self._due
        if self._received and not ended:
            self._stops(content, phase, before, first)
        self._new_due(content, before, due_then)
        if phase in ENDS:
            self._finish(phase, end, content)
        said, back = self._finish_said
        self._finish_said = (content.finished_at or said, content.returned_at or back)

    def _emit(
        self, kind: str, at: int, *, unit: str = "", officer: str = "", responsible: str = "",
        step: str = "", due_at: int | None = None, text: str = "", status: int = 0,
    ) -> None:  # fmt: skip
        """Written out: of a dossier with very many snapshots it is most of the work."""
        fact = self._fact
        assert fact is not None  # noqa: S101 (for the type checker)
        number, floor = len(self.facts), self._floor
        self.facts.append(
            Fact(
                at if at > floor else floor, fact.source, number,
                f"{fact.event_id}/{number}", kind, fact.received_at, unit, officer, responsible,
                step, due_at, text, None, status,
            )
        )  # fmt: skip

    @property
    def _now(self) -> int:
        assert self._fact is not None  # noqa: S101 (for the type checker)
        return self._fact.occurred_at

    def _begin(self, content: Content, phase: str, end: int, first: bool) -> None:
        procedure = content.procedure
        online = content.channel == 2
        accepted = phase in (RUNNING, STOPPED, "finished") or (
            phase in ("withdrawn", UNCLEAR) and content.accepted_at is not None
        )
        if not self._submitted:
            at = content.submitted_at
            if phase == NEW or (phase in ENDS and not accepted and not self._received):
                # At a desk it is handed in and answered at once.
                at = at if at is not None and (online or phase == NEW) else end
            elif not online:
                at = None
            if at is not None:
                self._submitted = True
                self._emit("submitted", at, text=procedure)
        if accepted and not self._received:
            self._received = True
            at = content.accepted_at if content.accepted_at is not None else self._now
            self._rules = self._context.rules_at(at)
            supplements = sorted(content.supplements, key=self._asked_at)
            before = supplements[0].due_before if supplements and first else None
            self._due = self._portal(content.due_at if before is None else before)
            self._emit("received", at, text=procedure, due_at=self._due)

    def _asked_at(self, supplement: Supplement) -> tuple[int, str]:
        at = supplement.requested_at
        return (self._now if at is None else at, supplement.id)

    def _portal(self, at: int | None) -> int | None:
        context = self._context
        return None if at is None else portal_due(at, context.calendar_for(self._unit), self._rules)

    def _stops(self, content: Content, phase: str, before: Content, first: bool) -> None:
        """The clock stands while a supplement waits for its answer, or the status says so."""
        status = content.status if content.status in (5, 6, 8) else 5
        resumes: list[tuple[int, int, int | None]] = []  # stopped at, resumed at, new due time
        for at, asks, supplement in self._requests(content):
            if asks:
                self._asked.add(supplement.id)
                self._open.add(supplement.id)
                self._stop(at, status)
                continue
            self._answered.add(supplement.id)
            self._open.discard(supplement.id)
            if not self._open:  # else another one still waits
                resumes.append((self._stopped_at, at, self._portal(supplement.due_after)))
                self._stopped = 0
        if phase == STOPPED and self._stopped != status:
            self._stop(self._now, status)
        elif phase == RUNNING and self._stopped:
            resumes.append((self._stopped_at, self._now, None))
            self._closed |= self._open
            self._open.clear()
            self._stopped = 0
        for number, (stopped_at, at, after) in enumerate(resumes, 1):
            due = after
            shown = self._portal(content.due_at)
            changed = first or (shown != self._due and content.due_at != before.due_at)
            if due is None and number == len(resumes) and changed:
                due = shown
            if self._due is not None and stopped_at > self._due and not first:
                due = None  # a stop after the breach explains no new due time
            self._due = self._due if due is None else due
            self._emit("resumed", at, due_at=due)

    def _stop(self, at: int, status: int) -> None:
        if not self._stopped:
            self._stopped_at = at
        self._stopped = status
        # A hundred supplements asked for at one moment stop the clock once.
        last = self.facts[-1] if self.facts else None
        if last is None or (last.kind, last.occurred_at, last.status) != ("suspended", at, status):
            self._emit("suspended", at, status=status)

    def _requests(self, content: Content) -> list[tuple[int, bool, Supplement]]:
        """What is new about supplements, in time: (ms, whether it asks or answers, which)."""
        found: list[tuple[int, bool, Supplement]] = []
        for supplement in content.supplements:
            asked_at, _ = self._asked_at(supplement)
            if supplement.id not in self._asked:
                found.append((asked_at, True, supplement))
            if supplement.answered_at is not None and supplement.id not in self._answered:
                found.append((max(asked_at, supplement.answered_at), False, supplement))
        return sorted(found, key=lambda new: (new[0], new[2].id, not new[1]))

    def _new_due(self, content: Content, before: Content, due_then: int | None) -> None:
        due = self._portal(content.due_at)
        known = self._due
        if due is None or due == known or content.due_at == before.due_at or not self._received:
            self._late_answers(content, before)
            return
        if due == due_then and known != due_then:
            return  # NgayHenTra still shows the time before the supplement
        self._due = due
        if known is None:
            reason = "appointed"
        elif due in self._fresh(content, before):
            reason = "supplement"
        else:
            reason = "correction"
        self._emit("due_set", self._now, due_at=due, text=reason)

    def _fresh(self, content: Content, before: Content) -> list[int | None]:
        """New due times of supplements whose answer was known before."""
        was = {s.id: s.due_after for s in before.supplements if s.answered_at is not None}
        return [
            self._portal(s.due_after)
            for s in content.supplements
            if s.due_after is not None and s.id in was and was[s.id] is None
        ]

    def _late_answers(self, content: Content, before: Content) -> None:
        fresh = [due for due in self._fresh(content, before) if due != self._due]
        if fresh and not self._outcome:
            self._due = fresh[-1]
            self._emit("due_set", self._now, due_at=fresh[-1], text="supplement")

    def _finish(self, phase: str, end: int, content: Content) -> None:
        if not self._outcome:
            if self._floor:
                self._rewrite(phase, end)
                return
            status = (content.status or 9) if phase == "finished" else 0
            self._outcome, self._end, self._stopped = phase, end, 0
            self._emit(phase, end, status=status)
        elif self._outcome != phase:
            self._rewrite(phase, end)
        elif phase == "finished":
            said, back = self._finish_said
            shown = content.finished_at
            if shown is None and said is None:
                shown, said = content.returned_at, back
            # A date that was blank so far may fall after the end that was assumed, not before.
            if shown is not None and (shown != said if said is not None else shown < self._end):
                self._rewrite(phase, shown)

    def _rewrite(self, outcome: str, end: int | None) -> None:
        self._outcome, self._end, self._stopped = outcome, end or 0, 0
        self._emit("rewritten", self._now, text=outcome, due_at=end)
