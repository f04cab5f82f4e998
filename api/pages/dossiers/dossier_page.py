"""The page of one dossier: why it counts as it does, who held it, and what comes next."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.insight.filters import Filter
from api.pages.dossiers.access import dossier_page as dossier_link
from api.pages.dossiers.access import opens_officer, unit_link
from api.pages.dossiers.alert_desk import form_about, told_text
from api.pages.dossiers.alert_lives import ALERTS_SQL
from api.pages.dossiers.alert_records import newest_of, with_newest
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.dossier_view import DossierView, view_of
from api.pages.dossiers.late_entries import dossier_entries
from api.pages.dossiers.letter_words import can_apologise
from api.pages.dossiers.list_chips import level_words
from api.pages.dossiers.story import DossierStory, story_of
from api.pages.error_page import ERROR_PAGES, HTML, error_page
from api.pages.parts.controls import PageHead
from api.pages.parts.marks import Link
from api.pages.rendering import Lang, calendar_in_use, render
from api.pages.words import Words, words_of
from api.ports import StoreAway
from api.queries import Row, find_dossier
from api.viewer import LoadedViewer, Viewer

router = APIRouter(tags=["pages"])
Told = Annotated[str, Query(max_length=20, description="what a form that led here did")]


@router.get(
    "/dossiers/{dossier:path}",
    summary="Page: one dossier explained",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def dossier_page(
    viewer: LoadedViewer, dossier: str, lang: Lang, told: Told = ""
) -> HTMLResponse:
    """Its verdict in a sentence, its time line beside whose hours, its due times, alerts, and what
    would have to happen."""
    query, timeline = viewer.live.query, viewer.live.config.timeline
    try:
        row, stored = await asyncio.gather(
            find_dossier(query, timeline, dossier, viewer.scopes()),
            query.rows(ALERTS_SQL, {"id": dossier, "timeline": timeline}),
        )
    except StoreAway:
        return error_page(viewer, lang, 503, "dossier_away")
    if row is None:
        return error_page(viewer, lang, 404, "no_dossier", dossier=dossier)
    say = Written(words_of(lang), calendar_in_use(viewer))
    in_force, labels, href = viewer.view.in_force, viewer.labels, opens_officer(viewer)
    now = max(viewer.view.watermark or 0, row["as_of"])
    alerts = with_newest(stored, viewer.live.book.thread(dossier))

    def view() -> tuple[DossierStory, DossierView]:
        story = story_of(row["id"], row["facts"], now, in_force, labels)
        return story, view_of(story, row["flags"], alerts, say, href, viewer.live.acting)

    # In a thread: a long story takes milliseconds, and the feed must not wait for it.
    story, shown = await asyncio.to_thread(view)
    return render(
        "dossier.html", viewer, lang, active="dossiers", unit_id=row["unit"], it=shown,
        head=_head(viewer, row, say), about=_about(row, story, say),
        desk=form_about(viewer, newest_of(alerts), now, dossier_link(row["id"]), say),
        told=told_text(told, say), letters=_letters(story, words_of(lang)),
        lists=await dossier_entries(viewer, row["id"], say),
        flag_lists={flag.id: Filter(flags=(flag.id,)).url() for flag in shown.flags},
    )  # fmt: skip


def _head(viewer: Viewer, row: Row, say: Written) -> PageHead:
    labels, words = viewer.labels, say.words
    unit = row["unit"]
    trail = [Link(words("dossiers"), Filter().url())]
    if unit in labels.names.units:
        trail.append(Link(labels.unit(unit), unit_link(viewer, unit)))
    return PageHead(title=row["id"], trail=tuple(trail))


def _letters(story: DossierStory, words: Words) -> tuple[Link, ...]:
    """What can be taken along: the control slip, and of one that is open or late the apology."""
    path = quote(story.id, safe="")
    kinds = ["control"] if story.case.holdings else []
    kinds += ["apology"] if can_apologise(story) else []
    return tuple(
        Link(words(f"letter_{kind}_{form}"), f"/letters/{kind}.{form}/{path}")
        for kind in kinds
        for form in ("pdf", "docx")
    )


def _about(row: Row, story: DossierStory, say: Written) -> tuple[Link, ...]:
    """Procedure, field, level and limit: each leads to all dossiers that have it."""
    words, procedure = say.words, story.procedure
    id_ = row["procedure"]
    found = [Link(story.names.labels.procedure(id_), Filter(procedure=id_).url())] if id_ else []
    if procedure is None:
        return tuple(found)
    if procedure.field:
        text = words("about_field", field=procedure.field)
        found.append(Link(text, Filter(field=procedure.field).url()))
    if procedure.level:
        text = level_words(procedure.level, words)
        found.append(Link(text, Filter(level=procedure.level).url()))
    if procedure.same_day:
        found.append(Link(words("about_same_day"), ""))
    elif (limit := procedure.limit) is not None:
        text = words(f"limit_{limit.unit}", n=limit.amount)
        found.append(Link(words("about_limit", limit=text), ""))
    return tuple(found)
