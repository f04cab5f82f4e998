"""Messages of the feed: hello, frames, and the merge patches that make the state."""

from __future__ import annotations

import gzip
from typing import Any

import msgspec

HELLO = '{"type":"hello","token":null,"epoch":null,"seq":null}'


def decode_frame(frame: bytes | str) -> Any:
    """A message; a binary frame is gzip of its JSON."""
    return msgspec.json.decode(gzip.decompress(frame) if isinstance(frame, bytes) else frame)


def merge(state: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396) of ``state``, which is changed in place if it can be."""
    if not isinstance(patch, dict):
        return patch
    if not isinstance(state, dict):
        state = {}
    for key, value in patch.items():
        if value is None:
            state.pop(key, None)
        else:
            state[key] = merge(state.get(key), value)
    return state
