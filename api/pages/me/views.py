"""A plan as page /me shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from api.pages.me.form import local_value
from api.pages.parts.controls import Choice
from api.pages.words import Words, local_time
from api.roster.rights import MOST_PEOPLE
from api.viewer import Viewer
from dossiers.alerting.people import leave_at, on_duty
from dossiers.alerting.plans import Cover, covers, standing_in
from dossiers.reference.policies import Policies
from dossiers.time.calendar import Calendar
from dossiers.time.hours import DAY
from dossiers.wire.roster import Leave, RosterEntry

_SHOWN_PAST = 5
When = Literal["now", "later", "past"]


@dataclass(frozen=True)
class LeaveRow:
    """One leave. ``gaps``: what the plan leaves open, sentence by sentence; ``begins_at`` (ms):
    names it in the form that removes it."""

    begins_at: int
    span: str
    when: When
    state: str
    deputy: str
    gaps: tuple[str, ...]


@dataclass(frozen=True)
class PersonRow:
    """Somebody whose plan the reader may change. ``gap``: it leaves something open."""

    name: str
    position: str
    href: str
    state: str
    away: bool
    gap: bool


@dataclass(frozen=True)
class TellingForm:
    """``mail``: whether it is chosen. ``gateway``: the same, None where there is none. ``address``:
    where it arrives, in words. ``quiet``: which of the three is chosen."""

    mail: bool
    gateway: bool | None
    address: str
    quiet: Literal["policy", "own", "never"]
    quiet_from: str
    quiet_to: str
    policy: str


@dataclass(frozen=True)
class PlanView:
    """The whole page of one officer."""

    officer: str
    action: str
    revision: int
    own: bool
    today: str
    open: bool  # whether the plan leaves something open
    leaves: tuple[LeaveRow, ...]
    deputies: tuple[Choice, ...]
    superior: str
    begins: str
    ends: str
    telling: TellingForm
    stands_in: tuple[str, ...]
    changed: str


class PlanWords:
    """Names and times as the reader reads them. Names stand here in full: of colleagues, without
    any figure beside them."""

    def __init__(self, viewer: Viewer, words: Words, calendar: Calendar) -> None:
        self.words = words
        self.calendar = calendar
        self._names = viewer.live.names().officers

    def name(self, officer: str) -> str:
        """An officer's name, else the id."""
        return self._names.get(officer, officer)

    def span(self, begins_at: int, ends_at: int) -> str:
        """From one instant (ms) to another."""
        begins, ends = (local_time(at, self.calendar) for at in (begins_at, ends_at))
        return self.words("me_span", begins=begins, ends=ends)

    def gap(self, cover: Cover) -> str:
        """What a part of a leave leaves open, and who is told then."""
        span = self.span(cover.begins_at, cover.ends_at)
        stand = cover.stand
        if not stand.person:
            return self.words("me_gap_nobody", span=span)
        whose = "" if stand.gap == stand.officer else self.name(stand.gap)
        key = "me_gap_deputy" if whose else "me_gap"
        return self.words(key, span=span, person=self.name(stand.person), deputy=whose)


def plan_view(viewer: Viewer, words: Words, calendar: Calendar, officer: str) -> PlanView:
    """The page of ``officer``, as it is now."""
    live, desk = viewer.live, viewer.live.roster_desk
    entry, told = live.roster.of(officer), PlanWords(viewer, words, calendar)
    rows = tuple(_leave_rows(viewer, entry, told))
    today = calendar.day_of(desk.now)
    day = next((d for d in range(today + 1, today + 30) if calendar.works_on(d)), today + 1)
    superior = desk.duties.superior(officer, desk.now)
    own = officer == viewer.principal.officer
    stand = on_duty(officer, desk.duties, live.roster.entries, desk.now)
    return PlanView(
        officer=officer,
        action=href_of(officer),
        revision=entry.revision,
        own=own,
        today=_today(entry, stand.person, told, desk.now, own),
        open=any(row.gaps for row in rows),
        leaves=rows,
        deputies=tuple(_deputies(viewer, officer, told)),
        superior=told.name(superior) if superior else "",
        begins=local_value(calendar.opening_of(day), calendar),
        ends=local_value(calendar.closing_of(day), calendar),
        telling=_telling(viewer, entry, words),
        stands_in=tuple(
            words("me_for", name=told.name(each), span=told.span(leave.begins_at, leave.ends_at))
            for each, leave in standing_in(officer, live.roster.entries, desk.now)
        ),
        changed=_changed(entry, told),
    )


def href_of(officer: str) -> str:
    """The page of somebody's plan."""
    return f"/me/{quote(officer, safe='')}"


