"""``/publications``: the months, what the reader has to do, and freezing by hand."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from api.asked import Language
from api.pages.late_list.asking import MINE
from api.pages.late_list.months import months_of, months_table
from api.pages.late_list.reading import plain_words
from api.pages.late_list.telling import ListTold
from api.pages.late_list.todo import todo_of
from api.pages.late_list.together import MonthsAsked, together_form
from api.pages.late_list.wording import ListWords
from api.pages.navigation import PUBLICATIONS
from api.pages.parts.controls import Choice, PageHead
from api.pages.parts.states import Empty, Notice
from api.pages.rendering import render
from api.pages.words import words_of
from api.publications.months import month_before
from api.viewer import Viewer
from dossiers.time.hours import DAY
from dossiers.wire.publications import list_id

_MONTHS = 12  # that can be frozen by hand, back


@dataclass(frozen=True)
class FreezeForm:
    """What can be frozen by hand."""

    months: tuple[Choice, ...]
    units: tuple[Choice, ...]
    request: str


async def show_months(
    viewer: Viewer,
    lang: Language,
    asked: MonthsAsked,
    told: ListTold | None = None,
    typed: tuple[str, str] = ("", ""),
    status: int = 200,
) -> HTMLResponse:
    """``typed``: month and unit of a freeze that was not done."""
    words = words_of(lang)
    say, months = plain_words(viewer, words), await months_of(viewer)
    office = "reform_office" in viewer.principal.roles
    closed = not viewer.live.publication_desk.open
    return render(
        "late/index.html", viewer, lang, status, active=PUBLICATIONS, told=told,
        head=PageHead(words("late_title"), sub=words("late_sub")),
        mine=MINE if viewer.principal.officer else "",
        notices=(Notice(words("late_closed"), "locked"),) if closed else (),
        tasks=tuple(await todo_of(viewer, say)),
        months=months_table(months, say),
        empty=None if months else _empty(say, office),
        freeze=_freeze(viewer, say, typed) if office and not closed else None,
        together=await together_form(viewer, asked, months, say),
    )  # fmt: skip


def _empty(say: ListWords, office: bool) -> Empty:
    whole = office or bool({"leader", "admin"} & say.viewer.principal.roles)
    text = say.words("late_none_text" if whole else "late_none_yours")
    return Empty("none", say.words("late_none"), text)


def _freeze(viewer: Viewer, say: ListWords, typed: tuple[str, str]) -> FreezeForm | None:
    """Months that are over, the last one first."""
    names = tuple(_over(viewer, say.now))
    if not names:
        return None
    units = sorted(viewer.view.reference.units, key=lambda unit: unit.name)
    return FreezeForm(
        months=tuple(Choice(name, say.month(name), name == typed[0]) for name in names),
        units=(
            Choice("", say.words("late_freeze_whole"), not typed[1]),
            *(Choice(unit.id, unit.name, unit.id == typed[1]) for unit in units),
        ),
        request=secrets.token_hex(16),
    )


def _over(viewer: Viewer, now: int) -> Iterator[str]:
    context, at = viewer.view.context, now
    for _ in range(_MONTHS):
        month = month_before(at, context)
        name = context.calendar.local_date(month.start + DAY).strftime("%Y-%m")
        if list_id(name) not in viewer.live.publications.state.lists:
            yield name
        at = month.start
