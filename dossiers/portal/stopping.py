"""When the clock stood, snapshot by snapshot: from supplements, or else from the status."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from dossiers.portal.phases import RUNNING, STOPPED, Phase
from dossiers.portal.told_stops import ToldStop, together
from dossiers.wire.facts import Content, Fact, StopStatus, Supplement, SuspendedFact

# The others stop the clock by a supplement.
_STATUSES: dict[int | None, StopStatus] = {5: 5, 6: 6, 8: 8}


class Stopping:
    """``stops``: all that were told. ``closed``: ids of supplements that are over because the
    status said so. ``place`` keeps a place among all that is told and says its number."""

    def __init__(self, place: Callable[[], int]) -> None:
        self.stops: list[ToldStop] = []
        self.closed: set[str] = set()
        self._place = place
        self._status = 0  # the one that stopped the clock last, 0 while it runs
        # Those that last until the status or all answers end them, in the order of beginning.
        self._by_status: deque[ToldStop] = deque()
        self._by_id: dict[str, ToldStop] = {}  # of the supplements that are known
        self._waiting: dict[str, ToldStop] = {}  # for the answer
        self._answered: set[str] = set()

    def hear(self, fact: SuspendedFact) -> None:
        """An event that stops the clock."""
        self._status = fact.status
        self._by_status.append(self._stop(fact.occurred_at, fact.status, fact, heard=True))

    def silence(self, at: int, fact: Fact) -> None:
        """Something else, which makes facts of its own, has ended all that lasts at ``at``.

        ``at``: ms.
        """
        for stop in (*self._by_status, *self._waiting.values()):
            stop.close(at, fact, 0)
            stop.silent = True
        self._by_status.clear()
        self._waiting.clear()
        self._status = 0

    def ask_again(self) -> None:
        """The dossier is open again: whatever was not answered stops the clock anew."""
        for id_ in self._by_id.keys() - self._answered - self.closed:
            del self._by_id[id_]

    def take(
        self, content: Content, phase: Phase, fact: Fact, floor: int,
        due_of: Callable[[int | None], int | None],
    ) -> tuple[list[ToldStop], list[ToldStop]]:  # fmt: skip
        """A snapshot, ``fact``; nothing is placed before ``floor`` (ms). Returns, in time, the
        stops after which the clock runs again, and those that were answered, or that the status
        ended and that name a new due time. ``due_of``: a portal's date as a due time."""
        now = fact.occurred_at
        status = _STATUSES.get(content.status, 5)
        ended: list[ToldStop] = []
        answered: list[ToldStop] = []
        for at, asks, supplement in self._requests(content, now):
            at = max(at, floor)  # noqa: PLW2901
            if asks:
                stop = self._by_id[supplement.id] = self._stop(at, status, fact)
                self._waiting[supplement.id] = stop
                self._status = status
                continue
            self._answered.add(supplement.id)
            stop = self._by_id[supplement.id]
            if stop.silent:
                continue
            answered.append(stop)
            due = due_of(supplement.due_after)
            if self._waiting.pop(supplement.id, None) is None:
                self._answer(stop, at, fact)
                stop.due = stop.due if due is None else due
                continue
            stop.close(at, fact, self._place())
            stop.due = due
            if not self._waiting:  # else another one still waits
                self._end_by_status(at, fact)
                ended.append(stop)
        if phase == STOPPED and self._status != status:
            self._status = status
            self._by_status.append(self._stop(now, status, fact))
        elif phase == RUNNING and (self._by_status or self._waiting):
            # NgayTiepNhanBoSung is often blank: NgayHenTraMoi counts without it.
            for supplement in content.supplements:
                waiting = self._waiting.get(supplement.id)
                if waiting is not None and supplement.due_after is not None:
                    waiting.due = due_of(supplement.due_after)
                    answered.append(waiting)
            ended.append(self._run(now, fact))
        return ended, answered

    def _answer(self, stop: ToldStop, at: int, fact: Fact) -> None:
        """What the status had ended was answered before, or goes on until the answer."""
        was = stop.end
        stop.close(at, fact, self._place())
        for other in stop.beside:
            if other.end == was:
                other.close(at, fact, self._place())

    def begin(self, stop: ToldStop) -> int:
        """When the clock stopped that runs again after ``stop``."""
        return next(each[0][0] for each in together(self.stops) if any(s is stop for _, s in each))

    def asked_at(self, id_: str, now: int) -> int:
        """When the supplement with that id was asked for; ``now`` if it is not known.

        ``now``: ms.
        """
        stop = self._by_id.get(id_)
        return now if stop is None else stop.begin

    def _stop(self, at: int, status: StopStatus, fact: Fact, *, heard: bool = False) -> ToldStop:
        stop = ToldStop(at, status, fact, self._place(), heard)
        self.stops.append(stop)
        return stop

    def _end_by_status(self, at: int, fact: Fact) -> None:
        """All supplements are answered: what the status had said of them is over, too."""
        while self._by_status and self._by_status[0].begin <= at:
            self._by_status.popleft().close(at, fact, self._place())
        self._status = self._by_status[-1].status if self._by_status else 0

    def _run(self, now: int, fact: Fact) -> ToldStop:
        """The status says that the clock runs."""
        self.closed |= self._waiting.keys()
        lasting = [*self._by_status, *self._waiting.values()]
        for stop in lasting:
            stop.close(now, fact, self._place())
        for stop in self._waiting.values():
            stop.beside = tuple(self._by_status)
        self._by_status.clear()
        self._waiting.clear()
        self._status = 0
        return max(lasting, key=lambda stop: (stop.end or 0, stop.end_number))

    def _requests(self, content: Content, now: int) -> list[tuple[int, bool, Supplement]]:
        """What is new about supplements, in time: (ms, whether it asks or answers, which). Of what
        happens at one instant answers come first, but for one that was asked for then."""
        found: list[tuple[tuple[int, int, str], bool, Supplement]] = []
        for supplement in content.supplements:
            id_ = supplement.id
            known = self._by_id.get(id_)
            asked_at = supplement.requested_at
            if known is not None:
                asked_at = known.begin
            elif asked_at is None:
                asked_at = now
            if known is None:
                found.append(((asked_at, 1, id_), True, supplement))
            if supplement.answered_at is not None and id_ not in self._answered:
                at = max(asked_at, supplement.answered_at)
                found.append(((at, 0 if at > asked_at else 2, id_), False, supplement))
        found.sort(key=lambda new: new[0])
        return [(key[0], asks, supplement) for key, asks, supplement in found]
