"""What senders report of errors between them and a ministry's system: ``{"errors": [...]}``.

Everything is bounded in length and number before it is looked at, and consists of codes: a message
in words may hold anything about anybody, so it has no field and its sender hears that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from dossiers.text.kept_ids import ALL_KEPT, IdForm, KeptIds
from dossiers.time.day_table import EARLIEST, LATEST
from dossiers.time.hours import DAY
from dossiers.wire.sync_errors import ReportedError
from dossiers.wire.traits import MAX_CODE
from sources.person_numbers import NUMBER
from sources.portal.dates import parse_date
from sources.portal.envelope import RefusedPayload
from sources.portal.fields import FieldRefusal, Fields, id_of
from sources.portal.json_body import EnvelopeError, decoded
from sources.portal.name_admission import is_code

MAX_ERRORS = 1_000  # of one payload
FIELDS = ("system", "dossier", "code", "at")
_FORM = IdForm(letters="ascii", longest=MAX_CODE)


@dataclass
class ErrorBatch:
    """What was read of a payload; of the refused their places and why."""

    errors: list[ReportedError] = field(default_factory=list)
    refused: list[RefusedPayload] = field(default_factory=list)


def read_sync_errors(
    body: bytes, source: str, units: Sequence[str], now: int, ids: KeptIds = ALL_KEPT
) -> ErrorBatch:
    """Raises EnvelopeError, or PermissionError for a unit that is none of ``units``, the only ones
    that the sender may send for (empty: all). ``source``: the sender's name, whatever the payload
    says. ``ids``: what is kept of ids. ``now``: ms."""
    content = decoded(body)
    items = content.get("errors") if isinstance(content, dict) else None
    if not isinstance(items, list) or not items:
        raise EnvelopeError('The payload is no object {"madonvi", "errors": [...]} with an error.')
    if len(items) > MAX_ERRORS:
        raise EnvelopeError(f"errors has {len(items)} entries, at most {MAX_ERRORS} are taken.")
    madonvi = _unit(content, units, ids)
    batch = ErrorBatch()
    for index, item in enumerate(items):
        try:
            batch.errors.append(_error(item, source, madonvi, now, ids))
        except FieldRefusal as refusal:
            batch.refused.append(RefusedPayload(index, "", str(refusal)))
    return batch


def _unit(content: dict[str, Any], units: Sequence[str], ids: KeptIds) -> str:
    """What is kept of the unit that it is sent for."""
    try:
        sent = Fields(content).text("madonvi") or (units[0] if len(units) == 1 else "")
        if sent:
            id_of(sent, "madonvi", ids)
    except FieldRefusal as refusal:
        raise EnvelopeError(f"{refusal}.") from None
    if units and sent not in units:
        raise PermissionError
    return ids.kept(sent) if sent else ""


def _error(item: Any, source: str, madonvi: str, now: int, ids: KeptIds) -> ReportedError:
    if not isinstance(item, dict):
        raise FieldRefusal("the error is no object")
    if any(name not in FIELDS for name in item):
        raise FieldRefusal(f"has another field than {', '.join(FIELDS)}: no text is taken")
    fields = Fields(item, ids=ids)
    system, code = _code(fields, "system"), _code(fields, "code")
    dossier, at = fields.dossier_id("dossier"), _instant(item.get("at"), now)
    said = msgspec.json.encode((source, madonvi, system, dossier, code, at))
    return ReportedError(
        error_id=ids.made("sync_error", said),
        system=system,
        dossier_id=dossier,
        code=code,
        at=at,
        received_at=now,
        source=source,
        madonvi=madonvi,
    )


def _code(fields: Fields, name: str) -> str:
    text = fields.short(name)
    if not text or len(text) > MAX_CODE or not is_code(text, _FORM) or NUMBER.search(text):
        raise FieldRefusal(
            f"{name} is no code: letters, digits and ._-/ only, at most {MAX_CODE}, no number that "
            "may be a person's"
        )
    if not text[0].isalnum():
        raise FieldRefusal(f"{name} is no code: it begins with a mark")
    return text


def _instant(value: Any, now: int) -> int:
    """UTC epoch milliseconds, or a date as the portal's format has it."""
    try:
        whole = isinstance(value, int) and not isinstance(value, bool)
        at = value if whole else parse_date(value)
    except ValueError as error:
        raise FieldRefusal(f"at {error}") from None
    if at is None:
        raise FieldRefusal("at is empty; an error needs the time at which it happened")
    if not EARLIEST <= at < LATEST:
        raise FieldRefusal("at is outside the years 2000 to 2068; numbers are epoch milliseconds")
    if at > now + DAY:
        raise FieldRefusal("at lies more than a day ahead; check the sender's clock")
    return int(at)
