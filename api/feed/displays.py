"""What a display of a named wall shows now: its settings, and of a rotation whose turn it is.

Turns go by the server's clock: all displays of a wall show the same part at the same time.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.access.reach import Reach
from api.feed.channels import Channels
from api.walls.book import WallBook
from api.walls.scope import narrowed_reach
from dossiers.reference.unlisted import shown_name
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
    """``reference``: the reference data of now; ``loaded``: whether the topics were read to their
    end once. ``clock``: s since 1970."""

    def __init__(
        self,
        book: WallBook,
        channels: Channels,
        reference: Callable[[], Reference],
        loaded: Callable[[], bool],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._book = book
        self._channels = channels
        self._reference = reference
        self.known = loaded
        self._clock = clock
        self._of: Reference | None = None  # what ``_reaches`` was made of
        self._reaches: dict[tuple[Reach, tuple[str, ...], tuple[str, ...]], Reach] = {}

    def show(self, reach: Reach, name: str) -> Display:
        """What a display shows now whose key or reader sees ``reach``. Raises NotShown."""
        wall = self._book.walls.get(name)
        if wall is None:
            raise NotShown(f"wall_unknown {name}", gone=True)
        turn, _ = whose_turn(wall, self._clock())
        shown = self._shown(reach, wall, turn)
        if not shown.whole and not shown.units:
            raise NotShown(f"out_of_scope {name}")
        return Display(name, wall, turn, shown, self._title(wall, turn))

    def warm(self, reach: Reach, display: Display) -> None:
        """Have the part ready whose turn comes soon. Raises TooManyChannels."""
        wall = display.wall
        turn, left = whose_turn(wall, self._clock())
        if len(wall.views) > 1 and left <= WARM:
            shown = self._shown(reach, wall, (turn + 1) % len(wall.views))
            self._channels.of(shown, wall.officer_names)

    def _title(self, wall: NamedWall, turn: int) -> str:
        """Of a part without a title, the names of its units: it must not look like another."""
        if not wall.views:
            return wall.title
        view = wall.views[turn]
        if view.title:
            return view.title
        names = {unit.id: unit.short or unit.name for unit in self._reference().units}
        return ", ".join(names.get(id_, shown_name(id_)) for id_ in view.units[:_NAMED])

    def _shown(self, reach: Reach, wall: NamedWall, turn: int) -> Reach:
        reference = self._reference()
        if reference is not self._of:
            self._of, self._reaches = reference, {}
        part = wall.views[turn].units if wall.views else ()
        known = self._reaches.get((reach, wall.units, part))
        if known is None:
            if len(self._reaches) > 10_000:
                self._reaches.clear()
            known = narrowed_reach(reach, wall.units, reference)
            if part:
                known = narrowed_reach(known, part, reference)
            self._reaches[reach, wall.units, part] = known
        return known


def whose_turn(wall: NamedWall, now: float) -> tuple[int, float]:
    """The index of the view that is shown at ``now`` (s since 1970), and for how many s more."""
    if not wall.views:
        return 0, float("inf")
    at = now % sum(view.seconds for view in wall.views)
    for index, view in enumerate(wall.views):
        if at < view.seconds:
            return index, view.seconds - at
        at -= view.seconds
    return 0, 0.0
