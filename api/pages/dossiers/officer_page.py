"""The page of an officer: the own dossiers by urgency, and the own indicators beside others'."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.access.principal import PEOPLE
from api.asked import Language
from api.insight.filters import Filter
from api.insight.late_counts import charged_filter
from api.insight.listed_counts import listed_counts
from api.insight.live_fields import filter_of
from api.insight.similar_officers import Compared, compared, lateness_of
from api.live.rates import on_time_of
from api.pages.dossiers.access import officer_page as officer_path
from api.pages.dossiers.access import opens_officer, unit_link
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.indicators import Indicators, incomplete_of, indicators_of
from api.pages.dossiers.late_entries import officer_entries
from api.pages.dossiers.officer_open import open_dossiers
from api.pages.error_page import ERROR_PAGES, HTML, error_page
from api.pages.parts.controls import Download, PageHead
from api.pages.parts.figure import FigureTile, help_of
from api.pages.parts.limits import limit_hours
from api.pages.parts.marks import Link, LiveBinding, Shape, Tone
from api.pages.parts.states import Blocked
from api.pages.rendering import Lang, calendar_in_use, render
from api.pages.words import Words, words_of
from api.ports import StoreAway
from api.problems import WHY
from api.viewer import LoadedViewer, Viewer
from dossiers.wire.keys import officer_scope
from dossiers.wire.reference import Officer

router = APIRouter(tags=["pages"])


@router.get(
    "/officers/{officer:path}",
    summary="Page: an officer's dossiers and indicators",
    response_class=HTMLResponse,
    responses={
        **HTML,
        **ERROR_PAGES,
        403: {"description": f"{WHY[403]}; as a page", "content": {"text/html": {}}},
    },
)
async def officer_page(
    viewer: LoadedViewer,
    officer: str,
    lang: Lang,
    procedure: Annotated[
        str, Query(max_length=200, description="of the open dossiers only those of this one")
    ] = "",
) -> HTMLResponse:
    """What is due next, and how it goes, for the officer, the superior and the reform office."""
    words = words_of(lang)
    if not opens_officer(viewer)(officer):
        return _not_for_you(viewer, lang)
    if not viewer.live.knows("officer", officer):
        return error_page(viewer, lang, 404, "no_officer", officer=officer)
    say = Written(words, calendar_in_use(viewer))
    person = next((o for o in viewer.view.reference.officers if o.id == officer), None)
    unit = person.unit if person is not None else ""
    window = on_time_of(viewer.view, officer_scope(officer)).window
    try:
        held, found, tiles = await asyncio.gather(
            open_dossiers(viewer, officer, procedure, officer_path(officer), say),
            compared(officer, unit, viewer, window),
            _tiles(viewer, officer, words),
        )
        indicators = await _indicators(found, officer, viewer, say)
    except StoreAway:
        return error_page(viewer, lang, 503, "officer_away")
    return render(
        "officer.html", viewer, lang, active="dossiers", unit_id=unit,
        head=_head(viewer, officer, person, held.files, words), held=held, tiles=tiles,
        indicators=indicators, lists=await officer_entries(viewer, officer, say),
    )  # fmt: skip


async def _indicators(found: Compared, officer: str, viewer: Viewer, say: Written) -> Indicators:
    """With links to those lists alone that have as many rows for this reader."""
    lates = lateness_of(officer, found.window).values()
    mine = Filter(officer=officer, window=found.window)
    wanted = [
        mine.with_(what="judged"), mine.with_(what="finished"), incomplete_of(mine),
        charged_filter(Filter(), officer, found.window), *lates,
    ]  # fmt: skip
    listed = dict(zip(wanted, await listed_counts(wanted, viewer), strict=True))
    rules = viewer.view.context.rules

    def lists(filter_: Filter, number: int) -> str:
        return filter_.url() if number and listed.get(filter_) == number else ""

    return indicators_of(found, officer, rules, say, lists)


def _head(
    viewer: Viewer,
    id_: str,
    person: Officer | None,
    files: tuple[Download, ...],
    words: Words,
) -> PageHead:
    labels = viewer.labels
    trail = []
    if person is not None and person.unit:
        trail.append(Link(labels.unit(person.unit), unit_link(viewer, person.unit)))
    return PageHead(
        title=labels.officer(id_) or words("officer_hidden"),
        trail=tuple(trail),
        sub=person.position if person is not None else "",
        downloads=files,
    )


_TILES: tuple[tuple[str, Tone, Shape], ...] = (
    ("open", "neutral", ""),
    ("due_soon", "soon", "soon"),
    ("overdue", "late", "overdue"),
    ("suspended", "neutral", "waiting"),
)


def _not_for_you(viewer: Viewer, lang: Language) -> HTMLResponse:
    """Who may see it, and who asks. Whether there is such an officer is not said."""
    words, who = words_of(lang), viewer.principal
    roles = ", ".join(words(f"role_{role}") for role in PEOPLE if role in who.roles)
    mine = Link(words("officer_mine"), officer_path(who.officer)) if who.officer else None
    it = Blocked(
        words("officer_blocked"), words("officer_blocked_text"),
        words("officer_blocked_who", roles=roles or words("role_public")), mine,
    )  # fmt: skip
    return render("officer_blocked.html", viewer, lang, 403, it=it)


async def _tiles(viewer: Viewer, officer: str, words: Words) -> tuple[FigureTile, ...]:
    """Figures in hand, each with its list: those of the stream, or what of these the reader may
    list. Raises StoreAway."""
    scope, view = officer_scope(officer), viewer.view
    filters = [filter_of(f, officer=officer, all_time=view.all_time) for f, _, _ in _TILES]
    live = [view.value(scope, field) for field, _, _ in _TILES]
    whole = viewer.reach.whole or viewer.reach.officer == officer
    listed = live if whole else await listed_counts(filters, viewer)
    found = []
    for (field, tone, shape), filter_, all_, value in zip(
        _TILES, filters, live, listed, strict=True
    ):
        found.append(
            FigureTile(
                words(f"officer_has_{field}"),
                words.number(value),
                tone=tone if value else "neutral",
                shape=shape if value else "",
                notes=() if value == all_ else (words("officer_elsewhere"),),
                href=filter_.url(),
                help=help_of(
                    words,
                    field if field != "suspended" else "officer_suspended",
                    hours=limit_hours(field, view.reference.rules),
                ),
                live=LiveBinding(scope, field) if value == all_ else None,
            )
        )
    return tuple(found)
