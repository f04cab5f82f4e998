"""Pages of long lists, by key: a page begins after the sort key of the last entry of the page
before, so that it neither skips nor repeats an entry while the list changes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

import msgspec
from fastapi import HTTPException, Query

from dossiers.wire.dossier_event import Int64

MAX_LIMIT = 1_000
T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="most entries of one page")]
Cursor = Annotated[
    str | None,
    Query(max_length=600, description="`next` of the page before; leave out for the first page"),
]


def page_of_list(
    entries: Sequence[T], limit: int, place: Callable[[T], tuple[int, str]]
) -> tuple[list[T], str | None]:
    """The first ``limit`` of ``entries``, and the cursor of the page after them, None if this is
    the last. ``entries``: in their order, one more than ``limit`` if there are more. ``place``: the
    sort key of an entry."""
    page = list(entries[:limit])
    return page, encode_cursor(*place(page[-1])) if len(entries) > limit else None


def encode_cursor(number: int, id_: str) -> str:
    """A sort key as a text that is opaque to the reader."""
    return base64.urlsafe_b64encode(msgspec.json.encode((number, id_))).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[int, str]:
    """The sort key (a number, then an id). Raises a 422 for anything this server did not make."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=tuple[Int64, str])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise HTTPException(
            422, "cursor: not one of this server's; ask for the first page without it."
        ) from error
