"""Freezing a month, and freezing it anew to correct what was published."""

from __future__ import annotations

from api.late_list.asking import StepAsked
from api.late_list.explaining import kept_text
from api.late_list.places import acting_as, refuse_moved
from api.late_list.sight import edition_of
from api.publications.desk import WrittenRecord
from api.publications.errors import LateListError
from api.publications.freezing import FreezeRequest
from api.viewer import Viewer
from dossiers.wire.publications import month_and_scope


async def freeze(viewer: Viewer, month: str, scope: str, request: str) -> WrittenRecord:
    """The first edition. Raises LateListError; 202 while it takes longer than an answer may."""
    capacity = acting_as(viewer, ("reform_office",))
    asked = FreezeRequest(month, scope, viewer.principal.person, capacity, request)
    return await viewer.live.publishing.freezing.freeze(asked)


async def correct(viewer: Viewer, asked: StepAsked, why: str) -> WrittenRecord:
    """The next edition. Raises LateListError; 202 while it takes longer than an answer may."""
    capacity = acting_as(viewer, ("reform_office",))
    edition = edition_of(viewer, asked.list)
    published = edition.published
    known = viewer.live.publications.made_by(viewer.principal.person, asked.request)
    if known is None:
        if published is None:
            raise LateListError(409, "not_published", "The list has not been published.")
        refuse_moved(edition, asked.seen, None)
    reason = await kept_text(viewer, asked, why)
    if not reason:
        raise LateListError(422, "text_missing", "text: say why it is corrected.")
    month, scope = month_and_scope(asked.list)
    return await viewer.live.publishing.freezing.freeze(
        FreezeRequest(
            month,
            scope,
            viewer.principal.person,
            capacity,
            asked.request,
            edition.number + 1,
            published.hash if published is not None else "",
            reason,
        )
    )
