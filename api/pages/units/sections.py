"""Parts of a page that stand or fall by themselves."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from api.pages.failed_part import part_or_error
from api.pages.parts.states import PartError
from api.pages.units.subject import UnitSubject

T = TypeVar("T")


async def part(subject: UnitSubject, name: str, work: Awaitable[T]) -> T | PartError:
    """What ``work`` gives, or that it failed. ``name``: ends the key of the message."""
    words = subject.words
    title = words(f"units_failed_{name}")
    return await part_or_error(work, subject.viewer, title, words("units_failed"))
