"""From the review to what is public: submit, send back, approve, publish, sign."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from api.late_list.asking import StepAsked
from api.late_list.envelope import EnvelopeAsked, agency_of, envelope_of
from api.late_list.explaining import kept_text
from api.late_list.places import acting_as, refuse_moved, step
from api.late_list.sight import edition_of, sees_whole
from api.publications.desk import WrittenRecord
from api.publications.errors import LateListError, missing
from api.publications.ports import WorkFailed
from api.viewer import Viewer
from dossiers.publication.editions import Edition
from dossiers.publication.parts import too_early
from dossiers.text.canonical import canonical_json
from dossiers.wire.late_lists import Envelope
from dossiers.wire.publications import (
    AnyPublication,
    Approved,
    Capacity,
    ListSubmitted,
    Published,
    PublishedFile,
    Reduced,
    Returned,
    Signed,
)

_SIGNERS: tuple[Capacity, ...] = ("leader", "reform_office")


async def submit(viewer: Viewer, asked: StepAsked) -> WrittenRecord:
    """Close the review: make the list of what is frozen and decided. Raises LateListError; 202
    while it takes longer than an answer may."""
    capacity = acting_as(viewer, ("reform_office",))
    if known := _known(viewer, asked, ListSubmitted):
        return known
    edition = _unmoved(viewer, asked)
    if edition.submitted is not None:
        raise LateListError(409, "closed", "The list is past this step.")
    if too_early(edition, viewer.live.view.watermark or 0):
        raise LateListError(409, "too_early", "There is still time to explain: submit it after.")
    if next(edition.pending(), None) is not None:
        raise LateListError(409, "undecided", "Explanations wait for a decision.")

    async def work() -> WrittenRecord:
        made = await viewer.live.publishing.lister.list_of(edition)
        fields = {"core": made.core, "rows": made.rows, "sheet": made.sheet}
        return await step(viewer, asked, ListSubmitted, capacity, fields)

    return await _worked(viewer, asked, "submit", work)


async def send_back(viewer: Viewer, asked: StepAsked, typed: str) -> WrittenRecord:
    """To the review, with a reason. Raises LateListError."""
    capacity = acting_as(viewer, _SIGNERS)
    text = await kept_text(viewer, asked, typed)
    if not text:
        raise LateListError(422, "text_missing", "text: say why it is sent back.")
    return await step(viewer, asked, Returned, capacity, {"text": text})


async def approve(viewer: Viewer, asked: StepAsked) -> WrittenRecord:
    """The list as it was submitted. Raises LateListError."""
    capacity = acting_as(viewer, _SIGNERS)
    if known := _known(viewer, asked, Approved):
        return known
    edition = _unmoved(viewer, asked)
    if edition.submitted is None:
        raise LateListError(409, "not_submitted", "The list has not been submitted.")
    fields = {"frozen": edition.frozen.record.core, "core": edition.submitted.record.core}
    return await step(viewer, asked, Approved, capacity, fields)


async def publish(viewer: Viewer, asked: StepAsked, wanted: EnvelopeAsked) -> WrittenRecord:
    """Make the documents, and let everybody have them. Raises LateListError; 202 while it takes
    longer than an answer may."""
    capacity = acting_as(viewer, _SIGNERS)
    if known := _known(viewer, asked, Published):
        return known
    edition = _unmoved(viewer, asked)
    if edition.published is not None:
        raise LateListError(409, "closed", "The list is past this step.")
    if edition.approved is None:
        raise LateListError(409, "not_approved", "The list has not been approved.")
    envelope = envelope_of(viewer, wanted)

    async def work() -> WrittenRecord:
        content = canonical_json(envelope)
        digest = await asyncio.to_thread(viewer.live.publication_desk.lists.blobs.put, content)
        files = await viewer.live.publishing.papers.published(edition, envelope)
        fields = {
            "core": edition.approved.record.core if edition.approved is not None else "",
            "envelope": digest, "document_no": envelope.document_no, "dated": envelope.dated,
            "files": files,
        }  # fmt: skip
        return await step(viewer, asked, Published, capacity, fields)

    return await _worked(viewer, asked, "publish", work)


async def sign(viewer: Viewer, asked: StepAsked, of: str, content: bytes) -> WrittenRecord:
    """Attach the published PDF with its signature. Raises LateListError."""
    capacity = acting_as(viewer, _SIGNERS)
    if known := _known(viewer, asked, Signed):
        return known
    published = _published_pdf(_unmoved(viewer, asked), of)
    before = await viewer.live.shelf.content(published.sha256)
    lists = viewer.live.publication_desk.lists
    if before is None or lists.signatures is None:
        raise LateListError(409, "read_only", "Signed documents cannot be checked here.")
    if len(content) <= len(before) + 1 or content[: len(before) + 1] != before + b"\n":
        raise LateListError(
            422, "not_this_one", "A signed document begins with the bytes of the published one."
        )
    try:
        found = await lists.signatures.check(content, before)
    except WorkFailed as error:
        raise LateListError(error.status, "signature", str(error)) from error
    digest = await asyncio.to_thread(lists.blobs.put, content)
    name = f"{of.removesuffix('.pdf')}-da-ky.pdf"
    file = PublishedFile(name=name, media="application/pdf", sha256=digest, size=len(content))
    fields = {
        "file": file, "of": of, "certificate": found.certificate, "trusted": found.trusted,
    }  # fmt: skip
    return await step(viewer, asked, Signed, capacity, fields)


async def reduce(viewer: Viewer, asked: StepAsked) -> WrittenRecord:
    """Take the names off what is published. Raises LateListError; 202 while it takes longer than
    an answer may."""
    capacity = acting_as(viewer, ("reform_office",))
    if known := _known(viewer, asked, Reduced):
        return known
    edition, person = _unmoved(viewer, asked), viewer.principal.person
    reducing = viewer.live.publishing.reducing

    async def work() -> WrittenRecord:
        return await reducing.reduce(edition, person, capacity, asked.request)

    return await _worked(viewer, asked, "reduce", work)


async def draft(viewer: Viewer, list_: str, ending: str) -> bytes:
    """A document of what would be published by now, marked as a draft; ``ending``: of its name.
    Raises LateListError."""
    if not sees_whole(viewer):
        raise missing()
    policy = viewer.live.publication_desk.lists.policy
    envelope = Envelope(agency=agency_of(viewer), place=policy.place, recipients=policy.recipients)
    try:
        found = await viewer.live.publishing.papers.draft(
            edition_of(viewer, list_), envelope, ending
        )
    except WorkFailed as error:
        raise LateListError(error.status, "not_made", str(error)) from error
    if found is None:
        raise missing()
    return found


def _published_pdf(edition: Edition, of: str) -> PublishedFile:
    if edition.published is None:
        raise LateListError(409, "not_published", "The list has not been published.")
    for file in edition.published.record.files:
        if file.name == of and file.media == "application/pdf":
            return file
    raise LateListError(422, "unknown_file", "of: no such PDF was published.")


def _unmoved(viewer: Viewer, asked: StepAsked) -> Edition:
    edition = edition_of(viewer, asked.list)
    refuse_moved(edition, asked.seen, None)
    return edition


def _known(viewer: Viewer, asked: StepAsked, kind: type[AnyPublication]) -> WrittenRecord | None:
    """What the same request has done before: sent again, it comes late and changes nothing."""
    person = viewer.principal.person
    return viewer.live.publication_desk.done(person, asked.request, asked.list, kind)


async def _worked(
    viewer: Viewer, asked: StepAsked, name: str, work: Callable[[], Awaitable[WrittenRecord]]
) -> WrittenRecord:
    """One such work for a list at a time; of several requests the first one's is done."""
    patience = viewer.live.publication_desk.lists.patience
    try:
        found = await viewer.live.publishing.works.join(f"{name} {asked.list}", work, patience)
    except WorkFailed as error:
        raise LateListError(error.status, "not_made", str(error)) from error
    except OSError as error:
        raise LateListError(503, "disk", "Files cannot be kept now: try again.") from error
    assert isinstance(found, WrittenRecord)  # noqa: S101 (what work gives)
    if (found.record.by, found.record.request) != (viewer.principal.person, asked.request):
        number = found.record.number
        raise LateListError(409, "moved", "Another request was first: look again.", number=number)
    return found
