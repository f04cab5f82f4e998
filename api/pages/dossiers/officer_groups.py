"""The open dossiers of an officer, the most urgent first: what is overdue, what is due within so
many working hours, and what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.insight.filters import Filter
from api.labels import step_name
from api.pages.dossiers.access import dossier_page
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.row_states import RowState, due_of, state_of
from api.queries import Row
from dossiers.reference.context import Context
from dossiers.reference.unlisted import shown_name
from dossiers.time.hours import HOUR

GROUPS = ("overdue", "soon", "upto40", "over40", "none", "waiting")
MOST_ROWS = 7  # of a group; the others are a link
_LIMIT_AT = 60.0  # percent of a bar's width at which the limit is


@dataclass(frozen=True)
class StepBar:
    """What the present step has used of its limit. ``within``, ``over``: widths in percent, with
    the limit at ``limit_at``; ``text``: both as written."""

    within: float
    over: float
    limit_at: float
    text: str


@dataclass(frozen=True)
class OpenRow:
    """One dossier. ``step``: None without a limit."""

    id: str
    href: str
    state: RowState
    due: str
    procedure: str
    step: str
    bar: StepBar | None


@dataclass(frozen=True)
class OpenGroup:
    """``rows``: at most MOST_ROWS of ``count``; ``href``: all of them."""

    key: str
    count: str
    href: str
    rows: tuple[OpenRow, ...]
    more: str


def filters_of(mine: Filter) -> dict[str, Filter]:
    """The list of each group of what ``mine`` asks for."""
    lefts = {name: mine.with_(left=name) for name in ("soon", "upto40", "over40", "none")}
    return {
        "overdue": mine.with_(standing=("overdue",)),
        **lefts,
        "waiting": mine.with_(standing=("waiting",)),
    }


def groups_of(
    rows: Sequence[Row],
    counts: Mapping[str, int],
    links: Mapping[str, Filter],
    now: int,
    context: Context,
    say: Written,
    procedures: Mapping[str, str],
) -> tuple[OpenGroup, ...]:
    """``rows``: open ones by due time; ``counts``, ``links``: of each group; groups without one are
    left out."""  # fmt: skip
    found: dict[str, list[OpenRow]] = {name: [] for name in GROUPS}
    for row in rows:
        name = _group(row, now, context)
        if len(found[name]) < MOST_ROWS:
            found[name].append(_row(row, now, context, say, procedures))
    return tuple(
        OpenGroup(
            name,
            say.words.number(counts[name]),
            links[name].url(),
            tuple(found[name]),
            _more(counts[name] - len(found[name]), say),
        )
        for name in GROUPS
        if counts[name]
    )


def _more(number: int, say: Written) -> str:
    return say.words("officer_more", n=say.words.number(number)) if number > 0 else ""


def _group(row: Row, now: int, context: Context) -> str:
    if row["standing"] in ("overdue", "waiting"):
        return str(row["standing"])
    if row["due_soon"]:
        return "soon"
    if row["due_at"] is None:
        return "none"
    calendar = context.calendar_named(row["calendar"])
    return "upto40" if calendar.between(now, row["due_at"]) <= 40 * HOUR else "over40"


def _row(
    row: Row, now: int, context: Context, say: Written, procedures: Mapping[str, str]
) -> OpenRow:
    return OpenRow(
        id=row["id"],
        href=dossier_page(row["id"]),
        state=state_of(row, now, context, say),
        due=_due(row, now, say),
        procedure=procedures.get(row["procedure"]) or shown_name(row["procedure"]) or "–",
        step=step_name(context.reference, row["step"], row["procedure"]),
        bar=bar_of(row, now, context, say),
    )


def _due(row: Row, now: int, say: Written) -> str:
    if row["standing"] == "waiting" or row["due_at"] is None:
        return due_of(row, now, say)
    return say.weekday(row["due_at"])


def bar_of(row: Row, now: int, context: Context, say: Written) -> StepBar | None:
    """Of the row's present step at ``now`` (ms)."""
    limit = context.step_limits(row["procedure"], row["calendar"]).get(row["step"])
    if not limit or row["step_due_at"] is None:
        return None
    calendar = context.calendar_named(row["calendar"])
    used = max(0, limit - calendar.between(row["stopped_at"] or now, row["step_due_at"]))
    scale = _LIMIT_AT / limit
    within = min(used, limit) * scale
    tenth = HOUR // 10
    return StepBar(
        within=round(within, 2),
        over=round(min(100 - _LIMIT_AT, max(0, used - limit) * scale), 2),
        limit_at=_LIMIT_AT,
        text=say.words(
            "officer_step_used",
            used=say.hours(round(used / tenth), tenth),
            limit=say.hours(round(limit / tenth), tenth),
        ),
    )
