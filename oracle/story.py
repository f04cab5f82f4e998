"""The oracle's story of one dossier: what was told of it, walked through in order, then judged.

It shares the calendar, the limits and the reading of records with the stream, but neither fold,
standing nor the comparing of snapshots. Slow and simple on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dossiers.reference.context import UNKNOWN, Context
from dossiers.wire.events import AnyDossierEvent
from oracle.due_changes import DueChanges, judge_changes
from oracle.reading import read_both
from oracle.statements import ENDS, Statement, kind_of
from oracle.steps import is_step_overdue
from oracle.walk import WalkResult, last_in_time, stopped_in_time, walk

OPEN = frozenset({"within", "waiting", "overdue"})
LATE = frozenset({"late", "overdue"})
_OUTSIDE = frozenset({"refused", "withdrawn", "pending", "unreceived"})
_ACTIVITY = frozenset({"progressed", "suspended", "resumed", "received", "submitted", *ENDS})


@dataclass
class Verdict:
    """How a dossier stands by one reading of its dates. Times in ms."""

    standing: str
    due: int | None = None
    stopped: int | None = None
    ended_by: str = ""
    end: int | None = None


@dataclass
class Story:
    """What became of one dossier. Times in ms. ``flags``: what is odd about its data.

    ``unrewritten``, ``rewritten``, ``as_shown``: the verdicts without any rewrite, with all of
    them, and as of the sender's own snapshots; None where nothing would be other. ``open_again``:
    it was reopened, and has not ended again.
    """

    unit: str = ""
    officer: str = ""
    procedure: str = ""
    submitted: int | None = None
    received: int | None = None
    due: int | None = None
    first_due: int | None = None
    stopped: int | None = None
    end: int | None = None
    ended_by: str = ""
    verdict: str = ""
    calendar: str = ""
    extensions: int = 0
    restarts: list[int] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    unrewritten: Verdict | None = None
    rewritten: Verdict | None = None
    as_shown: Verdict | None = None
    open_again: bool = False
    step_overdue: bool = False
    instants: list[tuple[str, int]] = field(default_factory=list)

    @property
    def is_flagged(self) -> bool:
        """What happened after the end is shown, and counted by nothing."""
        return bool(self.flags - {"after_end"})

    @property
    def is_suspended(self) -> bool:
        return self.stopped is not None and self.verdict in OPEN

    @property
    def is_extended(self) -> bool:
        return self.extensions > 0 and self.verdict not in _OUTSIDE


def tell(events: list[AnyDossierEvent], as_of: int, context: Context) -> Story:
    """The story of one dossier from its events (any order, no duplicates), judged at ``as_of``."""
    said, shown = read_both(events, context)
    line = [told for told in said if not told.instead]
    changes = judge_changes(line, context)
    way = walk(line, context, changes.counting)
    verdict = _judged(way, as_of, context)
    story = Story(
        procedure=way.procedure, submitted=way.submitted, received=way.received, due=way.due,
        first_due=way.first_due, stopped=way.stopped, end=way.end, ended_by=way.ended_by,
        verdict=verdict.standing, calendar=way.calendar, restarts=way.restarts,
    )  # fmt: skip
    if any(kind_of(event) == "voided" for event in events):
        story.flags.add("voided")
    _hold(story, said, context)
    _look_for_odd(story, line, way, context)
    _look_after_the_end(story, said)
    _look_for_rewrites(story, said, changes, as_of, context)
    _look_back(story, shown, as_of, context)
    if verdict.standing in OPEN:
        story.step_overdue = is_step_overdue(way.stretches, way.calendar, as_of, context)
    _date(story, as_of, context)
    return story


def _hold(story: Story, said: Sequence[Statement], context: Context) -> None:
    """Whose it is: who was last named responsible, else who acted last."""
    named = ""
    for told in said:
        story.unit = (not told.instead and told.unit) or story.unit
        named = told.responsible or named
        if told.officer:
            story.officer = told.officer
        elif told.officer_name:
            found = context.officer_named(story.unit, told.officer_name, told.at)
            story.officer = found or UNKNOWN
            if found is None:
                story.flags.add("officer_unmatched")
    story.officer = named or story.officer


def _look_for_odd(
    story: Story, line: Sequence[Statement], way: WalkResult, context: Context
) -> None:
    received_before = False
    extensions = 0
    steps = {step for each in context.reference.procedures if each.id == way.procedure
             for step in context.step_limits(each.id, way.calendar)}  # fmt: skip
    for number, told in enumerate(line):
        received_before = received_before or told.what == "received"
        if not received_before and told.what in ("progressed", "suspended", "resumed"):
            story.flags.add("before_reception")
        if told.reason == "extension" and number in way.used:
            extensions += 1
            day = way.received if received_before else told.at
            if extensions > context.rules_at(day).extensions_allowed:
                story.flags.add("extended_too_often")
        if steps and told.step and context.step_id(way.procedure, told.step) not in steps:
            story.flags.add("step_unknown")
    story.extensions = extensions
    if way.received is None:
        if way.submitted is None:
            story.flags.add("never_received")
        return
    if way.due is not None and way.due < way.received:
        story.flags.add("due_before_reception")
    if way.end is not None and way.end < way.received:
        story.flags.add("finished_before_reception")


def _look_after_the_end(story: Story, said: Sequence[Statement]) -> None:
    """What goes on after the end, and whether the dossier was opened again."""
    ended: Statement | None = None
    # Another end than the one that counts is news of the snapshot that tells it.
    in_turn = sorted(said, key=lambda told: told.news if told.instead else told.order)
    for told in in_turn:
        if told.what == "reopened":
            if ended is not None:
                story.flags |= {"reopened", "rewritten"}
                ended, story.open_again = None, True
        elif told.what in ENDS and ended is None:
            ended, story.open_again = told, False
        elif ended is not None and told.what in _ACTIVITY and not told.instead:
            handed_out = (told.what, ended.what) == ("finished", "finished")
            if not (handed_out and (ended.status, told.status) == (9, 10)):
                story.flags.add("after_end")


def _last_end(
    said: Sequence[Statement],
) -> tuple[Statement | None, list[tuple[Statement, Statement]]]:
    """The end that was told last; None where it is open again, or never ended. And the ends before
    that, each with what opened the dossier again."""
    found: Statement | None = None
    opened: list[tuple[Statement, Statement]] = []
    in_turn = sorted(said, key=lambda told: told.news if told.instead else told.order)
    for told in in_turn:
        if told.what == "reopened" or (told.what == "unended" and not told.status):
            if found is not None:
                opened.append((found, told))
            found = None
        elif told.what in ENDS and (found is None or told.instead):
            while opened and told.at < opened[-1][1].at:
                opened.pop()  # it had been over all the while
            found = told
    return found, opened


def _look_for_rewrites(
    story: Story, said: Sequence[Statement], changes: DueChanges, as_of: int, context: Context
) -> None:
    if changes.flagged or any(told.instead for told in said):
        story.flags.add("rewritten")
    if "rewritten" not in story.flags:
        return
    line = [told for told in said if not told.instead]
    way = walk(line, context, changes.counting - changes.flagged, freely=True)
    story.unrewritten = _judged(way, as_of, context)
    receptions = [told for told in said if told.what == "received" and told.instead]
    last = max(receptions, key=lambda told: told.news, default=None)
    end, opened = _last_end(said)
    full = [
        _silent(told) if told.what == "received" and last not in (None, told) else told
        for told in _without_gaps(said, opened)
    ]
    every = judge_changes(full, context).every
    place = next((n for n, told in enumerate(full) if told is end), -1)
    story.rewritten = _judged(walk(full, context, every, end=place, freely=True), as_of, context)


def _without_gaps(
    said: Sequence[Statement], opened: Sequence[tuple[Statement, Statement]]
) -> list[Statement]:
    """Of a dossier that was opened again, nothing stops the clock between its end and that; the end
    itself had let the clock run."""
    ends = [end for end, _ in opened]
    found: list[Statement] = []
    for told in said:
        within = any(end.order < told.order < again.order for end, again in opened)
        if any(told is end for end in ends):
            found.append(replace(told, what="resumed"))
        else:
            found.append(_silent(told) if within and told.what == "suspended" else told)
    return found


def _silent(told: Statement) -> Statement:
    """Whose it was and in which step, as ``told`` says, and nothing else of it."""
    return replace(told, what="shown", due=None)


def _look_back(
    story: Story, shown: Sequence[Statement] | None, as_of: int, context: Context
) -> None:
    """As of the snapshots that said otherwise after what they say now had happened."""
    if shown is None:
        return
    line = [told for told in shown if not told.instead]
    found = _judged(walk(line, context, judge_changes(line, context).counting), as_of, context)
    story.as_shown = found
    if (found.standing in LATE) != (story.verdict in LATE):
        story.flags.add("backdated")


def _judged(way: WalkResult, as_of: int, context: Context) -> Verdict:
    standing = _standing(way, as_of, context)
    return Verdict(standing, way.due, way.stopped, way.ended_by, way.end)


def _standing(way: WalkResult, as_of: int, context: Context) -> str:
    received = way.received
    if received is None:
        if way.ended_by in ("refused", "withdrawn"):
            return way.ended_by
        return "unreceived" if way.submitted is None or way.end is not None else "pending"
    last = last_in_time(way.due, received, context)
    if way.end is None:
        if stopped_in_time(way, context):
            return "waiting"
        return "within" if last is None or as_of <= last else "overdue"
    late = last is not None and way.end > last
    if way.ended_by in ("refused", "withdrawn"):
        return "late" if late and received <= way.end else way.ended_by
    if way.due is None:
        return "no_due"
    day = context.calendar.local_date
    return "late" if late else "early" if day(way.end) < day(way.due) else "on_time"


def _date(story: Story, as_of: int, context: Context) -> None:
    """The instants that windows count."""
    if story.received is not None:
        story.instants.append(("received", story.received))
    if story.verdict in ("early", "on_time", "late", "no_due") and story.end is not None:
        story.instants.append((story.verdict, story.end))
    if story.verdict in LATE and story.due is not None:
        last = last_in_time(story.due, story.received, context)
        story.instants.append(("newly_overdue", story.due if last is None else last))
    if story.submitted is not None:
        calendar = context.calendar_named(story.calendar)
        hours = context.rules_at(story.submitted).late_reception_hours
        limit = calendar.add_hours(story.submitted, hours)
        answer = as_of
        if story.verdict != "pending":
            answer = story.received if story.received is not None else story.end or as_of
        if answer > limit:
            story.instants.append(("late_receptions", limit))
