"""Plain events, for senders that know what has happened: ``{"events": [...]}``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from dossiers.reference.known_names import NameKind
from dossiers.text.identity import identity
from dossiers.text.kept_ids import ALL_KEPT, KeptIds
from dossiers.time.day_table import EARLIEST, LATEST
from dossiers.time.hours import DAY
from dossiers.wire.events import AnyDossierEvent, Described, SentEvent, Snapshot
from dossiers.wire.facts import MAX_LIMIT, Content
from dossiers.wire.traits import Traits
from sources.person_numbers import NUMBER
from sources.portal.envelope import MAX_RECORDS, Batch, RefusedPayload
from sources.portal.fields import (
    MAX_CODE,
    MAX_NAME,
    MAX_TEXT,
    FieldRefusal,
    id_of,
    may_be_anybodys,
)
from sources.portal.json_body import EnvelopeError, decoded
from sources.portal.name_admission import NameAdmission
from sources.trait_codes import is_trait_code

_IDS = ("event_id", "dossier_id", "target")
_NAMES: dict[str, NameKind] = {
    "unit": "unit",
    "officer": "officer",
    "responsible": "officer",
    "step": "step",
    "procedure": "procedure",
    "officer_name": "officer",
}
_TIMES = (
    "occurred_at", "received_at", "due_at", "dossier_received_at", "began_at", "step_due_at",
)  # fmt: skip
_STATUSES = {
    "suspended": ((5, 6, 8), "5, 6 or 8: no other status stops the clock"),
    "finished": ((9, 10), "9 or 10: no other status ends a dossier so"),
}
# A type is told from a value by msgspec's words; the value itself is never among them.
_SAFE = re.compile(r"^[A-Za-z0-9 `$.,\[\]_|<>=-]*$")


def read_events(
    body: bytes,
    sender: str,
    now: int,
    numbers: Iterator[int],
    units: Collection[str] = (),
    names: NameAdmission | None = None,
    ids: KeptIds = ALL_KEPT,
) -> Batch:
    """Raises EnvelopeError. ``received_at`` is ``now`` and ``source`` the sender's name, whatever
    the events say: neither can be borrowed. ``units``: the only ones that may be named; empty: all.
    Every event is stamped with the madonvi that was checked so: one of ``units`` that it names
    itself, else its unit; "" if the sender has none. ``names``: which names may pass; None: all.
    ``ids``: what is kept of ids. ``now``: ms.
    """
    content = decoded(body)
    items = content.get("events") if isinstance(content, dict) else content
    if not isinstance(items, list) or not items:
        raise EnvelopeError('The payload is no object {"events": [...]} with at least one event.')
    if len(items) > MAX_RECORDS:
        raise EnvelopeError(f"events has {len(items)} entries, at most {MAX_RECORDS} are taken.")
    batch = Batch()
    for index, item in enumerate(items):
        try:
            event = _event(item, sender, now, next(numbers), names, ids)
            if units and event.unit not in units:
                raise FieldRefusal("unit is none that this sender may send for")
            madonvi = ""
            if units:
                madonvi = ids.kept(event.madonvi if event.madonvi in units else event.unit)
            passed = {} if names is None else _passed(event, names)
            batch.events.append(msgspec.structs.replace(event, madonvi=madonvi, **passed))
        except FieldRefusal as refusal:
            batch.refused.append(RefusedPayload(index, "", str(refusal)))
    return batch


def _event(
    item: Any, sender: str, now: int, seq: int, names: NameAdmission | None, ids: KeptIds
) -> AnyDossierEvent:
    if not isinstance(item, dict):
        raise FieldRefusal("the event is no object")
    own: dict[str, Any] = {"received_at": now, "source": sender, "source_seq": seq}
    named = item.get("madonvi")
    own["madonvi"] = named if isinstance(named, str) else ""  # the caller looks whether it may
    given = item.get("source_seq")
    if isinstance(given, int) and 0 <= given < 2**63:
        own["source_seq"] = given
    _check_status(item)
    try:
        event: AnyDossierEvent = msgspec.convert({**item, **own}, SentEvent)
    except msgspec.ValidationError as error:
        said = str(error)
        raise FieldRefusal(
            said if _SAFE.match(said) else "is no event: see the API's document"
        ) from None
    event = _in_identity(event, names, ids)
    for name in _TIMES:
        _check_time(name, getattr(event, name, None))
    if event.occurred_at > now + DAY:
        raise FieldRefusal("occurred_at lies more than a day ahead; check the sender's clock")
    limit = getattr(event, "limit", None)
    if limit is not None and not 0 <= limit.amount <= MAX_LIMIT:
        raise FieldRefusal(f"limit.amount is not 0 to {MAX_LIMIT}")
    shown = getattr(event, "content", None)
    if isinstance(shown, Content):
        _check_content(shown, names, ids)
        if shown.supplements:
            event = msgspec.structs.replace(event, content=_with_kept_ids(shown, ids))
    if isinstance(event, Described):
        _check_traits(event.traits)
    return event


def _check_status(item: dict[Any, Any]) -> None:
    """In words of our own: those of a library would repeat what was sent."""
    kind, status = item.get("kind"), item.get("status")
    if status is None or not isinstance(kind, str) or kind not in _STATUSES:
        return
    known, why = _STATUSES[kind]
    if isinstance(status, bool) or not isinstance(status, int) or status not in known:
        raise FieldRefusal(f"status of {kind} is not {why}")


def _with_kept_ids(content: Content, ids: KeptIds) -> Content:
    """The same with what is kept of the ids of its supplements. Raises FieldRefusal."""
    kept = tuple(
        msgspec.structs.replace(each, id=id_of(each.id, "content.supplements.id", ids))
        for each in content.supplements
    )
    return msgspec.structs.replace(content, supplements=kept)


def _in_identity(
    event: AnyDossierEvent, names: NameAdmission | None, ids: KeptIds
) -> AnyDossierEvent:
    """The event with names in their identity form and what is kept of ids. Raises FieldRefusal."""
    texts: dict[str, str] = {}
    for name in _IDS:
        given: str | None = getattr(event, name, None)
        if given is not None:
            texts[name] = id_of(given, name, ids)
    for name, kind in _NAMES.items():
        given = getattr(event, name, "")
        text = identity(given) if len(given) <= MAX_TEXT else given
        if len(text) > MAX_NAME or not text.isprintable() or may_be_anybodys(kind, text, names):
            raise FieldRefusal(
                f"{name} holds what may be a person's number or address, or is too long"
            )
        texts[name] = text
    changed = {name: text for name, text in texts.items() if text != getattr(event, name, "")}
    return msgspec.structs.replace(event, **changed) if changed else event


def _passed(event: AnyDossierEvent, names: NameAdmission) -> dict[str, Any]:
    """Fields of which something else travels on than stands in them."""
    found: dict[str, Any] = {}
    for name, kind in _NAMES.items():
        text = getattr(event, name, "")
        passed = names.passed(kind, text, codes=name != "officer_name")
        if passed != text:
            found[name] = passed
    if isinstance(event, Snapshot) and (text := event.content.procedure):
        passed = names.passed("procedure", text)
        if passed != text:
            found["content"] = msgspec.structs.replace(event.content, procedure=passed)
    return found


def _check_time(name: str, at: int | None) -> None:
    if at is not None and not EARLIEST <= at < LATEST:
        raise FieldRefusal(
            f"{name} is outside the years 2000 to 2068; times are epoch milliseconds"
        )


def _check_content(content: Content, names: NameAdmission | None, ids: KeptIds) -> None:
    if content.status is not None and not 1 <= content.status <= 10:
        raise FieldRefusal("content.status is not 1 to 10")
    if not 0 <= content.channel <= 99:
        raise FieldRefusal("content.channel is not 0 to 99")
    procedure = content.procedure
    if len(procedure) > MAX_CODE or may_be_anybodys("procedure", procedure, names):
        raise FieldRefusal("content.procedure is no code")
    for name in ("submitted_at", "accepted_at", "due_at", "finished_at", "returned_at",
                 "refused_at"):  # fmt: skip
        _check_time(f"content.{name}", getattr(content, name))
    if len(content.supplements) > 100:
        raise FieldRefusal("content.supplements has more than 100 entries")
    for supplement in content.supplements:
        if not ids.hashing and ("@" in supplement.id or NUMBER.search(supplement.id)):
            raise FieldRefusal("content.supplements.id may be a person's number")
        for name in ("requested_at", "answered_at", "due_before", "due_after"):
            _check_time(f"content.supplements.{name}", getattr(supplement, name))


def _check_traits(traits: Traits) -> None:
    for name in ("databases", "supplement_components"):
        if not all(map(is_trait_code, getattr(traits, name) or ())):
            raise FieldRefusal(f"traits.{name} holds what is no code")
