"""Errors that a one-stop system met with a ministry's system, as its sender reports them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from dossiers.wire.dossier_event import Instant
from dossiers.wire.traits import Code

Text = Annotated[str, msgspec.Meta(max_length=1_000)]


class ReportedError(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One error, in codes: no text of any system travels on.

    ``error_id``: made of all that was sent, so that a repetition is the same error. ``system``: the
    ministry's; ``code``: what it, or the way to it, answered. ``at``: when it happened (ms);
    ``received_at``: when it was reported (ms). ``source``: the sender's name. ``madonvi``: the
    unit that it was sent for, "" from a sender that is bound to none and names none.
    """

    error_id: Text
    system: Code
    dossier_id: Text
    code: Code
    at: Instant
    received_at: Instant
    source: Text
    madonvi: Text = ""


_encoder = msgspec.json.Encoder()


def encode_sync_error(error: ReportedError) -> bytes:
    """One record value for topic ``sync-errors``."""
    return _encoder.encode(error)
