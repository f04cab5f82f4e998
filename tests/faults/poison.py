"""Records that nobody should send, each with the reason of the dead letter that it must become."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

DAY = 86_400_000
PERSONAL = {"citizen": "Nguyen Thi Example", "phone": "0900000000"}
_NESTED = 20_000
_NO_LIMIT = {"amount": 2**40, "unit": "hours"}


def _text(good: dict[str, Any], **changed: Any) -> bytes:
    return json.dumps({**good, **changed}).encode()


Make = Callable[[dict[str, Any]], bytes]
POISONS: tuple[tuple[str, Make], ...] = (
    ("not_json", lambda good: _text(good)[:-9]),
    ("not_json", lambda good: b"\xff\xfe" + _text(good)),
    ("not_json", lambda good: _text(good, unit="W\ud800")),
    ("not_json", lambda good: b""),
    ("malformed", lambda good: _text(good, kind="archived?")),
    ("not_json", lambda good: b'{"now":1,"kind":"ti\xffck"}'),
    ("malformed", lambda good: _text(good, occurred_at="yesterday")),
    ("malformed", lambda good: _text(good, received_at=-(2**60))),
    ("malformed", lambda good: _text(good, source_seq=2**70)),
    ("malformed", lambda good: _text(good, kind="finished", status=10**20)),
    ("malformed", lambda good: _text(good, kind="suspended", status=4)),
    ("malformed", lambda good: _text(good, kind="suspended", status=9)),
    ("malformed", lambda good: _text(good, kind="suspended", status=10)),
    ("malformed", lambda good: b"[" * _NESTED + b"]" * _NESTED),
    ("malformed", lambda good: _text(good)[:-1] + b',"x":' + b"[" * _NESTED),
    (
        "malformed",
        lambda good: _text(good)[:-1] + b',"x":' + b"[" * _NESTED + b"]" * _NESTED + b"}",
    ),
    ("too_large", lambda good: _text(good, step="x" * 70_000)),
    ("too_large", lambda good: _text(good, step="x" * 5_000_000)),
    ("too_large", lambda good: _text(good, step="x" * 2_000)),
    ("key_mismatch", lambda good: _text(good, dossier_id="F0-000001")),
    ("bad_id", lambda good: _text(good, event_id="")),
    ("bad_time", lambda good: _text(good, occurred_at=-(2**50))),
    ("bad_limit", lambda good: _text(good, kind="received", limit=_NO_LIMIT)),
    ("from_the_future", lambda good: _text(good, occurred_at=good["occurred_at"] + 3 * DAY)),
)
