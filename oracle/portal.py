"""What a portal's snapshots of a dossier say that has happened, read plainly (docs/portal-sync.md).

Written from the description of the format and of what becomes of it, not from the product's
comparing of snapshots: two readers that agree are worth more than one that is asked twice.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def phase_of(content: Content) -> str:
    """Where the dossier stands. Statuses 5, 6 and 8 may arrive as 9: while a request to the citizen
    waits and there is no date of an end, it has not ended."""
    phase = _STATUS.get(content.status or 0, UNCLEAR)
    undated = content.finished_at is None and content.returned_at is None
    if content.status == 9 and undated and any(map(_waits, content.supplements)):
        return STOPS
    return phase


def _waits(supplement: Supplement) -> bool:
    return supplement.requested_at is not None and supplement.answered_at is None


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
    # Of the snapshot that is being read.
    event: Snapshot | None = None
    rank: int = 0

    def read(self, event: Snapshot) -> None:
        self.event, self.rank = event, 0
        content, phase = event.content, phase_of(event.content)
        self.tell("shown", event.occurred_at, officer=event.officer, step=event.step,
                  responsible=event.responsible, unit=self.unit)  # fmt: skip
        self._arrive(content, phase)
        new_end = phase in _ENDED and self.ended is None
        self._end_of_end(phase)
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
        if not self.submitted and (
            phase == NEW or (content.channel == 2 and content.submitted_at is not None)
        ):
            self.submitted = True
            sent = at if content.submitted_at is None else content.submitted_at
            self.tell("submitted", sent, procedure=content.procedure, unit=self.unit)
        if self.received is None:
            if phase in (NEW, UNCLEAR) or (
                phase in (REFUSED, WITHDRAWN) and content.accepted_at is None
            ):
                return
            received = at if content.accepted_at is None else content.accepted_at
            self.accepted = content.accepted_at
            self.due = content.due_at
            self.received = self.tell(
                "received", received, procedure=content.procedure, unit=self.unit,
                due=self._meant(content.due_at, received, self.unit),
            )  # fmt: skip
            return
        accepted = self.accepted if content.accepted_at is None else content.accepted_at
        procedure = content.procedure or self.received.procedure
        if accepted != self.accepted or procedure != self.received.procedure:
            self.accepted = accepted
            self.received = self.tell(
                "received", self.received.at if accepted is None else accepted, instead=True,
                procedure=procedure, unit=self.received.unit, due=self.received.due,
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

    def _end_of_end(self, phase: str) -> None:
        at = self.event.occurred_at if self.event else 0
        if self.has_ended and phase in (RUNS, STOPS):
            self.has_ended = False
            self.tell("reopened", at)
        elif self.has_ended and phase == NEW:
            self.has_ended = False
            self.tell("unended", at, instead=True)

    def _ask(self, content: Content) -> bool:
        """Stops from requests to the citizen; whether one was answered with a new due time."""
        dated = [
            each
            for each in content.supplements
            if each.requested_at is not None
            and not (each.answered_at is not None and each.answered_at < each.requested_at)
        ]
        dated.sort(key=lambda each: (each.requested_at, each.id))
        for each in dated:
            if each.id not in self.requests:
                self.requests[each.id] = _Request(each.requested_at or 0)
                self.tell("suspended", each.requested_at or 0, status=5)
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

    def _end(self, content: Content, phase: str) -> None:
        """The first end stands; another one is told in its place."""
        at = self.event.occurred_at if self.event else 0
        dates = (content.finished_at, content.returned_at)
        if phase == REFUSED and content.refused_at is not None:
            dates = (content.refused_at, None)
        at = next((each for each in dates if each is not None), at)
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
