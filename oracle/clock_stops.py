"""When the clock stood, as a portal's snapshots report it: from a request to the citizen to its
answer, or for as long as the status says so. What overlaps is one stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dossiers.wire.events import AnyDossierEvent, Snapshot
from dossiers.wire.facts import Supplement


@dataclass(eq=False)
class ClockStop:
    """One reason to stand still, from ``begin`` to ``end`` (ms; None: it lasts), told by ``said``
    and ``end_said``, as number ``number`` and ``end_number`` of all that is told.

    ``request``: its id, "" if only the status says so. ``ran``: the status said that the clock
    ran again. ``over``: the dossier had ended. ``due``: the new due time that came with its end.
    """

    begin: int
    status: int
    said: AnyDossierEvent
    number: int
    request: str = ""
    end: int | None = None
    end_said: AnyDossierEvent | None = None
    end_number: int = 0
    answered: bool = False
    ran: bool = False
    over: bool = False
    due: int | None = None
    heard: bool = False  # somebody who sends events has told it


@dataclass
class ClockStops:
    """``count``: the next number of what is told. ``floor`` (ms): when the dossier was reopened;
    nothing told since is placed before it."""

    count: Callable[[], int]
    stops: list[ClockStop] = field(default_factory=list)
    status: int = 0  # the last one that stopped the clock, while it stands
    floor: int = 0

    @property
    def lasting(self) -> list[ClockStop]:
        """The stops that have not ended."""
        return [stop for stop in self.stops if stop.end is None]

    def waits(self, supplement: Supplement) -> bool:
        """Whether it waits for an answer, as far as no status has said that the clock ran again."""
        known = self.known(supplement.id)
        return supplement.answered_at is None and not (known is not None and known.ran)

    def known(self, id_: str) -> ClockStop | None:
        """The newest stop for the request with this id."""
        return next((stop for stop in reversed(self.stops) if stop.request == id_), None)

    def ask(self, id_: str, at: int, status: int, said: Snapshot) -> ClockStop:
        """A request to the citizen stops the clock from ``at`` (ms); ``status`` shows it."""
        stop = ClockStop(max(at, self.floor), status, said, self.count(), id_)
        self.stops.append(stop)
        self.status = status
        return stop

    def answer(self, stop: ClockStop, at: int, due: int | None, said: Snapshot) -> bool:
        """Returns whether the clock runs again by this, as far as it is known."""
        at = max(at, self.floor, stop.begin)
        stop.answered = True
        if stop.over:
            return False
        stop.due = stop.due if due is None else due  # a blank takes nothing back
        was, last = stop.end, not any(s.request for s in self.lasting if s is not stop)
        for other in self.stops:  # what the status alone had said of it ends with it
            by_status = not other.request and (
                (other.ran and other.end == was) if stop.ran else (other.end is None and last)
            )
            if by_status and other.begin <= at:
                self._close(other, at, said)
        self._close(stop, at, said)
        if not stop.ran and last:
            self.status = max((other.status for other in self.lasting), default=0)
        return last or stop.ran

    def _close(self, stop: ClockStop, at: int, said: AnyDossierEvent) -> None:
        stop.end, stop.end_said, stop.end_number = max(at, stop.begin), said, self.count()

    def stand(self, status: int, said: Snapshot) -> None:
        """A status says that the clock stands."""
        if self.status != status:
            self.status = status
            self.stops.append(ClockStop(said.occurred_at, status, said, self.count()))

    def run(self, said: Snapshot) -> list[ClockStop]:
        """A status says that the clock runs. Returns what ends by that, requests last."""
        lasting = sorted(self.lasting, key=lambda stop: stop.request != "")
        for stop in lasting:
            self._close(stop, said.occurred_at, said)
            stop.ran = True
        self.status = 0
        return lasting

    def hear(self, at: int, status: int, said: AnyDossierEvent) -> None:
        """An event says that the clock stands."""
        self.status = status
        self.stops.append(ClockStop(at, status, said, self.count(), heard=True))

    def end_all(self, at: int, said: AnyDossierEvent) -> None:
        """What lasts is over by something that is told by itself."""
        for stop in self.lasting:
            self._close(stop, at, said)
            stop.over, stop.end_number = True, 0  # before what snapshots say of that instant
        self.status = 0

    def open_again(self, ended: int, at: int, said: AnyDossierEvent, *, stands: bool) -> None:
        """What lasted at the end is over by that. ``stands``: whatever was not answered stops the
        clock anew."""
        self.end_all(ended, said)
        self.floor = max(self.floor, at)
        for stop in self.stops:
            if stands and stop.request and not stop.answered and not stop.ran:
                stop.request = f"\0{stop.request}"


def together(stops: list[tuple[int, ClockStop]]) -> Iterator[list[tuple[int, ClockStop]]]:
    """Stops and their beginnings, by the time in which the clock stands without a break."""
    group: list[tuple[int, ClockStop]] = []
    until: int | None = 0
    for begin, stop in sorted(
        stops, key=lambda each: (each[0], each[1].end is None, each[1].end or 0, each[1].number)
    ):
        if group and until is not None and begin >= until and begin != group[-1][0]:
            yield group
            group, until = [], 0
        group.append((begin, stop))
        if until is not None:
            until = None if stop.end is None else max(until, stop.end)
    if group:
        yield group
