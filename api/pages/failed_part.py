"""A part of a page that could not be made, while the rest of the page stands."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import TypeVar

from api.pages.parts.states import PartError, error_code
from api.ports import StoreAway
from api.viewer import Viewer

T = TypeVar("T")
_log = logging.getLogger(__name__)


async def part_or_error(work: Awaitable[T], viewer: Viewer, title: str, text: str) -> T | PartError:
    """What ``work`` gives, or what the panel says instead if ClickHouse does not answer."""
    try:
        return await work
    except StoreAway as error:
        return failed_part(viewer, title, text, error)


def failed_part(viewer: Viewer, title: str, text: str, error: StoreAway) -> PartError:
    """What a reader is told; its code stands in the log as well."""
    code = error_code()
    _log.warning("page %s: %s (%s): %s", viewer.asked.path, title, code, error)
    return PartError(title, text, code, viewer.asked.address())
