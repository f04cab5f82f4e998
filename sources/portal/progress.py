"""A record of CapNhatTienDoHoSoMC: somebody did something about a dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dossiers.text.kept_ids import ALL_KEPT, KeptIds
from dossiers.wire.events import Progressed
from sources.portal.fields import FieldRefusal, Fields, Named
from sources.portal.name_admission import NameAdmission
from sources.portal.steps import KnownSteps

_NONE = KnownSteps()


def read_progress(
    record: Mapping[str, Any],
    *,
    unit: Named,
    now: int,
    sent_at: int,
    seq: int,
    source: str,
    names: NameAdmission | None = None,
    steps: KnownSteps | None = None,
    ids: KeptIds = ALL_KEPT,
) -> tuple[Progressed, list[str]]:
    """The event, and the fields that could not be understood. Raises FieldRefusal.

    NguoiXuLy is the name of the officer who did a step and sent the dossier on: who held it until
    then. What was done (NoiDungXuLy, or the field that ``steps`` names) travels on if it names a
    step that the reference data knows, as it writes it, and never else: it is free text. NgayBatDau
    and NgayKetThucTheoQuyDinh: when the step began, and when it had to be done. The same record
    sent again is the same event. Other parameters as of read_dossier. Times in ms.
    """
    del sent_at  # the record says when it happened
    fields = Fields(record, names=names, ids=ids)
    dossier_id = fields.dossier_id()
    at = fields.date("ThoiDiemXuLy", now)
    if at is None:
        raise FieldRefusal("ThoiDiemXuLy is empty; a step needs the time at which it was done")
    officer = fields.name_of_officer("NguoiXuLy")
    step = _step(fields, steps or _NONE)
    began_at = fields.optional_date("NgayBatDau")
    due_at = fields.optional_date("NgayKetThucTheoQuyDinh")
    said: tuple[Any, ...] = (dossier_id, at, officer.same)
    if step or began_at is not None or due_at is not None:
        said = (*said, step, began_at, due_at)
    event = Progressed(
        event_id=ids.made("event", msgspec.json.encode(said)),
        dossier_id=dossier_id,
        occurred_at=at,
        received_at=now,
        source=source,
        source_seq=seq,
        step=step,
        officer_name=officer.text,
        until=True,
        began_at=began_at,
        step_due_at=due_at,
    )
    return event, fields.unread


def _step(fields: Fields, steps: KnownSteps) -> str:
    text = fields.short(steps.field)
    step = steps.named(text)
    if text and not step:
        fields.unread.append(steps.field)
    return step
