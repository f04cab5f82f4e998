"""The morning digest: what is due today and what is late, one a receiver and working day.

After a restart it is sent up to two working hours late, later it is left out, which is said. Where
somebody's quiet hours are not over by then, it goes when they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dossiers.alerting.closing import line_of, ready
from dossiers.alerting.kept import KnownAlert
from dossiers.alerting.receivers import ToldTo
from dossiers.alerting.sendings import Digest, ToldLine, Withheld, digest_key
from dossiers.alerting.surroundings import may_be_silence
from dossiers.alerting.waiting import FAR, Waiting
from dossiers.time.calendar import Calendar
from dossiers.time.day_table import date_of
from dossiers.time.hours import HOUR, clock_ms

LATEST = 2 * HOUR  # ms of working time after its clock time at which a digest is still sent
_LATE = ("overdue", "escalation")
_DAYS = 14  # of which it is said that their digests were left out

Standing = dict[str, list[tuple[KnownAlert, ToldTo]]]  # by receiver


class Digests:
    """Of one planner; ``waiting`` is its own."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting

    @property
    def next_at(self) -> int:
        """When the next one may be due (ms)."""
        waiting = self._waiting
        if not waiting.now:
            return 0
        calendar = waiting.around.context.calendar
        day = calendar.day_of(waiting.now)
        clocks = [clock_ms(clock) for clock in waiting.around.digest_clocks]
        times = (calendar.at_clock(d, clock) for d in (day, day + 1) for clock in clocks)
        held = (box.digest_at for box in waiting.kept.boxes.values() if box.digest_at)
        return min((at for at in (*times, *held) if at > waiting.now), default=FAR)

    def due(self) -> Iterator[Digest]:
        """Those whose time has come."""
        wanted = {clock for clock in self._waiting.around.digest_clocks if self._turn(clock)}
        held = self._held()
        if not wanted and not held:
            return
        standing = self._standing()
        for receiver in sorted(standing):
            settings = self._waiting.around.settings_for(receiver)
            now = receiver in held or (settings.digest_at in wanted and self._may_go(receiver))
            digest = self._digest(receiver, standing[receiver]) if now else None
            if digest is not None:
                yield digest

    def _turn(self, clock: str) -> bool:
        """Whether digests of this clock time are to be sent now; it is done with them then."""
        waiting = self._waiting
        calendar, done = waiting.around.context.calendar, waiting.kept.clock.digests
        day = calendar.day_of(waiting.now)
        at = calendar.at_clock(day, clock_ms(clock))
        last = day if waiting.now >= at else day - 1
        fresh = clock not in done  # nothing is remembered: nothing can have been left out
        before = done.get(clock, day - 1)
        if before >= last:
            return False
        done[clock] = last
        waiting.kept.clock_touched()
        in_time = last == day and calendar.between(at, waiting.now) <= LATEST
        left_out = range(max(before + 1, last - _DAYS), last + (0 if in_time else 1))
        for each in () if fresh else filter(calendar.works_on, left_out):
            self._left_out(each)
        return in_time

    def _left_out(self, day: int) -> None:
        key = digest_key("", date_of(day).isoformat())
        self._waiting.withheld.append(
            Withheld(
                at=self._waiting.now, receiver="", alert_id=key, sequence=0, why="digest_late"
            )
        )  # fmt: skip

    def _may_go(self, receiver: str) -> bool:
        """Whether the receiver works today and may be told now; if later today, it waits."""
        waiting = self._waiting
        calendar = waiting.around.calendar(receiver)
        today = calendar.day_of(waiting.now)
        if not calendar.works_on(today):
            return False
        opens = waiting.around.may_go_at(receiver, waiting.now)
        if opens > waiting.now and calendar.day_of(opens) == today:
            waiting.kept.box(receiver).digest_at = opens
        return opens <= waiting.now

    def _held(self) -> set[str]:
        """Receivers whose quiet hours are over."""
        waiting = self._waiting
        boxes = waiting.kept.boxes.items()
        found = {each for each, box in boxes if 0 < box.digest_at <= waiting.now}
        for receiver in found:
            waiting.kept.box(receiver).digest_at = 0
        return found

    def _standing(self) -> Standing:
        """What is true now, by receiver. Many alerts have the same receivers."""
        waiting = self._waiting
        told: dict[tuple[object, ...], dict[str, ToldTo]] = {}
        found: Standing = defaultdict(list)
        for id_ in sorted(waiting.kept.alerts):
            known = waiting.kept.alerts[id_]
            alert = known.alert
            alike = (
                alert.kind,
                alert.level,
                alert.unit,
                alert.officer,
                alert.procedure,
                known.taker,
            )
            if alike not in told:
                told[alike] = waiting.told(known)
            for receiver, each in told[alike].items():
                if each.person:
                    found[receiver].append((known, each))
        return found

    def _digest(self, receiver: str, standing: list[tuple[KnownAlert, ToldTo]]) -> Digest | None:
        """None if there is nothing to say."""
        waiting = self._waiting
        fresh = {line.alert.alert_id: line for line in ready(receiver, waiting)}
        silent = waiting.kept.clock.silent
        lines = list(fresh.values())
        inhibited = 0
        for known, told in standing:
            if known.alert.alert_id in fresh or _is_snoozed(known, receiver, waiting.now):
                continue
            if may_be_silence(known.alert, silent):
                inhibited += 1
                continue
            lines.append(_standing_line(known, told))
        calendar = waiting.around.calendar(receiver)
        due_today, late, other = _sorted_out(lines, fresh, calendar, waiting.now)
        if not due_today and not late and not other:
            return None
        box = waiting.counted(receiver)
        ended = tuple(line_of(note, receiver) for note in box.notes)
        box.notes, box.last = [], waiting.now
        return Digest(
            receiver=receiver,
            day=calendar.local_date(waiting.now).isoformat(),
            at=waiting.now,
            number=box.number,
            budget=waiting.around.settings_for(receiver).budget,
            due_today=due_today,
            late=late,
            other=other,
            ended=ended,
            inhibited=inhibited,
        )


def _is_snoozed(known: KnownAlert, receiver: str, now: int) -> bool:
    post = known.posts.get(receiver)
    return post is not None and post.held == "snoozed" and post.at > now


def _standing_line(known: KnownAlert, told: ToldTo) -> ToldLine:
    alert = known.alert
    return ToldLine(
        alert=alert, sequence=known.raised, news="raised", told=told, since=alert.detected_at
    )  # fmt: skip


ToldLines = tuple[ToldLine, ...]


def _sorted_out(
    lines: list[ToldLine], fresh: dict[str, ToldLine], calendar: Calendar, now: int
) -> tuple[ToldLines, ToldLines, ToldLines]:
    """Due today, late, and the rest. A dossier is late once, by its highest level; a reminder of
    another day is left out unless it is news."""
    today = calendar.day_of(now)
    due: dict[str, ToldLine] = {}
    late: dict[str, ToldLine] = {}
    other: list[ToldLine] = []
    for line in lines:
        alert = line.alert
        if alert.kind in _LATE:
            known = late.get(alert.dossier_id)
            if known is None or known.alert.level <= alert.level:
                late[alert.dossier_id] = line
        elif alert.kind == "due_soon" and calendar.day_of(alert.due_at) == today:
            due.setdefault(alert.dossier_id, line)
        elif alert.kind != "due_soon" or alert.alert_id in fresh:
            other.append(line)
    return tuple(due.values()), _earliest_first(late), tuple(other)


def _earliest_first(late: dict[str, ToldLine]) -> ToldLines:
    return tuple(sorted(late.values(), key=lambda line: (line.alert.due_at, line.key)))
