"""A record of CapNhatTienDoHoSoMC: somebody did something about a dossier."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from dossiers.events import Progressed
from sources.portal.door import Names
from sources.portal.fields import Fields, Named, Refusal


def read_progress(
    record: Mapping[str, Any],
    *,
    unit: Named,
    now: int,
    sent_at: int,
    seq: int,
    names: Names | None = None,
) -> tuple[Progressed, list[str]]:
    """The event, and the fields that could not be understood. Raises Refusal.

    NguoiXuLy is the name of the officer who did a step and sent the dossier on: who held it until
    then. What was done (NoiDungXuLy) is free text and does not travel on. The same record sent
    again is the same event. Parameters as of read_dossier.
    """
    del sent_at  # the record says when it happened
    fields = Fields(record, names=names)
    dossier_id = fields.dossier_id()
    at = fields.date("ThoiDiemXuLy", now)
    if at is None:
        raise Refusal("ThoiDiemXuLy is empty; a step needs the time at which it was done")
    officer = fields.name_of_officer("NguoiXuLy")
    identity = msgspec.json.encode((dossier_id, at, officer.same))
    event = Progressed(
        event_id=blake2b(identity, digest_size=16).hexdigest(),
        dossier_id=dossier_id,
        occurred_at=at,
        received_at=now,
        source=f"portal:{unit.text}",
        source_seq=seq,
        officer_name=officer.text,
        until=True,
    )
    return event, fields.unread
