"""What topic dead-letters keeps of a record of dossier-events that could not be taken.

Nothing that a sender should not have sent is copied; the record itself stays in its
partition and offset.
"""

from __future__ import annotations

import msgspec

from dossiers.admission.reduced import described, kept_id, kept_source, reduced
from dossiers.text.ids import MAX_ID
from dossiers.text.kept_ids import IdForm
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.topics import EVENTS
from streams.partition.intake import MAX_VALUE, Refusal

MAX_PAYLOAD = 4_096
MAX_DETAIL = 2_000


def dead_letter(
    refusal: Refusal,
    at: tuple[str, int, int, int],
    key: bytes | None,
    value: bytes | None,
    form: IdForm | None = None,
) -> DeadLetter:
    """The record to put into topic dead-letters; ``at``: timeline, partition, offset, now (ms).
    ``form``: of ids that are kept, None: all are."""
    timeline, partition, offset, now = at
    content = _content(value or b"")
    source = content.get("source", "") if content is not None else ""
    return DeadLetter(
        timeline=timeline,
        reason=refusal.reason,
        detail=str(refusal)[:MAX_DETAIL],
        source=source if isinstance(source, str) and source and kept_source(source, form) else "",
        topic=EVENTS,
        partition=partition,
        offset=offset,
        detected_at=now,
        key=_key(key or b"", f"{partition}-{offset}", form),
        payload=payload_of(value or b"", form),
    )


def payload_of(value: bytes, form: IdForm | None = None) -> str:
    """What is kept of a record's value."""
    content = _content(value)
    if content is None:
        return f"{len(value):,} bytes"
    return msgspec.json.encode(reduced(content, form)).decode()[:MAX_PAYLOAD]


def _key(key: bytes, place: str, form: IdForm | None) -> str:
    """A key that is not kept is called by the place of its record, so that two stay two."""
    text = key[: 4 * MAX_ID].decode("utf-8", "replace")
    if not text or (len(key) <= 4 * MAX_ID and kept_id(text, form)):
        return text
    return f"({described(text)}, record {place})"


def _content(value: bytes) -> dict[str, object] | None:
    try:
        content = msgspec.json.decode(value) if len(value) <= MAX_VALUE else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
