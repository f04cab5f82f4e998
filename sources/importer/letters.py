"""Dead letters about rows of a file: where, what, and what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from dossiers.admission.reduced import described, is_code, kept_id
from dossiers.text.ids import MAX_ID
from dossiers.text.kept_ids import IdForm
from dossiers.wire.dead_letters import DeadLetter
from sources.importer.rows import LogRow
from sources.mapping import ROLES, Role

SOURCE = "event-log"
WHAT_TO_DO = "Correct it in the log and import that again"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FIELD, _PAYLOAD = MAX_ID, 4_000  # characters
_TIMES = frozenset[Role](("time", "received", "due", "finished"))
_TIME = re.compile(
    r"(?:[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}|[0-9]{2}[-/.][0-9]{2}[-/.][0-9]{4})"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?)?(?:Z| ?[+-][0-9]{2}:?[0-9]{2})?"
)


class Letters:
    """``columns``: the mapped ones by role; ``now``: ms."""

    def __init__(self, columns: Mapping[str, str], file_name: str, now: int) -> None:
        self._columns = columns
        self._file = file_name
        self._now = now

    def of(self, row: LogRow, reason: str, detail: str) -> DeadLetter:
        """The dead letter that a row leaves behind. ``detail``: without the place, and without
        anything that stands in the row."""
        return DeadLetter(
            timeline="",  # the sender of the letter knows it
            reason=reason,
            detail=self.told(row, detail),
            source=SOURCE,
            topic="",
            partition=-1,
            offset=-1,
            detected_at=self._now,
            key=_shown("dossier", row.values[0]) if row.values[0] else "",
            payload=self._payload(row.values),
        )

    def told(self, row: LogRow, detail: str) -> str:
        """``detail`` with its place and what to do."""
        where = f"{self._file}, line {row.line}" if row.line else f"{self._file}, near the end"
        told = f"{where} (row {row.number}): {detail}."
        return told if row.ends else f"{told} {WHAT_TO_DO}."

    def _payload(self, values: Sequence[str]) -> str:
        """The mapped columns only, and of these what has the form that belongs there: whatever else
        the log has stays outside (it may be personal), also if it slipped into another column.
        """
        taken = {
            self._columns[role]: _shown(role, value)
            for role, value in zip(ROLES, values, strict=False)  # traits follow
            if value and role in self._columns
        }
        return json.dumps(taken, ensure_ascii=False)[:_PAYLOAD] if taken else ""


def _shown(role: Role, text: str) -> str:
    """An id, a time or a code as it stands, of anything else type and length."""
    kept = len(text) <= _FIELD
    if kept and role in _TIMES:
        kept = _TIME.fullmatch(text) is not None
    elif kept:
        kept = kept_id(text, IdForm()) if role == "dossier" else is_code(text)
    return text if kept else f"({described(text)})"
