"""What those say who are charged: explanations, answers, and what they have to say about a list."""

from __future__ import annotations

import asyncio

from api.access.rules import CHARGED
from api.desk.texts import TextFault, checked
from api.late_list.asking import CaseRemark, StepAsked
from api.late_list.attaching import Upload, check_seal, taken
from api.late_list.places import acting_as, step
from api.late_list.sight import edition_of, seen_cases
from api.publications.desk import WrittenRecord
from api.publications.errors import LateListError
from api.viewer import Viewer
from dossiers.wire.publications import Attachment, Capacity, Case, Explained, Replied

_CHARGED: tuple[Capacity, ...] = ("officer", "supervisor")


async def explain(viewer: Viewer, asked: StepAsked, said: CaseRemark) -> WrittenRecord:
    """Say why. Raises LateListError."""
    capacity = await _capacity(viewer, asked, said.cases)
    files = _files(viewer, said)
    text = await kept_text(viewer, asked, said.text)
    fields = {"cases": said.cases, "reason": said.reason, "text": text, "files": files}
    return await step(viewer, asked, Explained, capacity, fields, said.cases)


async def reply(viewer: Viewer, asked: StepAsked, said: CaseRemark) -> WrittenRecord:
    """Answer the reviewer, or say something about what is to be published. Raises LateListError."""
    capacity = await _capacity(viewer, asked, said.cases)
    files = _files(viewer, said)
    text = await kept_text(viewer, asked, said.text)
    if not text:
        raise LateListError(422, "text_missing", "text: say it in words.")
    fields = {"cases": said.cases, "text": text, "files": files}
    return await step(viewer, asked, Replied, capacity, fields, said.cases)


async def attach(viewer: Viewer, content: bytes) -> Upload:
    """Keep a file that whoever asks is going to attach. Raises LateListError."""
    acting_as(viewer, _CHARGED)
    return await taken(viewer.live.publication_desk.lists, viewer.principal.person, content)


async def kept_text(viewer: Viewer, asked: StepAsked, typed: str) -> str:
    """The SHA-256 of a text, "" without one. Raises LateListError."""
    lists = viewer.live.publication_desk.lists
    try:
        text = checked(typed)
    except TextFault as fault:
        raise LateListError(422, f"text_{fault.code}", str(fault)) from None
    if not text:
        return ""
    sealed = f"publications\n{asked.list}\n{viewer.principal.person}\n{asked.request}"
    try:
        return await asyncio.to_thread(lists.texts.put, text, sealed)
    except OSError as error:
        raise LateListError(503, "disk", "The text cannot be kept now: try again.") from error


async def _capacity(viewer: Viewer, asked: StepAsked, cases: tuple[Case, ...]) -> Capacity:
    """As what somebody speaks of these cases: of all of them in one capacity."""
    acting_as(viewer, _CHARGED)
    seen = await seen_cases(viewer, edition_of(viewer, asked.list), CHARGED)
    if not all(seen.sees(case) for case in cases):
        raise LateListError(403, "not_yours", "Only what is charged to you or your units is yours.")
    who = viewer.principal
    own = "officer" in who.roles and all(case.officer == who.officer for case in cases)
    if not own and not all(case.unit in seen.units for case in cases):
        raise LateListError(422, "mixed", "Name your own cases, or those of your units, at a time.")
    return "officer" if own else "supervisor"


def _files(viewer: Viewer, said: CaseRemark) -> tuple[Attachment, ...]:
    key, person = viewer.live.publication_desk.lists.key, viewer.principal.person
    for each in said.files:
        check_seal(key, person, each.file, each.seal)
    return tuple(each.file for each in said.files)
