"""Outputs of a Quix Streams application that carry their own key (peers' environment only)."""

from __future__ import annotations

from typing import Any

from quixstreams.models import Serializer


class Last(Serializer):  # type: ignore[misc]
    """Writes the last part of a tuple, which is bytes; the parts before it tell where to."""

    def __call__(self, value: Any, ctx: Any) -> bytes:
        encoded: bytes = value[-1]
        return encoded
