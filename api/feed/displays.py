"""What a display of a named wall shows now: its settings, and of a rotation whose turn it is.

Turns go by the server's clock: all displays of a wall show the same part at the same time.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from api.access.reach import Reach
from api.feed.channels import Channels
from api.walls.book import WallBook
from api.walls.scope import narrowed_reach
from dossiers.reference.unlisted import shown_name
from dossiers.wire.keys import is_wall_name
from dossiers.wire.reference import Reference
from dossiers.wire.walls import NamedWall

_NAMED = 3  # units that make the title of a part
WARM = 5.0  # s before a turn: then its part is made, so that it is there when it comes


class NotShown(Exception):
    """A wall that shows nothing to who asks. ``why``: as in docs/feed.md."""

    def __init__(self, why: str, *, gone: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.gone = gone


@dataclass(frozen=True)
class Display:
    """``turn``: index into the views of ``wall``, 0 if it has none. ``reach``: what is shown;
    ``title``: over it, "" for that of the reference data."""

    name: str
    wall: NamedWall
    turn: int
    reach: Reach
    title: str = ""

    def message(self) -> dict[str, Any]:
        """What the display is told, as docs/feed.md describes it. Of two messages with the same
        ``scope``, pictures may be compared."""
        wall = self.wall
        shown = f"{self.reach.whole} {sorted(self.reach.units)} {wall.officer_names}"
        return {
            "type": "wall",
            "name": self.name,
            "scope": hashlib.sha256(shown.encode()).hexdigest()[:16],
            "title": self.title,
            "target": wall.target,
            "language": wall.language,
            "theme": wall.theme,
            "distance": wall.distance,
            "height": wall.height,
            "panel_seconds": wall.panel_seconds,
            "part": {"turn": self.turn, "of": len(wall.views)} if wall.views else None,
        }


class Displays:
    """``reference``: the reference data of now; ``knows``: whether there is a unit with an id, also
    one that only dossiers name; ``loaded``: whether the topics were read to their
    end once. ``clock``: s since 1970."""

    def __init__(
        self,
        book: WallBook,
        channels: Channels,
        reference: Callable[[], Reference],
        knows: Callable[[str, str], bool],
        loaded: Callable[[], bool],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._book = book
        self._channels = channels
        self._reference = reference
        self._knows = knows
        self.known = loaded
        self._clock = clock
        self._of: Reference | None = None  # what the next two were made of
        self._reaches: dict[tuple[Reach, tuple[str, ...], tuple[str, ...]], Reach] = {}
        self._names: dict[str, str] = {}

    def show(self, reach: Reach, name: str) -> Display:
        """What a display shows now whose key or reader sees ``reach``. Raises NotShown."""
        wall = self._book.walls.get(name)
        if wall is None:
            # What no wall may be called is not repeated: a reason has 123 bytes at most.
            known = name if is_wall_name(name) else ""
            raise NotShown(f"wall_unknown {known}".rstrip(), gone=True)
        parts = self._parts(reach, wall)
        if not parts:
            raise NotShown(f"out_of_scope {name}")
        turn, shown = parts[self._whose(wall, parts)[0]]
        return Display(name, wall, turn, shown, self._title(wall, turn))

    def warm(self, reach: Reach, display: Display) -> None:
        """Have the part ready whose turn comes soon. Raises TooManyChannels."""
        parts = self._parts(reach, display.wall)
        if len(parts) > 1:
            place, left = self._whose(display.wall, parts)
            if left <= WARM:
                _, shown = parts[(place + 1) % len(parts)]
                self._channels.of(shown, display.wall.officer_names)

    def _whose(self, wall: NamedWall, parts: Sequence[tuple[int, Reach]]) -> tuple[int, float]:
        views = wall.views
        return whose_turn([views[turn].seconds if views else 1 for turn, _ in parts], self._clock())

    def _parts(self, reach: Reach, wall: NamedWall) -> list[tuple[int, Reach]]:
        """Those of a rotation (index and reach) in which there is anything to see: zeros of units
        that are out of reach, or are no more, would look like facts."""
        found = [
            (turn, self._shown(reach, wall.units, view))
            for turn, view in enumerate([view.units for view in wall.views] or [()])
        ]
        return [part for part in found if self._something(part[1])]

    def _something(self, reach: Reach) -> bool:
        return reach.whole or any(self._knows("unit", unit) for unit in reach.units)

    def _title(self, wall: NamedWall, turn: int) -> str:
        """Of a part without a title, the names of its units: it must not look like another."""
        if not wall.views:
            return wall.title
        view = wall.views[turn]
        names = (self._names.get(id_, shown_name(id_)) for id_ in view.units[:_NAMED])
        return view.title or ", ".join(names)

    def _shown(self, reach: Reach, units: tuple[str, ...], view: tuple[str, ...]) -> Reach:
        reference = self._reference()
        if reference is not self._of:
            self._of, self._reaches = reference, {}
            self._names = {unit.id: unit.short or unit.name for unit in reference.units}
        known = self._reaches.get((reach, units, view))
        if known is None:
            if len(self._reaches) > 10_000:
                self._reaches.clear()
            known = narrowed_reach(narrowed_reach(reach, units, reference), view, reference)
            self._reaches[reach, units, view] = known
        return known


def whose_turn(seconds: Sequence[int], now: float) -> tuple[int, float]:
    """The place of the part that is shown at ``now`` (s since 1970), and for how many s more.
    ``seconds``: of each part, one at least."""
    at = now % sum(seconds)
    for place, each in enumerate(seconds):
        if at < each:
            return place, each - at
        at -= each
    return 0, 0.0
