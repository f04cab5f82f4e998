"""One unit: how it stands, what waits around the due line, and where time is lost."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.live.tiles import known_units
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.late_entries import unit_entries
from api.pages.error_page import ERROR_PAGES, HTML, error_page
from api.pages.parts.controls import PageHead
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty, Notice, PartError
from api.pages.rendering import Lang, calendar_in_use, render
from api.pages.units.backlog_bars import backlog_bars
from api.pages.units.filter_form import Narrowing, filter_form
from api.pages.units.officer_table import (
    MOST_SHOWN,
    OfficerOrder,
    ShownOfficers,
    may_name,
    officer_table,
)
from api.pages.units.procedure_table import procedure_table, procedures_of, repeated_of
from api.pages.units.reception_rows import reception_table
from api.pages.units.sections import part
from api.pages.units.silent_sources import silent_notice
from api.pages.units.step_bars import step_bars
from api.pages.units.subject import UnitSubject, downloads_of, unit_path
from api.pages.units.tiles import tiles
from api.pages.units.window_table import window_name, window_table
from api.pages.words import local_time, words_of
from api.viewer import LoadedViewer
from dossiers.wire.keys import unit_scope
from dossiers.wire.reference import Unit

router = APIRouter(tags=["pages"])


@router.get(
    "/units/{unit:path}",
    summary="Page: one unit",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def unit_page(
    viewer: LoadedViewer,
    unit: str,
    lang: Lang,
    narrowing: Narrowing,
    officers_by: Annotated[OfficerOrder, Query(description="order of officers")] = "-overdue",
    officers_all: Annotated[bool, Query(description="all officers")] = False,
) -> HTMLResponse:
    """Figures, windows, backlog, steps, officers and procedures of a unit and those below it."""
    units = known_units(viewer.view)
    if unit not in units or not viewer.sees_scope(unit_scope(unit)):
        return error_page(viewer, lang, 404, "units_no_unit", unit=unit)
    subject = UnitSubject(viewer, lang, narrowing.with_(unit=unit))
    parts = await _parts(subject, officers_by, every=officers_all)
    form = filter_form(subject, unit_path(unit))
    words = subject.words
    return render(
        "units/unit.html",
        viewer,
        lang,
        active="units",
        unit_id=unit,
        head=_head(subject, units[unit]),
        form=form,
        silent=silent_notice(subject),
        older=_older(subject, parts),
        lists=await unit_entries(viewer, unit, Written(words_of(lang), calendar_in_use(viewer))),
        hidden=None if may_name(subject) else Notice(words("units_hidden_officers"), "locked"),
        month=window_name(subject, "month"),
        link_compare=Link(words("units_compare_this"), f"/compare?{urlencode({'unit': unit})}"),
        below=_below(subject, units, unit),
        **parts,
        **_asides(subject, parts),
    )


def _older(subject: UnitSubject, parts: dict[str, Any]) -> Notice | None:
    """That what ClickHouse says is older than the live figures above it; None if it is not."""
    backlog = parts["backlog"]
    if isinstance(backlog, PartError):
        return None
    at = backlog[1].open.as_of
    if at >= (subject.viewer.view.watermark or 0):
        return None
    time = local_time(at, subject.calendar, seconds=True)
    return Notice(subject.words("units_older", time=time), "silent")


def _asides(subject: UnitSubject, parts: dict[str, Any]) -> dict[str, Any]:
    """What stands in the heads of panels, and what stands where there is nothing to draw."""
    words, month = subject.words, window_name(subject, "month")
    backlog, steps, officers = parts["backlog"], parts["steps"], parts["officers"]
    counted = isinstance(officers, ShownOfficers)
    return {
        "backlog_aside": ""
        if isinstance(backlog, PartError)
        else words("units_backlog_aside", n=words.number(backlog[1].open.number)),
        "steps_empty": None
        if isinstance(steps, PartError)
        else Empty("good", words("units_lost_none"),
                   words("units_lost_none_text", month=month, n=steps[1].late.number)),
        "officers_aside": words("units_officers_aside", n=officers.shown, of=officers.known)
        if counted
        else "",
        "officers_more": Link(words("units_officers_all", n=officers.known),
                              subject.viewer.asked.address(officers_all="1") + "#officers")
        if counted and officers.shown < min(officers.known, MOST_SHOWN)
        else None,
    }  # fmt: skip


async def _parts(subject: UnitSubject, order: str, *, every: bool) -> dict[str, Any]:
    """Everything that is counted; what ClickHouse does not answer says so in its own place."""
    procedures = asyncio.create_task(_procedures(subject))
    tiles_, windows, backlog, steps, receptions, officers = await asyncio.gather(
        part(subject, "tiles", tiles(subject)),
        part(subject, "windows", window_table(subject)),
        part(subject, "backlog", backlog_bars(subject)),
        part(subject, "steps", step_bars(subject)),
        part(subject, "receptions", reception_table(subject)),
        _officers(subject, order, every=every),
    )
    return {
        **await procedures,
        "tiles": tiles_,
        "windows": windows,
        "backlog": backlog,
        "steps": steps,
        "receptions": receptions,
        "officers": officers,
    }


async def _procedures(subject: UnitSubject) -> dict[str, Any]:
    found = await part(subject, "procedures", procedures_of(subject))
    if isinstance(found, PartError):
        return {"procedures": found, "repeated": None}
    return {
        "procedures": procedure_table(subject, found),
        "repeated": repeated_of(subject, found),
    }


async def _officers(
    subject: UnitSubject, order: str, *, every: bool
) -> ShownOfficers | PartError | None:
    """None for somebody who may not see them: then they are not asked for, either."""
    if not may_name(subject):
        return None
    return await part(subject, "officers", officer_table(subject, order, every=every))


def _head(subject: UnitSubject, unit: Unit) -> PageHead:
    words, viewer = subject.words, subject.viewer
    units = known_units(viewer.view)
    trail = [Link(words("units_all_units"), "/units")]
    above = units.get(unit.parent)
    if above is not None and viewer.sees_scope(unit_scope(above.id)):
        trail.append(Link(above.name, unit_path(above.id)))
    below = sum(other.parent == unit.id for other in units.values())
    staff = sum(officer.unit == unit.id for officer in viewer.view.reference.officers)
    sub = [words("units_sub_units", n=below)] if below else []
    sub += [words("units_sub_officers", n=staff)] if staff and may_name(subject) else []
    place = words(f"units_kind_{unit.kind}") if unit.kind else ""
    files = downloads_of(subject, unit_path(unit.id))
    return PageHead(unit.name, tuple(trail), ", ".join(sub), place, files)


def _below(subject: UnitSubject, units: dict[str, Unit], unit: str) -> list[Link]:
    """The units right below, that the reader sees."""
    found = [
        other for other in units.values()
        if other.parent == unit and subject.viewer.sees_scope(unit_scope(other.id))
    ]  # fmt: skip
    found.sort(key=lambda other: other.name)
    return [Link(other.short or other.name, unit_path(other.id)) for other in found]
