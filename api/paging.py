"""Cursors of long lists: where the next page begins, opaque to the reader."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

import msgspec
from fastapi import HTTPException, Query

from dossiers.wire.events import Int64

MAX_LIMIT = 1_000

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="most entries of one page")]
Cursor = Annotated[
    str | None,
    Query(max_length=600, description="`next` of the page before; leave out for the first page"),
]


def encode_cursor(*place: int | str) -> str:
    """The sort key of a page's last entry."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[int, str]:
    """The sort key (a number, then an id). Raises a 422 for anything this server did not make."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=tuple[Int64, str])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise HTTPException(
            422, "cursor: not one of this server's; ask for the first page without it."
        ) from error
