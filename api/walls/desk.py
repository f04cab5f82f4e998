"""Making, changing and removing walls: who may, and that nobody overwrites what they have not seen.

An administrator may change every wall, a supervisor those that show nothing but units of the own
subtree.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

import msgspec
from starlette.concurrency import run_in_threadpool

from api.access.reach import Access, Reach
from api.ports import SettingsAway, SettingsWriter
from api.walls.book import MOST_WALLS, WallBook, encoded, version_of
from api.walls.scope import holds
from dossiers.text.kept_ids import IdForm
from dossiers.wire.keys import is_wall_name, wall_key
from dossiers.wire.reference import Reference
from dossiers.wire.walls import (
    MOST_BYTES,
    NamedWall,
    OfficerNames,
    narrower,
)

MOST_MADE = 200  # walls that can be made; a topic may hold more of another time
_ECHO = 10.0  # s for a record to come back from its topic


class WallError(Exception):
    """A wall that is not changed; ``status`` is that of HTTP, ``key`` that of the page's words."""

    def __init__(self, status: int, key: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.key = key


class WallDesk:
    """One change at a time in this process. What is changed has come back from the topic before
    an answer is given: what is compared next is what stands there. ``most_open``: how the
    installation shows officers' names; ``reference``: the reference data of now; ``knows``: whether
    there is a unit with an id."""

    def __init__(
        self,
        book: WallBook,
        writer: SettingsWriter | None,
        most_open: OfficerNames,
        reference: Callable[[], Reference],
        knows: Callable[[str, str], bool],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._book = book
        self._writer = writer
        self._most_open = most_open
        self._reference = reference
        self._knows = knows
        self._clock = clock
        self._lock = asyncio.Lock()

    def seen_by(self, who: Access) -> Iterator[tuple[str, NamedWall]]:
        """The walls that somebody may change, by name."""
        reference = self._reference()
        for name, settings in sorted(self._book.walls.items()):
            if within(who.reach, settings, reference):
                yield name, settings

    def find(self, who: Access, name: str) -> NamedWall:
        """Raises WallError; one that somebody may not change is as one that nobody has."""
        found = dict(self.seen_by(who)).get(name)
        if found is None:
            raise WallError(404, "wall_missing", f"There is no wall {name}.")
        return found

    async def put(self, who: Access, name: str, wanted: NamedWall, version: str) -> NamedWall:
        """``version``: of what is replaced, "" to make a new one. Raises WallError."""
        self._check(who, name, wanted)
        async with self._lock:
            before = self._expected(who, name, version)
            at = int(self._clock() * 1000)
            made = msgspec.structs.replace(
                wanted,
                changed_at=max(at, before.changed_at + 1) if before else at,
                changed_by=who.principal.subject[:200],
            )
            if len(encoded(made)) > MOST_BYTES:
                raise WallError(422, "wall_large", "These settings are too large.")
            await self._write(name, encoded(made), lambda: self._book.walls.get(name) == made)
            return made

    async def remove(self, who: Access, name: str, version: str) -> NamedWall:
        """What is no more. Raises WallError."""
        found = self.find(who, name)
        async with self._lock:
            self._expected(who, name, version)
            await self._write(name, None, lambda: name not in self._book.walls)
        return found

    def _expected(self, who: Access, name: str, version: str) -> NamedWall | None:
        if version:
            before = self.find(who, name)
            if version_of(before) != version:
                raise WallError(
                    412, "wall_changed", "Somebody else has changed it meanwhile: look again."
                )
            return before
        if name in self._book.walls:
            raise WallError(412, "wall_taken", f"There is a wall {name} already.")
        if len(self._book.walls) >= min(MOST_MADE, MOST_WALLS):
            raise WallError(409, "wall_many", f"There are {MOST_MADE} walls: remove one first.")
        return None

    def _check(self, who: Access, name: str, wanted: NamedWall) -> None:
        """Raises WallError for a name or settings that make no sense, or are not the viewer's."""
        if not is_wall_name(name) or name == "new" or not IdForm().keeps(name):
            raise WallError(
                422, "wall_name", "A wall's name has small letters, digits and hyphens, 40 at most."
            )
        reference = self._reference()
        if not within(who.reach, wanted, reference):
            raise WallError(403, "wall_not_yours", "A supervisor's wall shows own units, and some.")
        named = {*wanted.units, *(unit for view in wanted.views for unit in view.units)}
        if unknown := sorted(unit for unit in named if not self._knows("unit", unit)):
            raise WallError(422, "wall_unit", f"There is no unit {unknown[0]}.")
        for view in wanted.views:
            if wanted.units and not holds(wanted.units, view.units, reference):
                raise WallError(422, "wall_outside", "A part lies outside the wall's units.")
        if narrower(wanted.officer_names, self._most_open) != wanted.officer_names:
            raise WallError(
                422,
                "wall_names",
                f"This installation shows officers' names as {self._most_open} at most.",
            )

    async def _write(self, name: str, value: bytes | None, arrived: Callable[[], bool]) -> None:
        if self._writer is None:
            raise WallError(409, "wall_read_only", "This process only shows walls.")
        try:
            await run_in_threadpool(self._writer.write, wall_key(name), value)
        except SettingsAway as error:
            raise WallError(503, "wall_away", str(error)) from error
        if not await self._book.until(arrived, _ECHO):
            raise WallError(
                503, "wall_slow", "It is written, and not read back yet: look again in a moment."
            )


def within(reach: Reach, settings: NamedWall, reference: Reference) -> bool:
    """Whether a wall shows nothing outside ``reach``. Its parts lie within its units."""
    return reach.whole or holds(reach.units, settings.units, reference)
