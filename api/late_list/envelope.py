"""What a document has on paper around its list: what is typed, and what the settings say."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

import msgspec

from api.publications.errors import LateListError
from api.viewer import Viewer
from dossiers.wire.late_lists import Envelope


@dataclass(frozen=True)
class EnvelopeAsked:
    """What is typed for a document; "" and () are as the settings say. ``dated``: ISO date."""

    document_no: str
    dated: str
    place: str = ""
    signer_title: tuple[str, ...] = ()
    signer: str = ""


def agency_of(viewer: Viewer) -> tuple[str, ...]:
    """Who publishes; where the settings name nobody ("") it is whoever the reference data is of."""
    lines = viewer.live.publication_desk.lists.policy.agency
    title = viewer.view.reference.title
    return tuple(filter(None, (line or title for line in lines)))


def envelope_of(viewer: Viewer, wanted: EnvelopeAsked) -> Envelope:
    """Raises LateListError for what no document has."""
    policy = viewer.live.publication_desk.lists.policy
    number = wanted.document_no.strip()
    if not number or number.startswith("/"):  # the code alone, as the form offers it
        raise LateListError(422, "document_no", "document_no: the number of the document.")
    if not _is_date(wanted.dated):
        raise LateListError(422, "dated", "dated: a day, such as 2026-11-12.")
    if not all(map(_is_printed, (number, wanted.place, wanted.signer, *wanted.signer_title))):
        raise LateListError(422, "text_unprintable", "Something in it is not printed.")
    agency = agency_of(viewer)
    made = Envelope(
        agency=agency,
        issuer=agency[-1] if agency else "",
        document_no=number,
        place=wanted.place.strip() or policy.place,
        dated=wanted.dated,
        signer_title=wanted.signer_title or policy.signer_title,
        signer=wanted.signer.strip() or policy.signer,
        recipients=policy.recipients,
        address=policy.address,
    )
    try:
        return msgspec.convert(msgspec.to_builtins(made), Envelope)
    except msgspec.ValidationError as error:
        raise LateListError(422, "unfit", f"A document cannot hold this: {error}.") from error


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_printed(text: str) -> bool:
    return not any(unicodedata.category(each) in ("Cc", "Cs", "Co") for each in text)
