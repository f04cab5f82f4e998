"""The oracle's story of one dossier: what was reported of it, taken in order, then judged.

It shares the calendar, the limits and the reading of records with the stream, but neither fold,
standing nor the comparing of snapshots. Slow and simple on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dossiers.reference.context import UNKNOWN, Context
from dossiers.wire.events import AnyDossierEvent
from oracle.due_changes import judge_changes
from oracle.reading import read_both
from oracle.rewrites import is_rewritten, with_all_rewrites, without_rewrites
from oracle.statements import ENDS, Statement, kind_of
from oracle.steps import is_step_overdue
from oracle.verdicts import LATE, OPEN, Verdict, judged
from oracle.walk import WalkResult, last_in_time, walk

_OUTSIDE = frozenset({"refused", "withdrawn", "pending", "unreceived"})
_ACTIVITY = frozenset({"progressed", "suspended", "resumed", "received", "submitted", *ENDS})


@dataclass
class Story:
    """What became of one dossier. Times in ms. ``flags``: what is odd about its data.

    ``unrewritten``, ``rewritten``, ``as_shown``: the verdicts without any rewrite, with all of
    them, and as of the sender's own snapshots; None where nothing would be other. ``open_again``:
    it was reopened, and has not ended again. ``status``, ``asked``, ``silently``: as in
    oracle.walk.WalkResult.
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
    status: int = 0
    asked: list[tuple[int, int | None]] = field(default_factory=list)
    silently: list[int] = field(default_factory=list)

    @property
    def is_flagged(self) -> bool:
        """What happened after the end is shown, and counted by nothing."""
        return bool(self.flags - {"after_end"})

    @property
    def is_suspended(self) -> bool:
        """Whether the clock of an open dossier stands, also if it was overdue before."""
        return self.stopped is not None and self.verdict in OPEN

    @property
    def is_extended(self) -> bool:
        """Whether a dossier with a verdict has a due time that was extended."""
        return self.extensions > 0 and self.verdict not in _OUTSIDE


def tell(events: list[AnyDossierEvent], as_of: int, context: Context) -> Story:
    """The story of one dossier from its events (any order, no duplicates), judged at ``as_of``."""
    said, shown = read_both(events, context)
    line = [told for told in said if not told.instead]
    changes = judge_changes(line, context)
    way = walk(line, context, changes.counting)
    verdict = judged(way, as_of, context)
    story = Story(
        procedure=way.procedure, submitted=way.submitted, received=way.received, due=way.due,
        first_due=way.first_due, stopped=way.stopped, end=way.end, ended_by=way.ended_by,
        verdict=verdict.standing, calendar=way.calendar, restarts=way.restarts,
        status=way.status, asked=way.asked, silently=way.silently,
    )  # fmt: skip
    if any(kind_of(event) == "voided" for event in events):
        story.flags.add("voided")
    _hold(story, said, context)
    _look_for_odd(story, line, way, context)
    _look_after_the_end(story, said)
    if is_rewritten(said, changes):
        story.flags.add("rewritten")
    if "rewritten" in story.flags:  # also by what was reopened
        story.unrewritten = without_rewrites(said, changes, as_of, context)
        story.rewritten = with_all_rewrites(said, as_of, context)
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


def _look_back(
    story: Story, shown: Sequence[Statement] | None, as_of: int, context: Context
) -> None:
    """As of the snapshots that said otherwise after what they say now had happened."""
    if shown is None:
        return
    line = [told for told in shown if not told.instead]
    found = judged(walk(line, context, judge_changes(line, context).counting), as_of, context)
    story.as_shown = found
    if (found.standing in LATE) != (story.verdict in LATE):
        story.flags.add("backdated")


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
