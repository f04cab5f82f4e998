"""Parts of a page that stand or fall by themselves."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import TypeVar

from api.pages.parts.states import PartError, error_code
from api.pages.units.subject import UnitSubject
from api.ports import StoreAway

_log = logging.getLogger(__name__)
T = TypeVar("T")


async def part(subject: UnitSubject, name: str, work: Awaitable[T]) -> T | PartError:
    """What ``work`` gives, or what the panel says instead if ClickHouse does not answer. ``name``:
    ends the key of the message."""
    try:
        return await work
    except StoreAway as error:
        code = error_code()
        _log.warning("%s of a unit's page is missing (%s): %s", name, code, error)
        words = subject.words
        return PartError(
            words(f"units_failed_{name}"), words("units_failed"), code,
            subject.viewer.asked.address(),
        )  # fmt: skip
