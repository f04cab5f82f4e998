"""Attached files, for those who see a case that they are attached to."""

from __future__ import annotations

from api.late_list.sight import seen_cases
from api.publications.errors import LateListError, missing
from api.viewer import Viewer
from dossiers.wire.publications import Attachment


async def attached_file(viewer: Viewer, sha256: str) -> tuple[Attachment, bytes]:
    """What it is, and its content. Raises LateListError; a file that somebody may not see is as
    one that nobody attached."""
    for edition, case, file in viewer.live.publications.attached(sha256):
        try:
            seen = await seen_cases(viewer, edition)
        except LateListError:
            continue
        if seen.sees(case):
            content = await viewer.live.shelf.content(sha256)
            if content is None:
                raise LateListError(410, "erased", "This file was erased.")
            return file, content
    raise missing()
