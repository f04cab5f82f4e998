"""Changing plans: who may, whether it can be, and that nobody overwrites what they have not seen.

Times are data time: a simulated city has leaves of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import msgspec
from starlette.concurrency import run_in_threadpool

from api.access.reach import Access, Reach, Within
from api.ports import SettingsAway, SettingsWriter
from api.roster.book import MOST_BYTES, RosterBook, encoded
from api.roster.rights import may_change, people_of
from dossiers.alerting.people import Duties
from dossiers.alerting.plans import LONGEST, overlapping, with_leave, without_leave
from dossiers.alerting.quiet import quiet_hours
from dossiers.reference.context import Context
from dossiers.time.hours import CalendarError
from dossiers.wire.roster import Leave, RosterEntry

MOST_LEAVES = 20  # of one person, at a time
_ECHO = 10.0  # s for a record to come back from its topic


class RosterError(Exception):
    """A plan that is not changed; ``status`` is that of HTTP, ``key`` that of the page's words."""

    def __init__(self, status: int, key: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.key = key


class RosterDesk:
    """One change at a time in this process. What is changed has come back from the topic before
    an answer is given. ``context``: the reference data that counts now; ``now``: data time (ms);
    ``within``: what of it lies in a reach. ``clock``: real time, s."""

    def __init__(
        self,
        book: RosterBook,
        writer: SettingsWriter | None,
        context: Callable[[], Context],
        now: Callable[[], int],
        within: Callable[[Reach], Within],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._book = book
        self._writer = writer
        self._context = context
        self._now = now
        self._within = within
        self._clock = clock
        self._lock = asyncio.Lock()
        self._duties: tuple[Context, Duties] | None = None

    @property
    def duties(self) -> Duties:
        """Of the reference data that counts, made once for each version."""
        context = self._context()
        if self._duties is None or self._duties[0] is not context:
            self._duties = (context, Duties(context))
        return self._duties[1]

    @property
    def now(self) -> int:
        """Data time (ms), by which leaves are judged."""
        return self._now()

    def allowed(self, who: Access, officer: str) -> bool:
        """Whether somebody may see and change a plan."""
        within = self._within(who.reach)
        return may_change(who.principal, within, officer, self.duties, self.now)

    def people(self, who: Access) -> list[str]:
        """Those whose superior ``who`` is."""
        return list(people_of(who.principal, self._within(who.reach), self.duties, self.now))

    async def add_leave(
        self, who: Access, officer: str, leave: Leave, revision: int
    ) -> RosterEntry:
        """Raises RosterError."""
        return await self.change(
            who,
            officer,
            revision,
            lambda entry: replaced(entry, with_leave(entry, leave, self.now)),
        )

    async def end_leave(
        self, who: Access, officer: str, begins_at: int, revision: int
    ) -> RosterEntry:
        """Remove the leave that begins at ``begins_at`` (ms); one that goes on ends now. Raises
        RosterError."""

        def changed(entry: RosterEntry) -> RosterEntry:
            if all(each.begins_at != begins_at for each in entry.leaves):
                raise RosterError(404, "no_leave", "There is no leave that begins then.")
            return replaced(entry, without_leave(entry, begins_at, self.now))

        return await self.change(who, officer, revision, changed)

    async def change(
        self,
        who: Access,
        officer: str,
        revision: int,
        changed: Callable[[RosterEntry], RosterEntry],
    ) -> RosterEntry:
        """``revision``: of what ``who`` saw; ``changed``: makes of it what they want. Raises
        RosterError."""
        if not self.allowed(who, officer):
            raise RosterError(404, "not_yours", "A plan is one's own, or that of one's people.")
        async with self._lock:
            before = self._book.of(officer)
            if before.revision != revision:
                raise RosterError(409, "changed", "It was changed meanwhile: look again.")
            made = msgspec.structs.replace(
                changed(before),
                officer=officer,
                revision=before.revision + 1,
                written_by=who.principal.person[:200],
                written_at=int(self._clock() * 1000),
            )
            self._check(before, made)
            await self._write(made)
            return made

    def _check(self, before: RosterEntry, made: RosterEntry) -> None:
        """Raises RosterError for a plan that cannot be."""
        for leave in made.leaves:
            # What stood there may be over, or name somebody who has left since.
            if leave not in before.leaves and leave.ends_at != self.now:
                self._check_leave(made.officer, leave)
        if overlapping(made.leaves):
            raise RosterError(422, "overlap", "Two leaves of one plan may not overlap.")
        if len(made.leaves) > MOST_LEAVES or len(encoded(made)) > MOST_BYTES:
            raise RosterError(422, "many", f"A plan has {MOST_LEAVES} leaves at most.")
        try:
            quiet_hours(made.quiet or ("00:00", "00:00"))
        except CalendarError as error:
            raise RosterError(422, "clock", str(error)) from error

    def _check_leave(self, officer: str, leave: Leave) -> None:
        if not 0 < leave.ends_at - leave.begins_at <= LONGEST:
            raise RosterError(422, "span", "A leave ends after it begins, a year later at most.")
        if leave.ends_at <= self.now:
            raise RosterError(422, "past", "A leave that is over changes nothing any more.")
        if leave.deputy and leave.deputy not in self.deputies(officer):
            raise RosterError(
                422, "deputy", "The deputy is somebody of the own unit, or one above or below it."
            )

    def deputies(self, officer: str) -> list[str]:
        """Who may stand in for somebody: of the own unit first, then above and below it."""
        duties, now = self.duties, self.now
        home = duties.home(officer)
        above = duties.chain(home)[1:] if home else ()

        def place(each: str) -> int | None:
            unit = duties.home(each)
            if unit == home:
                return 0
            return 1 if unit in above else 2 if home and home in duties.chain(unit)[1:2] else None

        placed = ((place(each), each) for each in duties.officers() if each != officer)
        found = [(at, each) for at, each in placed if at is not None and duties.serves(each, now)]
        return [each for _, each in sorted(found, key=lambda pair: pair[0])]

    async def _write(self, made: RosterEntry) -> None:
        if self._writer is None:
            raise RosterError(409, "read_only", "This process only shows plans.")
        try:
            await run_in_threadpool(self._writer.write, made.officer.encode(), encoded(made))
        except SettingsAway as error:
            raise RosterError(503, "away", str(error)) from error
        if not await self._book.until(lambda: self._book.of(made.officer) == made, _ECHO):
            raise RosterError(503, "slow", "It is written, and not read back yet: look again.")


def replaced(entry: RosterEntry, leaves: tuple[Leave, ...]) -> RosterEntry:
    """The same with other leaves, in order."""
    ordered = sorted(leaves, key=lambda each: each.begins_at)
    return msgspec.structs.replace(entry, leaves=tuple(ordered))
