"""A portal's snapshot as it is read: where it says that the dossier stands, and what is known."""

from __future__ import annotations

from typing import Any

from dossiers.reference.context import Context
from dossiers.wire.events import AnyDossierEvent, Snapshot
from dossiers.wire.facts import Content, Supplement
from oracle.clock_stops import ClockStops
from oracle.statements import Statement, place_of, recorded_of

NEW, RUNS, STOPS, FINISHED, REFUSED, WITHDRAWN, UNCLEAR = (
    "new", "runs", "stops", "finished", "refused", "withdrawn", "",
)  # fmt: skip
_STATUS = {
    1: NEW, 2: RUNS, 3: REFUSED, 4: RUNS, 5: STOPS, 6: STOPS, 7: WITHDRAWN, 8: STOPS,
    9: FINISHED, 10: FINISHED,
}  # fmt: skip
ENDED = frozenset({FINISHED, REFUSED, WITHDRAWN})
OPEN = frozenset({NEW, RUNS, STOPS})


class View:
    """What the snapshots that were read so far say. ``said``: what has happened by them."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.said: list[Statement] = []
        self.seen: list[tuple[Snapshot, str]] = []  # snapshots, and how things stood
        self.still = ClockStops(self._count)
        self.event: Snapshot  # the one that is being read
        self._counted = 0
        self._holder = ""  # the unit that was named last
        self._submitted = False
        self._received: Statement | None = None
        self._received_by: tuple[int, str] = (0, "")  # when, and which unit says an event
        self._promised: int | None = None  # the due time that the portal named last
        self._ended: Statement | None = None  # the end, while it counts for the portal
        self.first_end: Statement | None = None
        self._end_dates: tuple[int | None, int | None] = (None, None)
        self._taken_back = False
        self._heard_end = False
        # NgayTiepNhan and MaTTHC as the snapshots said last; None and "" before the first.
        self._shown_reception: tuple[int | None, str] = (None, "")

    def _count(self) -> int:
        self._counted += 1
        return self._counted - 1

    @property
    def _unit(self) -> str:
        return self.context.unit_named(self.event.unit)

    def _tell(self, what: str, at: int, **more: Any) -> Statement:
        told = self.statement(self.event, what, at, self._count(), **more)
        self.said.append(told)
        return told

    def statement(
        self, event: AnyDossierEvent, what: str, at: int, number: int, **more: Any
    ) -> Statement:
        """What an event says of ``at`` (ms), as number ``number`` of all that is told."""
        return Statement(
            what=what, at=at, recorded=max(at, recorded_of(event)), rank=number,
            place=(at, event.source, number, event.event_id, event.madonvi),
            said_in=place_of(event), **more,
        )  # fmt: skip

    def _phase(self, content: Content) -> str:
        """Where the dossier stands; by its dates if the status cannot be read.

        Statuses 5, 6 and 8 may arrive as 9: while a request to the citizen waits for its answer and
        there is no date of an end, it has not ended.
        """
        phase = _STATUS.get(content.status or 0, UNCLEAR)
        dated = content.finished_at is not None or content.returned_at is not None
        if phase == UNCLEAR:
            return FINISHED if dated else REFUSED if content.refused_at is not None else UNCLEAR
        waits = any(map(self.still.waits, content.supplements))
        as_five = content.status == 9 and waits and not dated and self._ended is None
        return STOPS if as_five else phase

    def _meant(self, due: int | None, received: int | None = None) -> int | None:
        """Midnight stands for a date: closing time of that day."""
        if received is None and self._received is not None:
            received = self._received.at
        calendar = self.context.calendar_for(self._holder)
        literal = self.context.rules_at(received).portal_midnight == "literal"
        if due is None or literal or calendar.clock_of(due) != 0:
            return due
        return calendar.closing_of(calendar.day_of(due))

    def _asked(self, supplement: Supplement) -> tuple[int, str]:
        """When, and which: if a date is blank, the snapshot's own time stands in."""
        known = self.still.known(supplement.id)
        at = supplement.requested_at if known is None else known.begin
        return self.event.occurred_at if at is None else at, supplement.id

    def _when(self, content: Content, phase: str) -> int:
        dates = [content.finished_at]
        if phase == REFUSED:
            dates.insert(0, content.refused_at)
        elif phase == FINISHED:
            dates.append(content.returned_at)
        return next((each for each in dates if each is not None), self.event.occurred_at)
