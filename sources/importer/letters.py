"""Dead letters about rows of a file: where, what, and what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from dossiers.ids import MAX_ID
from dossiers.records import DeadLetter
from sources.importer.rows import Row
from sources.mapping import ROLES

SOURCE = "event-log"
WHAT_TO_DO = "Correct it in the log and import that again"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FIELD, _PAYLOAD = 200, 4_000  # characters


class Letters:
    """``columns``: the mapped ones by role; ``now``: ms."""

    def __init__(self, columns: Mapping[str, str], file_name: str, now: int) -> None:
        self._columns = columns
        self._file = file_name
        self._now = now

    def of(self, row: Row, reason: str, detail: str) -> DeadLetter:
        """The dead letter that a row leaves behind. ``detail``: without the place."""
        where = f"{self._file}, line {row.line}" if row.line else f"{self._file}, near the end"
        told = f"{where} (row {row.number}): {detail}."
        return DeadLetter(
            timeline="",  # the sender of the letter knows it
            reason=reason,
            detail=told if row.ends else f"{told} {WHAT_TO_DO}.",
            source=SOURCE,
            topic="",
            partition=-1,
            offset=-1,
            detected_at=self._now,
            key=CONTROL.sub(" ", row.values[0][:MAX_ID]),
            payload=self._payload(row.values),
        )

    def _payload(self, values: Sequence[str]) -> str:
        """The mapped columns only: whatever else the log has stays outside (it may be personal)."""
        taken = {
            self._columns[role]: value[:_FIELD]
            for role, value in zip(ROLES, values, strict=True)
            if value and role in self._columns
        }
        return json.dumps(taken, ensure_ascii=False)[:_PAYLOAD] if taken else ""
