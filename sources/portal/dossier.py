"""A record of DongBoHoSoMC: the dossier as the portal shows it, as a snapshot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from dossiers.portal.phases import ENDS, phase_of
from dossiers.text.kept_ids import ALL_KEPT, KeptIds
from dossiers.wire.events import Snapshot
from dossiers.wire.facts import Content, Supplement
from sources.portal.fields import Fields, Named
from sources.portal.name_admission import NameAdmission

MAX_SUPPLEMENTS = 100
_NUMBER = re.compile(r"-?[0-9]{1,19}")
_SHORT = 8  # digits: fewer than any person's number has


def read_dossier(
    record: Mapping[str, Any],
    *,
    unit: Named,
    now: int,
    sent_at: int,
    seq: int,
    source: str,
    names: NameAdmission | None = None,
    ids: KeptIds = ALL_KEPT,
) -> tuple[Snapshot, list[str]]:
    """The snapshot, and the fields that could not be understood. Raises FieldRefusal.

    ``unit``: madonvi, for a record that names no DonViXuLy. ``now``: when it came, ``sent_at``:
    when the sender made it (both ms). ``seq``: its place among the sender's records. ``names``:
    which names may pass; None: all. ``source``: of the event. ``ids``: what is kept of ids.
    """
    fields = Fields(record, names=names, ids=ids)
    dossier_id = fields.dossier_id()
    finished = fields.date("NgayKetThucXuLy", now)
    content = Content(
        procedure=fields.code("MaTTHC").text,
        status=fields.status("TrangThaiHoSo"),
        channel=fields.channel("KenhThucHien"),
        submitted_at=fields.date("NgayNopHoSo", now),
        accepted_at=fields.date("NgayTiepNhan", now),
        due_at=fields.date("NgayHenTra"),
        finished_at=finished,
        returned_at=fields.date("NgayTra", now),
        refused_at=fields.date("NgayTuChoi", now),
        supplements=_supplements(fields, now, ids),
    )
    named = fields.name_of_unit("DonViXuLy")
    holder = named if named.text else unit
    identity = msgspec.json.encode((dossier_id, holder.same, content, sent_at))
    event = Snapshot(
        event_id=ids.made("event", identity),
        dossier_id=dossier_id,
        occurred_at=sent_at,
        received_at=now,
        source=source,
        source_seq=seq,
        unit=holder.text,
        content=content,
        dossier_received_at=_closed_at(content),
    )
    return event, fields.unread


def _closed_at(content: Content) -> int | None:
    """What tells a dossier that was dropped after its retention from a new one: the last date of a
    closed one. An open one, however old, was never dropped."""
    if phase_of(content, (), False) not in ENDS:
        return None
    dates = (content.returned_at, content.finished_at, content.refused_at, content.accepted_at)
    return max((at for at in dates if at is not None), default=None)


def _supplements(fields: Fields, now: int, ids: KeptIds) -> tuple[Supplement, ...]:
    found: dict[str, Supplement] = {}
    for number, item in enumerate(fields.objects("DanhSachHoSoBoSung", MAX_SUPPLEMENTS)):
        where = f"DanhSachHoSoBoSung[{number}]."
        inner = Fields(item, where)
        id_ = inner.short("HoSoBoSungId")
        if not _NUMBER.fullmatch(id_):
            id_ = f"#{number}"  # it is a number in the format; nothing else travels on
        elif len(id_) > _SHORT:
            id_ = ids.made("supplement", id_)
        found[id_] = Supplement(
            id=id_,
            requested_at=inner.date("NgayBoSung", now),
            answered_at=inner.date("NgayTiepNhanBoSung", now),
            due_before=inner.date("NgayHenTraTruoc"),
            due_after=inner.date("NgayHenTraMoi"),
        )
    return tuple(found[id_] for id_ in sorted(found))
