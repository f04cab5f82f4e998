"""An admission of names with reference data, and payloads through it."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from dossiers.reference.known_names import NameKind
from dossiers.text.identity import folded
from dossiers.text.keyed import Keyed
from dossiers.wire.events import Snapshot
from dossiers.wire.reference import Officer, Procedure, Reference, Step, Unit
from sources.portal.envelope import Batch, read_envelope
from sources.portal.name_admission import NameAdmission
from sources.portal.plain import read_events
from tests.sources.portal.payloads import DOSSIER, NOW, envelope

KEYED = Keyed(bytes(32))


REFERENCE = Reference(
    units=(Unit(id="H29.19", name="Sở Xây dựng", short="SXD", madonvi="000.00.19.H29"),),
    officers=(Officer(id="0912345678", name="Lê Văn An", unit="H29.19"),),
    procedures=(
        Procedure(
            id="1.004194", name="Cấp phép",
            steps=(Step(id="s1", name="Thẩm định", hours=8, aliases=("Thẩm tra",)),),
        ),
    ),
)  # fmt: skip


class Noted:
    """What the door found missing."""

    def __init__(self) -> None:
        self.found: list[tuple[NameKind, str, str]] = []

    def note(self, kind: NameKind, text: str, hash_: str) -> None:
        self.found.append((kind, text, hash_))


def door(reference: Reference | None = REFERENCE, noted: Noted | None = None) -> NameAdmission:
    names = NameAdmission(KEYED, None, noted)
    if reference is not None:
        names.refer([reference])
    return names


def hashed(kind: NameKind, text: str) -> str:
    return KEYED.hashed(kind, folded(text))


def portal(record: dict[str, Any], names: NameAdmission, **more: Any) -> Batch:
    service = "CapNhatTienDoHoSoMC" if "ThoiDiemXuLy" in record else "DongBoHoSoMC"
    body = msgspec.json.encode(envelope(record, **{"service": service, **more}))
    return read_envelope(body).read(NOW, itertools.count(), names=names)


def shown(names: NameAdmission, **more: Any) -> Snapshot:
    (event,) = portal({**DOSSIER, **more}, names).events
    assert isinstance(event, Snapshot)
    return event


def plain(names: NameAdmission, **more: Any) -> Batch:
    event = {"kind": "progressed", "event_id": "e", "dossier_id": "d", "occurred_at": NOW, **more}
    return read_events(msgspec.json.encode([event]), "s", NOW, itertools.count(), names=names)
