"""Topic publications: what happened to each month's late list, one record a step, in one chain.

It belongs to the installation, not to a timeline, and is kept for ever. Every record carries the
hash of the one before it. A record whose predecessor is not the head, or that the rules refuse
(dossiers.publication), is void for every reader: it stands in the topic and means nothing. No
record holds a name or a text: those are files, by their SHA-256.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from dossiers.text.ids import MAX_ID
from dossiers.wire.acted import Code, Digest, Person
from dossiers.wire.dossier_event import Instant
from dossiers.wire.late_lists import Cut, Sha256
from dossiers.wire.reading import Json, decoder

SYSTEM = "system"
KEY = b"publications"  # of every record
SCOPED = "~"  # between month and unit in a list's id
MOST_CASES = 500  # in one record
MOST_FILES = 5  # of one case
MOST_FILE_BYTES = 10 * 2**20
ListId = Annotated[
    str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}(~[^\s~]{1,200})?$(?!\n)", max_length=210)
]
OneId = Annotated[str, msgspec.Meta(max_length=MAX_ID)]
Capacity = Literal["officer", "supervisor", "reform_office", "leader", "system"]
Media = Literal["application/pdf", "image/jpeg", "image/png"]


class Case(msgspec.Struct, frozen=True, array_like=True):
    """What one explains: a dossier, and who is charged. ``officer``: "" for the unit itself."""

    dossier: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID)]
    unit: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID)]
    officer: OneId = ""


Cases = Annotated[tuple[Case, ...], msgspec.Meta(max_length=MOST_CASES)]


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that somebody sent along. ``sha256`` names it among the texts."""

    sha256: Sha256
    media: Media
    size: Annotated[int, msgspec.Meta(ge=1, le=MOST_FILE_BYTES)]


Attachments = Annotated[tuple[Attachment, ...], msgspec.Meta(max_length=MOST_FILES)]


class PublishedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the publication, as it is downloaded. ``name``: of the file, such as
    danh-sach-tre-han-2026-10.pdf."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$(?!\n)")]
    media: Annotated[str, msgspec.Meta(max_length=100)]
    sha256: Sha256
    size: Annotated[int, msgspec.Meta(ge=1, lt=2**33)]


Files = Annotated[tuple[PublishedFile, ...], msgspec.Meta(max_length=200)]


class Publication(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What all records have. ``number``: of the record in the chain, from 1. ``before``: SHA-256 of
    the predecessor's bytes, "" for the first. ``request``: of the request that made it, the same if
    it is sent again. ``list``, ``edition``: which list; ``at``: data time as it was shown,
    ``written_at``: real time, both ms. ``by``: who; ``capacity``: as what, as the API judged it."""

    number: Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
    before: Digest
    request: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    list: ListId
    edition: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    at: Instant
    written_at: Instant
    by: Person
    capacity: Capacity


class Frozen(Publication, frozen=True, kw_only=True, tag="frozen"):
    """A month is frozen, or (``edition`` 2 and up) frozen anew to correct what was published.

    ``core``, ``rows``, ``sheet``, ``secret``: SHA-256 of the files (wire.late_lists). ``total``,
    ``late``: as in the core. ``explain_until``, ``review_until``, ``publish_until`` (ms): deadlines
    in working time. ``cites``: hash of the record that published what this corrects; ``reason``:
    why, a text's SHA-256.
    """

    timeline: Annotated[str, msgspec.Meta(max_length=100)]
    simulation: bool
    cut: Cut
    watermark: Instant
    core: Sha256
    rows: Sha256
    sheet: Sha256
    secret: Sha256
    total: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
    late: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
    explain_until: Instant
    review_until: Instant
    publish_until: Instant
    cites: Digest = ""
    reason: Digest = ""


class Explained(Publication, frozen=True, kw_only=True, tag="explained"):
    """Somebody charged, or a supervisor of the unit, says why. ``reason``: a code of
    dossiers.publication.reasons, which says whom it would relieve. It takes the place of what was
    said about the same cases before; files add up."""

    cases: Cases
    reason: Code
    text: Digest = ""
    files: Attachments = ()


class Asked(Publication, frozen=True, kw_only=True, tag="asked"):
    """The reviewer asks back."""

    cases: Cases
    text: Sha256


class Replied(Publication, frozen=True, kw_only=True, tag="replied"):
    """An answer, or what somebody named has to say about what is about to be published."""

    cases: Cases
    text: Sha256
    files: Attachments = ()


class Decided(Publication, frozen=True, kw_only=True, tag="decided"):
    """The review of explained cases; the last decision about a case counts until the list is
    submitted. ``reason``: code by which the accepted ones are relieved. ``text``: printed in the
    annex."""

    accepted: Cases
    rejected: Cases
    reason: Code
    text: Digest = ""


class ListSubmitted(Publication, frozen=True, kw_only=True, tag="submitted"):
    """The review is closed. ``core``, ``rows``, ``sheet``: of the list that follows from it."""

    core: Sha256
    rows: Sha256
    sheet: Digest


class Returned(Publication, frozen=True, kw_only=True, tag="returned"):
    """Sent back to the review by whoever should approve it."""

    text: Sha256


class Approved(Publication, frozen=True, kw_only=True, tag="approved"):
    """``frozen``, ``core``: of the frozen core and of the list's; both as they were submitted."""

    frozen: Sha256
    core: Sha256


class Published(Publication, frozen=True, kw_only=True, tag="published"):
    """``envelope``: SHA-256 of the file with the document's number, date and signer.
    ``document_no``, ``dated`` (ISO date): as printed. ``files``: everything that is offered."""

    core: Sha256
    envelope: Sha256
    document_no: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    dated: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)")]
    files: Files


class Signed(Publication, frozen=True, kw_only=True, tag="signed"):
    """The published PDF came back signed. ``of``: name of the file that it begins with;
    ``certificate``: SHA-256 of the signer's; ``trusted``: it leads to a root that the installation
    knows."""

    file: PublishedFile
    of: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    certificate: Sha256
    trusted: bool


class Reduced(Publication, frozen=True, kw_only=True, tag="reduced"):
    """Names have had their time. ``cites``: hash of the record that published them; ``core``,
    ``rows``: of the reduced list; ``erased``: the files that are no more."""

    cites: Sha256
    core: Sha256
    rows: Sha256
    files: Files
    erased: Annotated[tuple[Sha256, ...], msgspec.Meta(max_length=1_000)]


AnyPublication = (
    Frozen | Explained | Asked | Replied | Decided | ListSubmitted | Returned | Approved | Published
    | Signed | Reduced
)  # fmt: skip
read_publication: Callable[[Json], AnyPublication] = decoder(AnyPublication)  # type: ignore[arg-type]
"""A record of the topic; raises as every decoder does."""


def list_id(month: str, scope: str = "") -> str:
    """Of a month (YYYY-MM), and of a unit if it is not the whole."""
    return f"{month}{SCOPED}{scope}" if scope else month


def is_list_id(id_: str) -> bool:
    """Whether a record can name a list so."""
    try:
        msgspec.convert(id_, ListId)
    except msgspec.ValidationError:
        return False
    return True


def month_and_scope(id_: str) -> tuple[str, str]:
    """What ``list_id`` was made of."""
    month, _, scope = id_.partition(SCOPED)
    return month, scope
