"""What a portal's snapshots of a dossier say that has happened, read plainly (docs/portal-sync.md).

Written from the description of the format and of what becomes of it, not from the product's
comparing of snapshots: two readers that agree are worth more than one that is asked twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dossiers.reference.context import Context
from dossiers.wire.events import AnyDossierEvent, Snapshot
from dossiers.wire.facts import Content, Supplement
from oracle.appointments import Appointments
from oracle.clock_stops import ClockStop
from oracle.shown import as_shown, is_contradicted, stop_statements
from oracle.statements import Statement, plain
from oracle.view import ENDED, FINISHED, NEW, OPEN, RUNS, STOPS, UNCLEAR, WITHDRAWN


def retell(
    events: Sequence[AnyDossierEvent], context: Context
) -> tuple[list[Statement], list[Statement] | None]:
    """What the snapshots among a dossier's events (in order) say, each thing once. And how it would
    have been if what they contradicted had happened when the last of them did so; None: they did
    not."""
    reader = SnapshotReader(context)
    for event in events:
        if isinstance(event, Snapshot):
            reader.read(event)
        else:
            reader.hear(event)
    said = [*reader.said, *stop_statements(reader)]
    if not is_contradicted(reader):
        return said, None
    shown = [as_shown(reader, told) for told in reader.said]
    return said, [*shown, *stop_statements(reader, shown=True)]


class SnapshotReader(Appointments):
    """Reads the events of one dossier in order, and keeps what its snapshots say."""

    def hear(self, event: AnyDossierEvent) -> None:
        """An event that says itself what has happened: no snapshot has to."""
        told = plain(event)
        self._count()
        self._holder = told.unit or self._holder
        if told.what == "submitted":
            self._submitted = True
        elif told.what == "received" and self._received is None:
            self._received, self._promised = told, told.due
            self._received_by = told.at, told.unit
        elif told.what == "due_set":
            self._promised = told.due
        elif told.what == "suspended":
            self.still.hear(told.at, told.status, event)
        elif told.what == "resumed":
            self._promised = told.due or self._promised
            self.still.end_all(told.at, event)
        elif told.what == "reopened" and self._ended is not None:
            self.still.open_again(self._ended.at, told.at, event, stands=False)
            self._ended = None
        elif told.what in ENDED and self._ended is None:
            self._ended, self._heard_end = told, True

    def read(self, event: Snapshot) -> None:
        """What is new in a snapshot, against those before it."""
        self.event = event
        last, before = self.seen[-1] if self.seen else (None, UNCLEAR)
        phase = self._phase(event.content)
        self.seen.append((event, phase))
        if last is not None and _same(last, event):
            return
        shown = last.content if last is not None else Content()
        # If nobody was known before the first snapshot, its unit has had it all along.
        known = last is not None or self._holder != ""
        self._holder = self._unit or self._holder
        at = event.occurred_at if known else min(_instants(event))
        self._tell("shown", at, officer=event.officer, step=event.step,
                   responsible=event.responsible, unit=self._unit)  # fmt: skip
        if last is not None and last.content == event.content:
            return  # somebody else has it, and nothing has happened
        self._arrive(event.content, phase, first=last is None)
        self._go_on(phase, before)
        promised = self._promised
        if self._received is not None:
            self._appoint_later(event.content, shown)
            self._stand(event.content, phase, shown, first=last is None)
        if phase in ENDED:
            self._end(event.content, phase)
        if self._received is not None:
            self._appoint(event.content, shown, promised)
        finished, returned = self._end_dates
        self._end_dates = (
            event.content.finished_at or finished, event.content.returned_at or returned,
        )  # fmt: skip

    def _arrive(self, content: Content, phase: str, *, first: bool) -> None:
        """Submission and reception, each once; a changed reception is told in its place."""
        accepted = phase in (RUNS, STOPS, FINISHED) or (
            phase in (WITHDRAWN, UNCLEAR) and content.accepted_at is not None
        )
        sent = self._sent(content, phase, accepted=accepted)
        if not self._submitted and sent is not None:
            self._submitted = True
            self._tell("submitted", sent, procedure=content.procedure)
        if self._received is not None:
            self._receive_again(content, self._received)
        elif accepted:
            self._receive(content, first=first)

    def _sent(self, content: Content, phase: str, *, accepted: bool) -> int | None:
        """When (ms) it was handed in, as far as the snapshot tells of that."""
        sent = content.submitted_at if content.channel == 2 or phase == NEW else None
        if sent is None and phase == NEW and self._received is None:
            return self.event.occurred_at  # else it is back at status 1
        if sent is None and phase in ENDED and not accepted and self._received is None:
            return self._when(content, phase)  # handed in at a desk, and answered at once
        return sent

    def _receive(self, content: Content, *, first: bool) -> None:
        asked = min(content.supplements, key=self._asked, default=None)
        before = asked.due_before if asked is not None and first else None
        at = self.event.occurred_at if content.accepted_at is None else content.accepted_at
        self._received = self._tell(
            "received", at, procedure=content.procedure,
            due=self._meant(content.due_at if before is None else before, at),
        )  # fmt: skip
        self._promised = self._received.due
        self._shown_reception = (at, content.procedure)

    def _receive_again(self, content: Content, known: Statement) -> None:
        at = known.at if content.accepted_at is None else content.accepted_at
        procedure = content.procedure or known.procedure
        accepted_at, named = self._shown_reception
        changed = (accepted_at is not None and content.accepted_at not in (None, accepted_at)) or (
            named != "" and content.procedure not in ("", named)
        )
        self._shown_reception = (content.accepted_at or accepted_at, content.procedure or named)
        again = self.statement(self.event, "received", at, self._count(), procedure=procedure,
                               due=known.due, limit=known.limit, instead=True)  # fmt: skip
        first_at, unit = self._received_by
        again = replace(again, place=(at, "", 0, "", ""), unit=unit if at <= first_at else "")
        self._received = again
        if changed:
            self.said.append(again)

    def _go_on(self, phase: str, before: str) -> None:
        """A status before the end, after it."""
        at = self.event.occurred_at
        if phase == NEW:
            if self._ended is not None:
                self._ended, self._taken_back = None, True
                self.still.floor = at
                self._tell("unended", at, instead=True)
            elif self._received is not None and before not in (NEW, UNCLEAR):
                self._tell("unended", at, status=1, instead=True)  # there was no end
        elif phase in OPEN and (self._ended is not None or self._taken_back):
            end = self._ended.at if self._ended is not None else 0
            self._ended, self._taken_back = None, False
            self._tell("reopened", at)
            self.still.open_again(end, at, self.event, stands=phase == STOPS)

    def _stand(self, content: Content, phase: str, shown: Content, *, first: bool) -> None:
        """Stops, and the new due times that come with their ends."""
        status = content.status if content.status in (5, 6, 8) else 5
        promised = self._promised
        ended = self._ask_and_answer(content, status)
        ran: list[ClockStop] = []
        if phase == STOPS:
            self.still.stand(status, self.event)
        elif phase == RUNS:
            ran = self.still.run(self.event)
            ended += ran[-1:]
        self._come_without_answer(ran, content)
        self._come_with(ended, content, phase, shown, promised, first=first)

    def _ask_and_answer(self, content: Content, status: int) -> list[ClockStop]:
        """Requests and answers that are news, as they followed each other. Returns the stops that
        the answers end."""
        news: list[tuple[int, int, str, Supplement]] = []
        for each in content.supplements:
            asked, id_ = self._asked(each)
            known = self.still.known(id_)
            if known is None:
                news.append((asked, 1, id_, each))
            if each.answered_at is not None and not (known is not None and known.answered):
                news.append((max(asked, each.answered_at), 0 if each.answered_at > asked else 2,
                             id_, each))  # fmt: skip
        ended: list[ClockStop] = []
        for at, asks, id_, each in sorted(news, key=lambda new: new[:3]):
            if asks == 1:
                self.still.ask(id_, at, status, self.event)
                continue
            stop = self.still.known(id_)
            due = self._meant(each.due_after)
            if stop is not None and self.still.answer(stop, at, due, self.event):
                ended.append(stop)
            if stop is not None and not stop.over:
                self._promised = due or self._promised
        return ended

    def _end(self, content: Content, phase: str) -> None:
        """The first end stands; another one is told in its place."""
        at = self._when(content, phase)
        known = self._ended
        if known is not None and known.what == phase:
            said, back = self._end_dates
            shown = content.finished_at
            if shown is None and said is None:
                shown, said = content.returned_at, back
            # A date that was blank may fall after the end that was assumed, not before it.
            same = shown is None or (shown == said if said is not None else shown >= known.at)
            if same or phase != FINISHED:
                return
            at = shown or at
        status = (content.status or 9) if phase == FINISHED else 0
        again = self.first_end is not None or self._heard_end
        self._ended = self._tell(phase, at, status=status, instead=again)
        self.first_end = self.first_end or (None if again else self._ended)


def _instants(event: Snapshot) -> list[int]:
    """All that the snapshot tells of."""
    content = event.content
    known = (
        content.submitted_at, content.accepted_at, content.refused_at, content.finished_at,
        content.returned_at, *(each.requested_at for each in content.supplements),
    )  # fmt: skip
    return [at for at in known if at is not None] or [event.occurred_at]


def _same(one: Snapshot, other: Snapshot) -> bool:
    return (
        one.content, one.unit, one.officer, one.responsible, one.step, one.madonvi, one.source,
    ) == (
        other.content, other.unit, other.officer, other.responsible, other.step, other.madonvi,
        other.source,
    )  # fmt: skip
