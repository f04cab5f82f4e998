"""The home as its template draws it, put together for the roles of whoever comes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from api.access.principal import Principal
from api.access.reach import WHOLE_ROLES
from api.access.rules import WALLS
from api.pages.failed_part import failed_part
from api.pages.home.answers import HomeAnswers, ask
from api.pages.home.attention import attention_of
from api.pages.home.changes import ChangeLine, changes_of
from api.pages.home.day import office_day
from api.pages.home.figures import count_tiles, due_tile, overdue_tile, rate_tile
from api.pages.home.own import own_dossiers, own_links
from api.pages.home.tasks import TaskLine, tasks_of
from api.pages.home.telling import DayTelling, Piece, pieces
from api.pages.parts.controls import PageHead
from api.pages.parts.figure import FigureTile, Help, help_of
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty, PartError
from api.pages.parts.table import DataTable
from api.pages.units.subject import unit_path
from api.pages.words import Words, local_time
from api.ports import StoreAway
from api.viewer import Viewer
from dossiers.time.calendar import Calendar

_OLD = 60.0  # real s from which on the age of ClickHouse's answers is told
_MOST_WALLS = 12  # that the home leads to by name


@dataclass(frozen=True)
class HomeView:
    """``lead``: the day in two or three sentences. ``age``: of what ClickHouse tells, in words; ""
    if it is the page's. Parts that a role has not are empty."""

    head: PageHead
    lead: tuple[Piece, ...] = ()
    age: str = ""
    figures: tuple[FigureTile, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    tasks_help: Help | None = None
    nothing: Empty | None = None
    changes: tuple[ChangeLine, ...] = ()
    changes_title: str = ""
    changes_help: Help | None = None
    attention: DataTable | None = None
    own: DataTable | None = None
    own_links: tuple[Link, ...] = ()
    walls: tuple[Link, ...] = ()
    failed: PartError | None = None
    notes: tuple[str, ...] = ()


def is_nobody(who: Principal) -> bool:
    """Whether somebody has signed in and has no role here."""
    return who.means in ("session", "token") and who.roles == frozenset({"public"})


def is_public(who: Principal) -> bool:
    """Whether nobody in particular asks, or a machine: they see what anybody may."""
    return not who.roles & (WHOLE_ROLES | {"supervisor", "officer"}) or who.roles == {"monitor"}


def is_placeless(viewer: Viewer) -> bool:
    """Whether somebody has a role, and neither a unit nor an officer that it is of."""
    reach = viewer.reach
    return not (is_public(viewer.principal) or reach.whole or reach.units or reach.officer)


def telling_of(viewer: Viewer, words: Words) -> DayTelling:
    """As of now, by the calendar of the unit that somebody heads or works in."""
    return DayTelling(words, office_day(viewer.live.view.watermark or 0, _calendar(viewer)))


def _calendar(viewer: Viewer) -> Calendar:
    who, context = viewer.principal, viewer.view.context
    if "supervisor" in who.roles and who.units:
        return context.calendar_for(who.units[0])
    homes = {officer.id: officer.unit for officer in viewer.view.reference.officers}
    return context.calendar_for(homes.get(who.officer, ""))


async def home_of(viewer: Viewer, words: Words) -> HomeView:
    """The home of whoever sees dossiers."""
    telling = telling_of(viewer, words)
    answers, own, failed = None, None, None
    officer = bool(viewer.reach.officer) and not viewer.reach.whole
    age = ""
    try:
        answers = await ask(viewer, telling.day)
        age = _age(answers, viewer, telling)
        own = await own_dossiers(viewer, telling) if officer else None
    except StoreAway as error:
        failed = failed_part(viewer, words("home_failed"), words("home_failed_text"), error)
    return HomeView(
        head=_head(viewer, telling),
        lead=() if answers is None else _lead(answers, telling),
        age=age,
        figures=_figures(viewer, answers, telling, age),
        tasks=() if answers is None else tasks_of(answers, telling, viewer),
        tasks_help=help_of(words, "home_tasks"),
        nothing=None if answers is None else _nothing(answers, telling),
        changes=() if answers is None else changes_of(answers, telling),
        changes_title=words("home_since", time=telling.moment(telling.day.since)),
        changes_help=help_of(words, "home_changes"),
        attention=attention_of(viewer, words) if viewer.reach.whole else None,
        own=own,
        own_links=own_links(viewer.view, viewer.reach.officer, words) if officer else (),
        walls=_walls(viewer, words),
        failed=failed,
    )


def public_home_of(viewer: Viewer, words: Words) -> HomeView:
    """The whole city in five figures: what anybody may know. No list, no unit and no name."""
    whole = viewer.live.view
    telling = telling_of(viewer, words)
    return HomeView(
        head=PageHead(_title(viewer), place=_date(telling)),
        figures=(
            *count_tiles(whole, ("open", "due_soon"), words, linked=False),
            overdue_tile(whole, words, linked=False),
            rate_tile(whole, telling, linked=False),
            *count_tiles(whole, ("received_month",), words, linked=False),
        ),
        notes=(words("home_public_note"),),
    )


def _title(viewer: Viewer) -> str:
    return viewer.live.view.reference.title or viewer.live.config.title or "Đúng Hẹn"


def _date(telling: DayTelling) -> str:
    today = telling.day.today
    return f"{telling.words(f'weekday_{today.isoweekday()}')} {today:%d/%m/%Y}"


def _head(viewer: Viewer, telling: DayTelling) -> PageHead:
    who, labels = viewer.principal, viewer.labels
    title, sub = _title(viewer), ""
    if not viewer.reach.whole and viewer.reach.units:
        units = sorted(viewer.reach.units)
        title = labels.unit(units[0])
        sub = "" if len(units) == 1 else telling.words("home_more_units", n=len(units) - 1)
    elif not viewer.reach.whole and who.officer:
        homes = {officer.id: officer.unit for officer in viewer.view.reference.officers}
        title, sub = labels.officer(who.officer), labels.unit(homes.get(who.officer, ""))
    return PageHead(title, sub=sub, place=_date(telling))


def _lead(answers: HomeAnswers, telling: DayTelling) -> tuple[Piece, ...]:
    words, numbers, day = telling.words, answers.numbers, telling.day
    when = telling.date(day.due_day)
    if numbers["due"]:
        key = "home_lead_early" if 0 < numbers["early"] < numbers["due"] else "home_lead_due"
        said = words(
            key, n=words.number(numbers["due"]), early=words.number(numbers["early"]), day=when
        )
    elif answers.first_due is not None:
        said = words("home_lead_none", day=when, next=telling.moment(answers.first_due))
    else:
        said = words("home_lead_never")
    key = "home_lead_overdue" if numbers["overdue"] else "home_lead_good"
    late = words(key, n=words.number(numbers["overdue"]))
    return pieces(" ".join(part for part in (said, late, telling.hours()) if part))


def _age(answers: HomeAnswers, viewer: Viewer, telling: DayTelling) -> str:
    """How old the answers are, if they are so much older than the live figures."""
    live = viewer.live.config.mode == "live"
    speed = 1.0 if live else max(1.0, viewer.view.freshness.speed)
    if telling.day.now - answers.as_of <= _OLD * 1000 * speed:
        return ""
    return telling.words("as_of", time=local_time(answers.as_of, telling.day.calendar))


def _figures(
    viewer: Viewer, answers: HomeAnswers | None, telling: DayTelling, age: str
) -> tuple[FigureTile, ...]:
    view, words = viewer.view, telling.words
    three = (
        due_tile(answers, telling, age),
        overdue_tile(view, words),
        rate_tile(view, telling),
    )
    if not viewer.reach.whole:
        # With a count of all that an officer has, so that what comes anew is seen at once.
        mine = viewer.reach.officer and not viewer.reach.units
        return (*count_tiles(view, ("open",), words), *three) if mine else three
    return (
        *count_tiles(view, ("open",), words),
        *three,
        *count_tiles(view, ("late_receptions",), words),
    )


def _nothing(answers: HomeAnswers, telling: DayTelling) -> Empty | None:
    """A day on which nothing has to be done first says what was looked at."""
    if any(answers.numbers[name] for name in ("due", "overdue", "receptions")):
        return None
    words = telling.words
    when = telling.date(telling.day.due_day)
    return Empty("good", words("home_nothing"), words("home_nothing_text", day=when))


def _walls(viewer: Viewer, words: Words) -> tuple[Link, ...]:
    """Screens are for those who may hear the feed: that of all one sees, and those with a name."""
    if not viewer.principal.roles & WALLS:
        return ()
    links = [Link(words("home_wall"), "/wall")]
    for name, wall in islice(viewer.live.wall_desk.seen_by(viewer.access), _MOST_WALLS):
        links.append(Link(words("home_named_wall", name=wall.title or name), f"/wall/{name}"))
    units = sorted(viewer.reach.units)
    if units and not viewer.reach.whole:
        links += [
            Link(words("home_unit_page", unit=viewer.labels.unit(u)), unit_path(u))
            for u in units[:5]
        ]
    return tuple(links)
