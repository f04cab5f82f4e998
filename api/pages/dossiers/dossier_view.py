"""Everything on the page of one dossier, from its story."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.acts import Acts
from api.pages.dossiers.ahead import Ahead, ahead_of
from api.pages.dossiers.alert_lives import AlertView, alerts_of
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.bars import bars_of, breach_of
from api.pages.dossiers.chart import ChartView, axis_of, chart_of, old_dues
from api.pages.dossiers.deeds import Deed, deeds_of
from api.pages.dossiers.dues import DueView, dues_of
from api.pages.dossiers.holders import Holders, holders_of
from api.pages.dossiers.ledger import ledger_of
from api.pages.dossiers.moments import MomentView, moments_of
from api.pages.dossiers.remarks import (
    FlagView,
    OtherVerdict,
    WaitView,
    flags_of,
    other_verdicts,
    waits_of,
)
from api.pages.dossiers.story import DossierStory
from api.pages.parts.marks import Badge, Shape, Tone

_MARKS: Mapping[str, tuple[Tone, Shape]] = {
    "overdue": ("late", "overdue"),
    "late": ("late", "overdue"),
    "waiting": ("neutral", "waiting"),
    "early": ("fresh", "done"),
    "on_time": ("fresh", "done"),
}


@dataclass(frozen=True)
class Bracket:
    """What lies between two marks, in words below the rows. ``x``, ``width``: percent."""

    x: float
    width: float
    text: str
    late: bool


@dataclass(frozen=True)
class DossierView:
    """``lead``: the verdict's first words, ``rest``: the rest of the sentence. ``short``: the
    reception, due times and end for narrow screens, (name, old value, value). ``chart``: None
    before the reception. ``basis``: method and versions."""

    id: str
    badges: tuple[Badge, ...]
    tone: Tone
    shape: Shape
    lead: str
    rest: str
    short: tuple[tuple[str, str, str], ...]
    chart: ChartView | None
    holders: Holders | None
    brackets: tuple[Bracket, ...]
    ahead: Ahead | None
    dues: tuple[DueView, ...]
    alerts: tuple[AlertView, ...]
    flags: tuple[FlagView, ...]
    waits: tuple[WaitView, ...]
    others: tuple[OtherVerdict, ...]
    moments: tuple[MomentView, ...]
    deeds: tuple[Deed, ...]
    facts: int
    basis: str


def view_of(
    story: DossierStory,
    flags: Sequence[str],
    alerts: Sequence[Mapping[str, Any]],
    say: Written,
    href: Callable[[str], str],
    acts: Acts | None = None,
) -> DossierView:
    """``flags``: as the stream has them; ``alerts``: rows of ALERTS_SQL; ``href``: of an officer's
    page, by id; ``acts``: has the texts that people wrote, which are read here."""
    case, told = story.case, story.told
    lead, rest = _sentence(story, say)
    tone, shape = _MARKS.get(told.verdict, ("neutral", ""))
    chart, holders, brackets = _drawn(story, say, href)
    deeds = deeds_of(alerts, acts, say, story.names)
    return DossierView(
        id=story.id,
        badges=tuple(_badges(story, say, tone, shape)),
        tone=tone,
        shape=shape,
        lead=lead,
        rest=rest,
        short=_short(story, say),
        chart=chart,
        holders=holders,
        brackets=brackets,
        ahead=ahead_of(story, say),
        dues=dues_of(told.dues, case.course.due_at, say),
        alerts=alerts_of(alerts, say, story.names),
        flags=flags_of(story, flags, say),
        waits=waits_of(story, say),
        others=other_verdicts(story, say),
        moments=moments_of(story, say, deeds),
        deeds=deeds,
        facts=len(told.moments),
        basis=say.words(
            "method", method=told.method, calendar=told.calendar or "–",
            rules=told.rules or "–", reference=told.reference[:12],
        ),
    )  # fmt: skip


def _drawn(
    story: DossierStory, say: Written, href: Callable[[str], str]
) -> tuple[ChartView | None, Holders | None, tuple[Bracket, ...]]:
    bars = bars_of(story.case)
    if not bars:
        return None, None, ()
    axis = axis_of(story.case, story.now)
    breach = breach_of(story.case, bars)
    chart = chart_of(story.case, story.told.dues, axis, breach, say)
    holders = holders_of(story, bars, axis, say, href)
    return chart, holders, tuple(_brackets(story, chart, say))


def _brackets(story: DossierStory, chart: ChartView, say: Written) -> list[Bracket]:
    """How long it was allowed to take, and how long it took beyond that."""
    case, axis = story.case, chart.axis
    start, due, found = case.course.received_at, case.course.due_at, case.attribution
    if start is None or due is None or found is None:
        return []
    left, right = axis.x(start), axis.x(due)
    allowed = story.case.calendar.between(start, due)
    stopped = sum(
        case.calendar.between(max(start, s.start), min(due, s.end))
        for s in case.stops
        if min(due, s.end) > max(start, s.start)
    )
    unit = ledger_of(found).unit

    def hours(length: int) -> str:
        return say.hours(round(length / unit), unit)

    key = "bracket_allowed_stopped" if stopped else "bracket_allowed"
    rows = []
    if right > left and case.course.restarted_at is None:
        text = say.words(key, hours=hours(allowed - stopped), stopped=hours(stopped))
        rows.append(Bracket(left, right - left, text, late=False))
    if chart.breach is not None and found.late:
        late = say.words("bracket_late", hours=hours(found.late))
        rows.append(Bracket(*chart.breach, late, late=True))
    return rows


def _sentence(story: DossierStory, say: Written) -> tuple[str, str]:
    """The verdict, split after its first clause."""
    text = story.sentence[say.words.language]
    for mark in (": ", "; "):
        lead, found, rest = text.partition(mark)
        if found:
            return lead + mark.strip(), rest
    return text, ""


def _badges(story: DossierStory, say: Written, tone: Tone, shape: Shape) -> list[Badge]:
    course, words = story.case.course, say.words
    late = story.told.late
    text = words(f"verdict_{story.told.verdict}")
    if late:
        key = "badge_late" if course.finished_at is not None else "badge_overdue"
        text = words(key, amount=say.amount(late))
    found = [Badge(text, tone, shape)]
    if course.finished_at is not None:
        found.append(Badge(words("badge_ended", at=say.moment(course.finished_at))))
    elif story.case.course.stopped_at is not None:
        found.append(Badge(words("badge_stopped", at=say.short(course.stopped_at or 0))))
    return found


def _short(story: DossierStory, say: Written) -> tuple[tuple[str, str, str], ...]:
    course, words = story.case.course, say.words
    rows = []
    if course.received_at is not None:
        rows.append((words("mark_received"), "", say.short(course.received_at)))
    if course.due_at is not None:
        old = old_dues(story.told.dues, course.due_at)
        before = say.short(old[-1]).split(" ")[0] if old else ""
        rows.append((words("mark_due"), before, say.short(course.due_at)))
    if course.finished_at is not None:
        rows.append((words("mark_ended"), "", say.short(course.finished_at)))
    return tuple(rows)
