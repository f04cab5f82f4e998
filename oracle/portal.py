"""What a portal's snapshots of a dossier say that has happened, read plainly (docs/portal-sync.md).

Written from the description of the format and of what becomes of it, not from the product's
comparing of snapshots: two readers that agree are worth more than one that is asked twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dossiers.context import Context
from dossiers.events import AnyDossierEvent, Content, Snapshot, Supplement
from oracle.told import Place, Told, place_of, recorded_of

NEW, RUNS, STOPS, FINISHED, REFUSED, WITHDRAWN, UNCLEAR = (
    "new", "runs", "stops", "finished", "refused", "withdrawn", "",
)  # fmt: skip
_STATUS = {
    1: NEW, 2: RUNS, 3: REFUSED, 4: RUNS, 5: STOPS, 6: STOPS, 7: WITHDRAWN, 8: STOPS,
    9: FINISHED, 10: FINISHED,
}  # fmt: skip
_ENDED = frozenset({FINISHED, REFUSED, WITHDRAWN})


def retell(snapshots: Sequence[AnyDossierEvent], context: Context) -> list[Told]:
    """What the snapshots of one dossier (in order) say, each thing once."""
    reader = _Reader(context)
    for event in snapshots:
        assert isinstance(event, Snapshot)  # noqa: S101 (for the type checker)
        reader.read(event)
    return [_looked_back(told, reader) for told in reader.said]


def phase_of(content: Content, over: Collection[str]) -> str:
    """Where the dossier stands; by its dates where the status cannot be read.

    Statuses 5, 6 and 8 may arrive as 9: while a request to the citizen waits for its answer and
    there is no date of an end, it has not ended. ``over``: requests that wait no more.
    """
    phase = _STATUS.get(content.status or 0, UNCLEAR)
    dated = content.finished_at is not None or content.returned_at is not None
    if phase == UNCLEAR:
        return FINISHED if dated else REFUSED if content.refused_at is not None else UNCLEAR
    waits = any(each.answered_at is None and each.id not in over for each in content.supplements)
    return STOPS if content.status == 9 and waits and not dated else phase


@dataclass
class _Request:
    """A request to the citizen, as far as it was told: when, until when, and the new due time."""

    asked: int
    answered: int | None = None
    due: int | None = None
    by_status: bool = False  # not answered, but the clock ran again

    def covers(self, at: int) -> bool:
        return self.asked <= at and (self.answered is None or at < self.answered)


@dataclass
class _Reader:
    """What is known so far. ``stood``: since when the status alone has stopped the clock."""

    context: Context
    said: list[Told] = field(default_factory=list)
    seen: list[tuple[Place, str]] = field(default_factory=list)  # snapshots, and their phases
    received: Told | None = None
    accepted: int | None = None
    submitted: bool = False
    due: int | None = None
    ended: Told | None = None
    end_dates: tuple[int | None, int | None] = (None, None)
    has_ended: bool = False
    requests: dict[str, _Request] = field(default_factory=dict)
    stands: bool = False
    moved: int | None = None  # the new due time of a stop that goes on for another request
    last: tuple[object, ...] = ()
    # Of the snapshot that is being read.
    event: Snapshot | None = None
    rank: int = 0

    def read(self, event: Snapshot) -> None:
        self.event, self.rank = event, 0
        content = event.content
        over = {id_ for id_, each in self.requests.items() if each.answered is not None}
        phase = phase_of(content, over)
        before = self.seen[-1][1] if self.seen else UNCLEAR
        said = (content, event.unit, event.officer, event.responsible, event.step, event.madonvi)
        if said == self.last:
            self.seen.append((place_of(event), phase))
            return  # the same once more says nothing new
        self.last = said
        self.tell("shown", event.occurred_at, officer=event.officer, step=event.step,
                  responsible=event.responsible, unit=self.unit)  # fmt: skip
        self._arrive(content, phase)
        new_end = phase in _ENDED and self.ended is None
        self._end_of_end(phase, before)
        answered = self._ask(content)
        resumed = self._stand(content, phase)
        self._appoint(content, phase, answered or resumed, new_end)
        if phase in _ENDED:
            self._end(content, phase)
        self.seen.append((place_of(event), phase))

    @property
    def unit(self) -> str:
        assert self.event is not None  # noqa: S101 (for the type checker)
        return self.context.unit_named(self.event.unit)

    def tell(self, what: str, at: int, **more: Any) -> Told:
        assert self.event is not None  # noqa: S101 (for the type checker)
        said_in = place_of(self.event)
        told = Told(what=what, at=at, recorded=max(at, recorded_of(self.event)), rank=self.rank,
                    place=(at, *said_in[1:]), said_in=said_in, **more)  # fmt: skip
        self.rank += 1
        self.said.append(told)
        return told

    def _arrive(self, content: Content, phase: str) -> None:
        """Submission and reception, each once; a changed reception is told in its place."""
        at = self.event.occurred_at if self.event else 0
        accepted = phase in (RUNS, STOPS, FINISHED) or (
            phase in (WITHDRAWN, UNCLEAR) and content.accepted_at is not None
        )
        online = content.channel == 2
        sent = content.submitted_at if online or phase == NEW else None
        if phase in _ENDED and not accepted and self.received is None and sent is None:
            sent = self._dates(content, phase)[2]  # handed in at a desk, and answered at once
        if not self.submitted and (sent is not None or phase == NEW):
            self.submitted = True
            self.tell("submitted", at if sent is None else sent, procedure=content.procedure,
                      unit=self.unit)  # fmt: skip
        if self.received is None:
            if accepted:
                self._receive(content)
            return
        accepted = self.accepted if content.accepted_at is None else content.accepted_at
        procedure = content.procedure or self.received.procedure
        if accepted != self.accepted or procedure != self.received.procedure:
            self.accepted = accepted
            self.received = self.tell(
                "received", self.received.at if accepted is None else accepted, instead=True,
                procedure=procedure, unit=self.received.unit, due=self.received.due,
            )  # fmt: skip

    def _receive(self, content: Content) -> None:
        """Where the first snapshot shows a request to the citizen, NgayHenTraTruoc is the first
        appointment."""
        received = content.accepted_at
        if received is None:
            received = self.event.occurred_at if self.event else 0
        asked = min(content.supplements, key=self._asked, default=None)
        due = content.due_at
        if asked is not None and asked.due_before is not None and not self.seen:
            due = asked.due_before
        self.accepted, self.due = content.accepted_at, due
        self.received = self.tell(
            "received", received, procedure=content.procedure, unit=self.unit,
            due=self._meant(due, received, self.unit),
        )  # fmt: skip

    def _meant(self, due: int | None, received: int, unit: str) -> int | None:
        """Midnight stands for a date: closing time of that day."""
        if due is None:
            return None
        calendar = self.context.calendar_for(unit)
        literal = self.context.rules_at(received).portal_midnight == "literal"
        if literal or calendar.clock_of(due) != 0:
            return due
        return calendar.closing_of(calendar.day_of(due))

    def _due(self, due: int) -> int:
        received = self.received
        assert received is not None  # noqa: S101 (for the type checker)
        found = self._meant(due, received.at, received.unit)
        assert found is not None  # noqa: S101 (for the type checker)
        return found

    def _end_of_end(self, phase: str, before: str) -> None:
        at = self.event.occurred_at if self.event else 0
        if self.has_ended and phase in (RUNS, STOPS):
            self.has_ended = False
            self.tell("reopened", at)
        elif phase == NEW and (
            self.has_ended or (before not in (NEW, UNCLEAR) and self.received is not None)
        ):
            self.has_ended = False
            self.tell("unended", at, instead=True)

    def _asked(self, supplement: Supplement) -> tuple[int, str]:
        """When, and which: where a date is blank, the snapshot's own time stands in."""
        at = supplement.requested_at
        return (self.event.occurred_at if at is None and self.event else at or 0, supplement.id)

    def _ask(self, content: Content) -> bool:
        """Stops from requests to the citizen; whether one was answered with a new due time."""
        dated = [
            each
            for each in content.supplements
            if each.answered_at is None or each.answered_at >= self._asked(each)[0]
        ]
        dated.sort(key=self._asked)
        for each in dated:
            if each.id not in self.requests:
                asked, _ = self._asked(each)
                self.requests[each.id] = _Request(asked)
                self.tell("suspended", asked, status=5)
        found = False
        for each in dated:
            due = None
            if each.due_after is not None and self.received is not None:
                due = self._due(each.due_after)
            found = self._answer(self.requests[each.id], each.answered_at, due) or found
        return found

    def _answer(self, request: _Request, answered: int | None, due: int | None) -> bool:
        """A request was answered, or the new due time that belongs to it is told later; whether
        there is such a due time."""
        if answered is None:
            return False
        news = due if due != request.due else None
        known, request.due = request.answered, due or request.due
        if known is None or (request.by_status and answered < known):
            request.answered, request.by_status, self.stands = answered, False, False
            if any(
                other is not request and other.covers(answered) for other in self.requests.values()
            ):
                self.moved = news or self.moved
            else:
                self.tell("resumed", answered, due=news or self.moved)
                self.moved = None
        elif news is not None:
            at = self.event.occurred_at if self.event else 0
            self.tell("due_set", at, due=news, reason="supplement", stop=(request.asked, known))
        return news is not None

    def _stand(self, content: Content, phase: str) -> bool:
        """Stops for as long as the status says so; whether a changed appointment came with the end
        of one."""
        at = self.event.occurred_at if self.event else 0
        if phase == STOPS and not self._waiting() and not self.stands:
            self.stands = True
            self.tell("suspended", at, status=content.status or 5)
        elif phase == RUNS and (self.stands or self._waiting()):
            self.stands = False
            for request in self.requests.values():
                if request.answered is None:
                    request.answered, request.by_status = at, True
            moved = self.received is not None and content.due_at not in (None, self.due)
            due = self._due(content.due_at) if moved and content.due_at is not None else None
            self.tell("resumed", at, due=due)
            return due is not None
        return False

    def _waiting(self) -> bool:
        return any(request.answered is None for request in self.requests.values())

    def _appoint(self, content: Content, phase: str, explained: bool, new_end: bool) -> None:
        """A changed appointment that no stop explains."""
        due, known = content.due_at, self.due
        if due is None or self.received is None or phase in (NEW, REFUSED):
            return
        self.due = due
        promised = {request.due for request in self.requests.values()}
        if due == known or explained or self._due(due) in promised:
            return
        self.tell(
            "due_set", self.event.occurred_at if self.event else 0, due=self._due(due),
            reason="appointed" if known is None else "correction", with_end=new_end,
        )  # fmt: skip

    def _dates(self, content: Content, phase: str) -> tuple[int | None, int | None, int]:
        """The dates of an end as they are shown, and when it was."""
        first, second = content.finished_at, content.returned_at if phase == FINISHED else None
        if phase == REFUSED and content.refused_at is not None:
            first = content.refused_at
        sent = self.event.occurred_at if self.event else 0
        return first, second, next((each for each in (first, second) if each is not None), sent)

    def _end(self, content: Content, phase: str) -> None:
        """The first end stands; another one is told in its place."""
        *said, at = self._dates(content, phase)
        dates = (said[0], said[1])
        if self.ended is not None and self.has_ended:
            same = self.ended.what == phase
            ours = self.end_dates
            shown = [
                theirs is not None and (own is not None and theirs != own)
                for own, theirs in zip(ours, dates, strict=True)
            ]
            late = dates[0] is not None and ours == (None, None) and dates[0] != self.ended.at
            changed = shown[0] or (dates[0] is None and shown[1]) or late
            if same and not changed:
                return
        again = self.ended is not None
        self.ended = self.tell(phase, at, status=content.status or 0, instead=again)
        self.end_dates, self.has_ended = dates, True
        self.stands = False


def _looked_back(told: Told, reader: _Reader) -> Told:
    """With the last instant at which an earlier snapshot of the sender still said otherwise."""
    ends = told.what in _ENDED
    if not ends and told.what != "suspended":
        return told
    over = None
    if not ends:
        over = min(
            (t.at for t in reader.said if t.what in ("resumed", *_ENDED) and t.at > told.at),
            default=None,
        )
    otherwise = (NEW, RUNS, STOPS) if ends else (RUNS,)
    moments = [
        place[0]
        for place, phase in reader.seen
        if place < told.said_in and place[1] == told.said_in[1] and phase in otherwise
        and place[0] > told.at - (not ends) and (over is None or place[0] < over)
    ]  # fmt: skip
    return replace(told, shown_at=max(moments)) if moments else told