def _today(entry: RosterEntry, person: str, told: PlanWords, now: int, own: bool) -> str:
    leave = leave_at(entry, now)
    if leave is None:
        return told.words("me_today_there_own" if own else "me_today_there")
    until = local_time(leave.ends_at, told.calendar)
    if not person:
        return told.words("me_today_nobody", until=until)
    return told.words("me_today_away", until=until, person=told.name(person))


def _leave_rows(viewer: Viewer, entry: RosterEntry, told: PlanWords) -> Iterable[LeaveRow]:
    """What goes on and what is to come, then the last ones that are over."""
    now = viewer.live.roster_desk.now
    ahead = [leave for leave in entry.leaves if leave.ends_at > now]
    past = [leave for leave in entry.leaves if leave.ends_at <= now]
    for leave in (*ahead, *reversed(past[-_SHOWN_PAST:])):
        yield _leave_row(viewer, entry.officer, leave, told)


def _leave_row(viewer: Viewer, officer: str, leave: Leave, told: PlanWords) -> LeaveRow:
    desk = viewer.live.roster_desk
    when: When = (
        "past" if leave.ends_at <= desk.now else "now" if leave.begins_at <= desk.now else "later"
    )
    words = told.words
    gaps = () if when == "past" else gaps_of(viewer, officer, leave)
    return LeaveRow(
        begins_at=leave.begins_at,
        span=told.span(leave.begins_at, leave.ends_at),
        when=when,
        state=words(f"me_{when}"),
        deputy=words("me_deputy_is", name=told.name(leave.deputy))
        if leave.deputy
        else words("me_no_deputy"),
        gaps=tuple(map(told.gap, gaps)),
    )


def gaps_of(viewer: Viewer, officer: str, leave: Leave) -> tuple[Cover, ...]:
    """Parts of a leave for which the plan names nobody who is there."""
    entries = viewer.live.roster.entries
    found = covers(officer, leave, viewer.live.roster_desk.duties, entries)
    return tuple(cover for cover in found if not cover.whole)


def _deputies(viewer: Viewer, officer: str, told: PlanWords) -> Iterable[Choice]:
    duties = viewer.live.roster_desk.duties
    for each in viewer.live.roster_desk.deputies(officer):
        found = duties.officer(each)
        position = f" · {found.position}" if found is not None and found.position else ""
        yield Choice(each, told.name(each) + position)


def _telling(viewer: Viewer, entry: RosterEntry, words: Words) -> TellingForm:
    duties = viewer.live.roster_desk.duties
    address = duties.address(entry.officer)
    policy = Policies(viewer.live.view.context.reference).of(duties.home(entry.officer), "").quiet
    never = entry.quiet is not None and entry.quiet[0] == entry.quiet[1]
    begins, ends = policy if entry.quiet is None or never else entry.quiet
    key = "none" if address is None else "shared" if address.shared else "own"
    return TellingForm(
        mail="mail" in entry.ways,
        gateway="webhook" in entry.ways if viewer.live.config.gateways else None,
        address=words(f"me_address_{key}", address=address.text if address else ""),
        quiet="policy" if entry.quiet is None else "never" if never else "own",
        quiet_from=begins,
        quiet_to=ends,
        policy=words("me_quiet_policy", begins=policy[0], ends=policy[1]),
    )


def _changed(entry: RosterEntry, told: PlanWords) -> str:
    if not entry.written_by:
        return told.words("me_never_changed")
    at = local_time(entry.written_at, told.calendar)
    return told.words("me_changed", name=told.name(entry.written_by), at=at)


def people_rows(viewer: Viewer, words: Words, calendar: Calendar) -> tuple[PersonRow, ...]:
    """The reader's people: who is away, or will be within a month, comes first."""
    told = PlanWords(viewer, words, calendar)
    people = viewer.live.roster_desk.people(viewer.access)[:MOST_PEOPLE]
    rows = [_person_row(viewer, officer, told) for officer in people]
    return tuple(sorted(rows, key=lambda row: (not row.gap, not row.away, not row.state)))


def _person_row(viewer: Viewer, officer: str, told: PlanWords) -> PersonRow:
    desk = viewer.live.roster_desk
    entry, found = viewer.live.roster.of(officer), desk.duties.officer(officer)
    ahead = [leave for leave in entry.leaves if leave.ends_at > desk.now]
    near = [leave for leave in ahead if leave.begins_at < desk.now + 31 * DAY]
    state = ""
    if near:
        key = "me_person_away" if near[0].begins_at <= desk.now else "me_person_later"
        state = told.words(key, span=told.span(near[0].begins_at, near[0].ends_at))
    return PersonRow(
        name=told.name(officer),
        position=found.position if found is not None else "",
        href=href_of(officer),
        state=state,
        away=bool(near) and near[0].begins_at <= desk.now,
        gap=any(gaps_of(viewer, officer, leave) for leave in ahead),
    )
