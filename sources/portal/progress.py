"""A record of CapNhatTienDoHoSoMC: somebody did something about a dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dossiers.events import Progressed
from dossiers.kept_ids import ALL_KEPT, KeptIds
from sources.portal.door import Names
from sources.portal.fields import Fields, Named, Refusal


def read_progress(
    record: Mapping[str, Any],
    *,
    unit: Named,
    now: int,
    sent_at: int,
    seq: int,
    source: str,
    names: Names | None = None,
    ids: KeptIds = ALL_KEPT,
) -> tuple[Progressed, list[str]]:
    """The event, and the fields that could not be understood. Raises Refusal.

    NguoiXuLy is the name of the officer who did a step and sent the dossier on: who held it until
    then. What was done (NoiDungXuLy) is free text and does not travel on. The same record sent
    again is the same event. Parameters as of read_dossier.
    """
    del sent_at  # the record says when it happened
    fields = Fields(record, names=names, ids=ids)
    dossier_id = fields.dossier_id()
    at = fields.date("ThoiDiemXuLy", now)
    if at is None:
        raise Refusal("ThoiDiemXuLy is empty; a step needs the time at which it was done")
    officer = fields.name_of_officer("NguoiXuLy")
    identity = msgspec.json.encode((dossier_id, at, officer.same))
    event = Progressed(
        event_id=ids.made("event", identity),
        dossier_id=dossier_id,
        occurred_at=at,
        received_at=now,
        source=source,
        source_seq=seq,
        officer_name=officer.text,
        until=True,
    )
    return event, fields.unread
