"""The oracle: every figure counted again from the events, in plain batch code.

It shares the calendar, the limits and the reading of records with the stream, but neither fold,
standing, comparing nor tallies: it asks of each dossier's finished story (oracle.story) what the
verdict is, and counts. Slow and simple on purpose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.tallies.vector import FIELDS, MEASURES, WINDOW_MINUTES, WINDOWS
from dossiers.time.hours import MINUTE
from dossiers.wire.events import AnyDossierEvent
from oracle.lifetimes import Heard, Lifetimes, Origin, lifetimes_of
from oracle.owners import Whose
from oracle.story import Story, tell
from oracle.verdicts import LATE


def recount(
    events: Iterable[AnyDossierEvent], now: int, context: Context
) -> tuple[dict[str, dict[str, int]], dict[str, Story]]:
    """(figures by scope, with the names of dossiers.tallies.vector.FIELDS; story by dossier id).

    ``now`` (ms): what was open then is judged as of then, or as of its last event if that is later.
    No dossier is dropped; see ``recount_log``.
    """
    found = lifetimes_of(
        ((event, now) for event in events), now, None, lambda _: False, lambda *_: context
    )
    return _figures(found, now, context)


@dataclass
class LogCount:
    """``figures``, ``stories``: of the dossiers that have a state, as ``recount`` has them.
    ``ever``: stories of all dossiers, also of those that were dropped. ``last``: of those that
    came back after they had been dropped, the story of the last life, which knows nothing of what
    was before. ``late``: of those that have a state and are late or overdue, the events that count.
    The rest as in oracle.lifetimes.Lifetimes."""

    figures: dict[str, dict[str, int]]
    stories: dict[str, Story]
    ever: dict[str, Story]
    last: dict[str, Story]
    duplicates: int
    refused: int
    disputed: list[str]
    owners: dict[str, Whose]
    late: dict[str, list[AnyDossierEvent]] = field(default_factory=dict)


def recount_log(
    heard: Iterable[Heard],
    now: int,
    context: Context,
    in_force: InForce | None = None,
    origins: Sequence[Origin] | None = None,
    known: Callable[[int], InForce] | None = None,
) -> LogCount:
    """A partition's log, counted again: (event, now when it came), both in the log's order.

    ``origins``: of each event, where it came from. ``known``: what counted when, after so many
    activations.

    Where ``context`` has a retention, closed dossiers are dropped in time. ``in_force``: if
    there was other reference data before ``context``, or will be: it judges what ended under it.
    ``now``: ms.
    """

    def is_closed(events: Sequence[AnyDossierEvent]) -> bool:
        story = tell(list(events), now, context)
        return story.end is not None and not story.open_again

    def counting(at: int, activations: int | None) -> Context:
        if activations is not None and known is not None:
            return known(activations).at(at)
        return context if in_force is None else in_force.at(at)

    found = lifetimes_of(heard, now, context.retention, is_closed, counting, origins)
    figures, stories = _figures(found, now, context, in_force)
    ever, last = _all_lifetimes(found, now, context, in_force)
    late = {id_: found.living[id_] for id_, story in stories.items() if story.verdict in LATE}
    return LogCount(
        figures, stories, stories | ever, last,
        found.duplicates, found.refused, found.disputed, found.owners, late,
    )  # fmt: skip


def _all_lifetimes(
    found: Lifetimes, now: int, context: Context, in_force: InForce | None
) -> tuple[dict[str, Story], dict[str, Story]]:
    """The whole stories of the dossiers that were ever dropped, and of those that came back that
    of the last life alone."""
    ever: dict[str, Story] = {}
    last: dict[str, Story] = {}
    for dossier_id, events in found.ever.items():
        newest = found.newest[dossier_id]
        came_back = len(newest) < len(events)
        if came_back or dossier_id not in found.living:
            ever[dossier_id] = _told(events, _as_of(events, now), context, in_force)
        if came_back:
            last[dossier_id] = _told(newest, _as_of(newest, now), context, in_force)
    return ever, last


def _as_of(events: Iterable[AnyDossierEvent], now: int) -> int:
    """``now`` (ms), or the last event if that is later: what was sent ahead has happened."""
    return max(now, *(event.occurred_at for event in events))


def _figures(
    found: Lifetimes,
    now: int,
    context: Context,
    in_force: InForce | None = None,
) -> tuple[dict[str, dict[str, int]], dict[str, Story]]:
    figures: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FIELDS, 0))
    stories: dict[str, Story] = {}
    for dossier_id, events in found.living.items():
        as_of = _as_of(events, now)
        story = _told(events, as_of, context, in_force)
        if found.owners[dossier_id].handed:
            story.flags.add("handed_over")
        stories[dossier_id] = story
        for scope in context.scopes(story.unit, story.officer):
            _count(figures[scope], story, now, as_of, context)
    return dict(figures), stories


def _told(
    events: list[AnyDossierEvent], as_of: int, context: Context, in_force: InForce | None
) -> Story:
    """The story, judged by the reference data of its end; a unit that had ended by then has passed
    it on to its successor."""
    story = tell(events, as_of, context)
    if in_force is not None and story.end is not None:
        context = in_force.at(story.end)
        story = tell(events, as_of, context)
    story.unit = context.present_unit(story.unit)
    return story


def _count(row: dict[str, int], story: Story, now: int, as_of: int, context: Context) -> None:
    if context.retention is None or story.end is None:
        _count_gauges(row, story, as_of, context)
    row["reopened"] += story.open_again
    measures = dict(story.instants)
    minute = now // MINUTE
    for window in WINDOWS:
        first = minute - WINDOW_MINUTES[window] + 1 if window != "month" else (
            context.calendar.month_start(now) // MINUTE
        )  # fmt: skip
        for measure in MEASURES:
            at = measures.get(measure)
            if at is not None and first <= at // MINUTE <= minute:
                row[f"{measure}_{window}"] += 1


def _count_gauges(row: dict[str, int], story: Story, as_of: int, context: Context) -> None:
    verdict = story.verdict
    if verdict in row:
        row[verdict] += 1
    if verdict in ("within", "waiting", "overdue"):
        row["open"] += 1
        row["suspended"] += story.is_suspended
        row["step_overdue"] += story.step_overdue
    if verdict in ("within", "waiting", "overdue", "early", "on_time", "late", "no_due"):
        row["total"] += 1
    row["extended"] += story.is_extended
    row["flagged"] += story.is_flagged
    row["rewritten"] += "rewritten" in story.flags
    row["backdated"] += "backdated" in story.flags
    if verdict == "pending" and "late_receptions" in dict(story.instants):
        row["late_receptions"] += 1
    if verdict == "within" and story.due is not None:
        calendar = context.calendar_named(story.calendar)
        row["due_soon"] += as_of >= calendar.subtract(story.due, context.due_soon)
