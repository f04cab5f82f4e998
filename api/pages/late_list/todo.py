"""What the reader has to do with late lists, as lines that lead there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.pages.late_list.wording import ListWords
from api.pages.parts.marks import Shape, Tone
from api.viewer import Viewer


@dataclass(frozen=True)
class ListTodo:
    """One thing. ``note``: its deadline."""

    text: str
    note: str
    href: str
    shape: Shape
    tone: Tone


def todo_of(viewer: Viewer, say: ListWords) -> Iterator[ListTodo]:
    """The most urgent first."""
    return iter(())
