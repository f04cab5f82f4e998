"""New due times as a portal names them: of a supplement, and a NgayHenTra that changes."""

from __future__ import annotations

from dossiers.wire.facts import Content
from oracle.clock_stops import ClockStop, together
from oracle.view import ENDED, RUNS, View
from oracle.walk import last_in_time


class Appointments(View):
    """Which new due times the snapshots tell; whether they count is judged elsewhere."""

    def _come_with(
        self,
        ended: list[ClockStop],
        content: Content,
        phase: str,
        shown: Content,
        promised: int | None,
        *,
        first: bool,
    ) -> None:
        """A NgayHenTra that changes just as the clock starts again is the new due time of that; one
        that is told later for a stop that was over by then may come too late."""
        due, now = self._meant(content.due_at), self.event.occurred_at
        last = ended[-1] if ended else None
        if first and due == promised and self._received is not None:
            limit = last_in_time(due, self._received.at, self.context)
            in_time = [stop for stop in ended if limit is not None and self._begin(stop) <= limit]
            last = in_time[-1] if in_time else None
        if last is None or last.due is not None:
            return
        changed = due != self._promised and content.due_at != shown.due_at and phase == RUNS
        if first or (changed and last.end == now):
            self._promised = last.due = due
        elif changed and due is not None:
            self._set_due(due, "appointed", None)

    def _come_without_answer(self, ran: list[ClockStop], content: Content) -> None:
        """NgayHenTraMoi of requests that are over by the status, with no date of an answer."""
        for each in content.supplements:
            stop, due = self.still.known(each.id), self._meant(each.due_after)
            if stop in ran and stop is not None and due is not None:
                self._promised = stop.due = due

    def _begin(self, stop: ClockStop) -> int:
        """When the clock stopped that runs again after ``stop``."""
        begins = [(each.begin, each) for each in self.still.stops]
        return next(g[0][0] for g in together(begins) if any(each is stop for _, each in g))

    def _appoint_later(self, content: Content, shown: Content) -> None:
        """A NgayHenTraMoi of a request that was over before; of several the last."""
        silent = {each.id for each in content.supplements if each.answered_at is None}
        was = {
            each.id: each.due_after
            for each in shown.supplements
            if each.answered_at is not None or (each.id in silent and self._ran(each.id))
        }
        late = [
            (self._meant(each.due_after), self.still.known(each.id))
            for each in content.supplements
            if each.due_after is not None and each.id in was and was[each.id] is None
        ]
        late = [each for each in late if each[0] != self._promised]
        if late:
            self._set_due(late[-1][0], "supplement", late[-1][1])

    def _ran_just_now(self, id_: str) -> bool:
        stop = self.still.known(id_)
        return self._ran(id_) and stop is not None and stop.end_said is self.event

    def _ran(self, id_: str) -> bool:
        stop = self.still.known(id_)
        return stop is not None and stop.ran

    def _appoint(self, content: Content, shown: Content, before: int | None) -> None:
        """A NgayHenTra that no stop explains."""
        due, known = self._meant(content.due_at), self._promised
        if due is None or due == known or content.due_at == shown.due_at:
            return
        was = {e.id: e.due_after for e in shown.supplements if e.answered_at is not None}
        told = {
            self._meant(each.due_after)
            for each in content.supplements
            if (each.answered_at is not None and each.due_after != was.get(each.id))
            or self._ran_just_now(each.id)
        }
        if due not in told and (due != before or known == before):
            self._set_due(due, "appointed" if known is None else "correction", None)

    def _set_due(self, due: int | None, reason: str, stop: ClockStop | None) -> None:
        """Tell a new due time. One that is news with the end, or after it, is dated no earlier than
        the end."""
        at = self.event.occurred_at
        phase = self.seen[-1][1]
        ended = None if self._ended is None else self._ended.at
        if ended is None and phase in ENDED:
            ended = self._when(self.event.content, phase)
        self._promised = due
        span = (stop.begin, stop.end) if stop is not None and stop.end is not None else None
        self._tell("due_set", at if ended is None else max(at, ended), due=due, reason=reason,
                   stop=span, with_end=ended is not None)  # fmt: skip
