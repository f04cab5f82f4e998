"""A whole payload: ``{session, madonvi, service, isUpdating, data: [...]}``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from dossiers.text.kept_ids import ALL_KEPT, KeptIds
from dossiers.wire.events import AnyDossierEvent, Described, Snapshot
from sources.portal.dossier import read_dossier
from sources.portal.fields import FieldRefusal, Fields, Named, id_of, passing
from sources.portal.json_body import EnvelopeError, decoded
from sources.portal.name_admission import NameAdmission
from sources.portal.progress import read_progress
from sources.portal.steps import KnownSteps
from sources.portal.traits import describe

DOSSIERS = "DongBoHoSoMC"
PROGRESS = "CapNhatTienDoHoSoMC"
MAX_RECORDS = 1_000  # of one payload; senders chunk by 10
_BY_NAME = {name.lower(): name for name in (DOSSIERS, PROGRESS)}


@dataclass
class RefusedPayload:
    """One record: its place, its dossier if that could be read, and why not."""

    index: int
    dossier: str
    reason: str


@dataclass
class Batch:
    """What was read of a payload, an event a record. ``traits``: (place, event), of records that
    say more of their dossier. ``unread``: (place, dossier, field) that was skipped."""

    events: list[AnyDossierEvent] = field(default_factory=list)
    traits: list[tuple[int, Described]] = field(default_factory=list)
    refused: list[RefusedPayload] = field(default_factory=list)
    unread: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def all_events(self) -> list[AnyDossierEvent]:
        """What is to be published."""
        return [*self.events, *(event for _, event in self.traits)]


@dataclass
class PortalEnvelope:
    """A checked envelope; its records are read by ``read``. ``unit``: the madonvi as it was sent.
    ``madonvi``: what is kept of it, set if ``unit`` was checked against the sender's key; every
    event is stamped with it. ``ids``: what is kept of ids. Times in ms."""

    service: str
    unit: str
    records: list[Any]
    sent_at: int | None
    ids: KeptIds = ALL_KEPT
    madonvi: str = ""

    @property
    def kept_unit(self) -> str:
        """What is kept of the name of a unit."""
        return self.ids.kept(self.unit)

    def read(
        self,
        now: int,
        numbers: Iterator[int],
        made: Callable[[str], int] | None = None,
        names: NameAdmission | None = None,
        steps: KnownSteps | None = None,
    ) -> Batch:
        """Events of all records that can be taken. ``now`` (ms): when the payload came;
        ``numbers``: the sender's sequence, one for each record. ``made``: dossier id to when the
        sender made the record (ms), if that does not say so; None: when it came. ``names``:
        which names may pass; None: all. ``steps``: those that progress may name."""
        batch = Batch()
        kept = self.kept_unit
        unit = Named(kept, kept) if names is None else passing("unit", self.unit, names)
        # As an id if that says nothing: it stays the same once reference data knows the name.
        sender = kept if self.ids.hashing and kept.isascii() else unit.text
        reader: Callable[..., tuple[AnyDossierEvent, list[str]]] = read_dossier
        if self.service == PROGRESS:
            reader = partial(read_progress, steps=steps)
        for index, record in enumerate(self.records):
            try:
                if not isinstance(record, dict):
                    raise FieldRefusal("the record is no object")
                own = Fields(record).date("ThoiDiemDongBo", now)
                said = own or self.sent_at
                if said is None:
                    said = now if made is None else made(_dossier(record, self.ids))
                sent_at = min(now, said)
                event, unread = reader(
                    record,
                    unit=unit,
                    now=now,
                    sent_at=sent_at,
                    seq=next(numbers),
                    source=f"portal:{sender}",
                    names=names,
                    ids=self.ids,
                )
            except FieldRefusal as refusal:
                batch.refused.append(
                    RefusedPayload(index, _dossier(record, self.ids), str(refusal))
                )
                continue
            if self.madonvi:
                event = msgspec.structs.replace(event, madonvi=self.madonvi)
            batch.events.append(event)
            if isinstance(event, Snapshot):
                described, odd = describe(record, event, self.ids)
                unread = [*unread, *odd]
                if described is not None:
                    batch.traits.append((index, described))
            batch.unread += [(index, event.dossier_id, name) for name in unread]
        return batch


def read_envelope(
    body: bytes, service: str | None = None, unit: str = "", ids: KeptIds = ALL_KEPT
) -> PortalEnvelope:
    """Raises EnvelopeError. ``service``: by the address, if it is known; else the envelope says.
    ``unit``: for an envelope without madonvi. ``ids``: what is kept of ids."""
    content = decoded(body)
    if not isinstance(content, dict):
        raise EnvelopeError("The payload is no object {session, madonvi, service, data}.")
    fields = Fields(content)
    said = fields.short("service")
    named = _BY_NAME.get(said.lower())
    if service is None and named is None:
        raise EnvelopeError(f"service must be {DOSSIERS} or {PROGRESS}.")
    if service is not None and said and named != service:
        raise EnvelopeError(f"service is another one than this address takes: {service}.")
    try:
        if sent := fields.text("madonvi") or unit:
            id_of(sent, "madonvi", ids)
            unit = ALL_KEPT.kept(sent)  # a sender's key names it as it is sent
        sent_at = fields.date("ThoiDiemDongBo")
    except FieldRefusal as refusal:
        raise EnvelopeError(f"{refusal}.") from None
    if not unit:
        raise EnvelopeError("madonvi is empty; the envelope needs the code of the sending unit.")
    return PortalEnvelope(service or named or "", unit, _records(fields.get("data")), sent_at, ids)


def _records(data: Any) -> list[Any]:
    """An array; one object counts as an array of one, and JSON inside a text is opened."""
    if isinstance(data, str):
        try:
            data = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise EnvelopeError("data is a text, but no JSON.") from None
    if isinstance(data, dict):
        data = [data]
    if not isinstance(data, list) or not data:
        raise EnvelopeError("data must be an array with at least one record.")
    if len(data) > MAX_RECORDS:
        raise EnvelopeError(f"data has {len(data)} records, at most {MAX_RECORDS} are taken.")
    return data


def _dossier(record: Any, ids: KeptIds) -> str:
    """What is kept of its id, for the answer."""
    try:
        return Fields(record, ids=ids).dossier_id() if isinstance(record, dict) else ""
    except FieldRefusal:
        return ""
