"""Which dossiers a page's filter means, by the stories of the recount and the words of the
documentation: no statement of SQL, no state of the stream."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from api.insight.filters import Filter
from dossiers.reference.context import UNKNOWN, Context
from dossiers.reference.in_force import InForce
from dossiers.wire.events import AnyDossierEvent
from oracle.figures import recount
from oracle.late_hours import LateHours, hours_at
from oracle.late_shares import HandShare
from oracle.story import Story

HOUR, MINUTE = 3_600_000, 60_000
_ENDED = ("early", "late", "no_due", "on_time")
_OPEN = ("overdue", "waiting", "within")
_LENGTHS = {"1h": 60, "24h": 24 * 60, "7d": 7 * 24 * 60, "30d": 30 * 24 * 60}  # minutes
_LEFT = {"to16": (0, 16), "to40": (16, 40), "over40": (40, 10**6), "upto40": (0, 40)}
_AGE = {"under8": (-1, 8), "to24": (8, 24), "over24": (24, 10**6)}
_UNTOLD = ("level", "online", "channel", "step", "flags", "supplements", "text")
Span = tuple[float, float]  # ms, the second excluded


class NotTold(Exception):
    """The stories do not say it: the text names what was asked."""


def _ended(*verdicts: str) -> Callable[[Story], int | None]:
    return lambda story: story.end if story.verdict in verdicts else None


def _dated(name: str) -> Callable[[Story], int | None]:
    return lambda story: dict(story.instants).get(name)


_HAPPENED: Mapping[str, Callable[[Story], int | None]] = {
    "received": lambda story: story.received,
    "submitted": lambda story: story.submitted,
    "finished": _ended(*_ENDED),
    "judged": _ended("early", "on_time", "late"),
    "late": _ended("late"),
    "newly_overdue": _dated("newly_overdue"),
    "late_receptions": _dated("late_receptions"),
}
_MARKS: Mapping[str, Callable[[Story], bool]] = {
    "suspended": lambda story: story.is_suspended,
    "late_reception": lambda s: s.verdict == "pending" and "late_receptions" in dict(s.instants),
    "no_procedure": lambda story: not story.procedure,
}


@dataclass(frozen=True)
class ToldCity:
    """All dossiers of ``events`` at ``now`` (ms), without anything that was ever folded."""

    events: list[AnyDossierEvent]
    now: int
    context: Context

    @cached_property
    def stories(self) -> dict[str, Story]:
        return recount(self.events, self.now, self.context)[1]

    @cached_property
    def late_hours(self) -> dict[str, LateHours]:
        of: dict[str, list[AnyDossierEvent]] = defaultdict(list)
        for event in self.events:
            of[event.dossier_id].append(event)
        rules = InForce([(0, self.context)])
        late = [id_ for id_, story in self.stories.items() if story.verdict in ("late", "overdue")]
        return {id_: hours_at(of[id_], self.now, rules) for id_ in late}

    def count(self, of: Filter) -> int:
        """How many dossiers ``of`` means. Raises NotTold."""
        return sum(self._means(of, id_, story) for id_, story in self.stories.items())

    def _means(self, of: Filter, id_: str, story: Story) -> bool:
        return all(
            (
                not of.unit or self._below(story.unit, of.unit),
                of.officer in ("", story.officer or UNKNOWN),
                of.procedure in ("", story.procedure),
                not of.field or self._field(story) == of.field,
                not of.standing or story.verdict in of.standing,
                all(self._marked(mark, story) for mark in of.marks),
                not of.left or self._left(of.left, story),
                not of.age or self._age(of.age, story),
                not of.due or self._within(of.due, story.due),
                not of.turns or self._within(of.turns, self._turns(story)),
                not (of.what or of.window) or self._happened(of, story),
                self._was_held(of, id_),
                not any(getattr(of, name) and _untold(name) for name in _UNTOLD),
            )
        )

    def _below(self, unit: str, above: str) -> bool:
        return above in (unit, *self.context.ancestors(unit))

    def _field(self, story: Story) -> str:
        fields = {each.id: each.field for each in self.context.reference.procedures}
        return fields.get(story.procedure, "")

    def _marked(self, mark: str, story: Story) -> bool:
        if mark == "due_soon":
            return self._soon(story)
        return _MARKS[mark](story) if mark in _MARKS else _untold(mark)

    def _soon(self, story: Story) -> bool:
        if story.verdict != "within" or story.due is None:
            return False
        calendar = self.context.calendar_named(story.calendar)
        return self.now >= calendar.subtract(story.due, self.context.due_soon)

    def _left(self, name: str, story: Story) -> bool:
        if story.verdict != "within":
            return False
        if name in ("soon", "none"):
            return self._soon(story) if name == "soon" else story.due is None
        if story.due is None or self._soon(story):
            return False
        low, high = _LEFT[name]
        left = self.context.calendar_named(story.calendar).between(self.now, story.due)
        return low * HOUR < left <= high * HOUR

    def _age(self, name: str, story: Story) -> bool:
        if story.verdict != "overdue" or story.due is None:
            return False
        low, high = _AGE[name]
        since = self.context.calendar_named(story.calendar).between(story.due, self.now)
        return low * HOUR <= since < high * HOUR

    def _turns(self, story: Story) -> int | None:
        """When what was submitted becomes a late reception."""
        if story.verdict != "pending" or story.submitted is None:
            return None
        hours = self.context.rules_at(story.submitted).late_reception_hours
        at = self.context.calendar_named(story.calendar).add_hours(story.submitted, hours)
        return at if at >= self.now else None

    def _happened(self, of: Filter, story: Story) -> bool:
        start, end = self._span(of.window) if of.window else (float("-inf"), float("inf"))
        if of.what in ("handled", "behind"):
            since = story.received if of.what == "handled" else _dated("newly_overdue")(story)
            counts = (*_OPEN, *_ENDED) if of.what == "handled" else ("late", "overdue")
            begun = since is not None and since < end and (story.received or 0) < end
            over = story.end is not None and story.end < start
            return story.verdict in counts and begun and not over
        if of.what not in _HAPPENED:
            return _untold(of.what)
        at = _HAPPENED[of.what](story)
        return at is not None and start <= at < end

    def _was_held(self, of: Filter, id_: str) -> bool:
        if not (of.charged or of.charged_in or of.held or of.held_in or of.late_before):
            return True
        hours = self.late_hours.get(id_)
        if hours is None:
            return False
        hands = hours.split.each
        charged = [
            share
            for number, share in enumerate(hands, 1)
            if share.charge > 0 or (hours.grows and number == len(hands))
        ]
        return all(
            (
                not (of.charged or of.charged_in) or any(self._of(s, of) for s in charged),
                not of.held or any(share.hand.officer == of.held for share in hands),
                not of.held_in or any(self._below(s.hand.unit, of.held_in) for s in hands),
                not of.late_before or _came_late(hands, of.late_before),
            )
        )

    def _of(self, share: HandShare, of: Filter) -> bool:
        mine = of.charged in ("", share.hand.officer or UNKNOWN)
        return mine and (not of.charged_in or self._below(share.hand.unit, of.charged_in))

    def _within(self, window: str, at: int | None) -> bool:
        start, end = self._span(window)
        return at is not None and start <= at < end

    def _span(self, window: str) -> Span:
        minute = self.now // MINUTE * MINUTE
        if window in _LENGTHS:
            return minute - (_LENGTHS[window] - 1) * MINUTE, minute + MINUTE
        today = self._local(self.now).date()
        if window in ("month", "year"):
            first = today.replace(day=1) if window == "month" else date(today.year, 1, 1)
            return self._instant(first.isoformat()), minute + MINUTE
        start, _, end = window.partition("..")
        day_after = end if "T" in end else _following(end) if end else ""
        last = self._instant(day_after) if day_after else float("inf")
        return self._instant(start) if start else float("-inf"), last

    def _local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, self._zone)

    def _instant(self, text: str) -> int:
        return round(datetime.fromisoformat(text).replace(tzinfo=self._zone).timestamp() * 1000)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.context.reference.timezone)


def _following(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _came_late(hands: Iterable[HandShare], officer: str) -> bool:
    """Whether it was late when the officer got it first."""
    first = next((share for share in hands if share.hand.officer == officer), None)
    return first is not None and first.inherited > 0


def _untold(what: str) -> bool:
    raise NotTold(what)
