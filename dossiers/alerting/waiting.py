"""What waits for whom: the ground on which records are taken and groups are closed."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterator

from dossiers.alerting.kept import Kept, KnownAlert, Note, Post, ReceiverBox
from dossiers.alerting.receivers import ToldTo
from dossiers.alerting.sendings import Hold, News, Withheld, Withholding
from dossiers.alerting.surroundings import Surroundings
from dossiers.wire.alerts import Alert

MOST_NOTES = 1_000  # for one receiver, unless as many have a time of their own
FAR = 1 << 60  # ms: it has no time of its own


def is_urgent(alert: Alert) -> bool:
    """Whether it waits for no group."""
    return alert.kind == "source_silent" or (alert.kind == "escalation" and alert.level >= 2)


class Waiting:
    """``kept`` is what is remembered; who waits for what, and until when, is made of it."""

    def __init__(self, around: Surroundings, kept: Kept) -> None:
        self.around = around
        self.kept = kept
        self.withheld: list[Withheld] = []
        self.alerts_of: defaultdict[str, set[str]] = defaultdict(set)  # by receiver
        self._due: list[tuple[int, str]] = []  # a heap of (ms, receiver)
        for id_, known in kept.alerts.items():
            for receiver, post in known.posts.items():
                if post.waits:
                    self.alerts_of[receiver].add(id_)
                    self._wake(receiver, post.at)
        for receiver, box in kept.boxes.items():
            for note in box.notes:
                self._wake(receiver, note.at)

    @property
    def now(self) -> int:
        """Data time (ms) to which the planner has advanced."""
        return self.kept.clock.now

    @property
    def next_at(self) -> int:
        """When something is to be looked at (ms); it may turn out that nothing is."""
        return self._due[0][0] if self._due else FAR

    def due(self) -> Iterator[str]:
        """Receivers whose time has come, as long as there are any."""
        while self._due and self._due[0][0] <= self.now:
            yield heapq.heappop(self._due)[1]

    def posts(self, receiver: str) -> Iterator[tuple[KnownAlert, Post]]:
        """What waits for a receiver, in a fixed order."""
        for id_ in sorted(self.alerts_of.get(receiver, ())):
            known = self.kept.alerts[id_]
            yield known, known.posts[receiver]

    def told(self, known: KnownAlert) -> dict[str, ToldTo]:
        """Who is to know, by receiver; where nobody is on duty, under the name of whose place it
        is."""
        told = self.around.told(known.alert, self.now)
        found = {each.person or each.instead_of: each for each in told}
        if known.taker:
            taker = self.around.in_place_of(known.taker, self.now)
            found.setdefault(taker.person or taker.instead_of, taker)
        return found

    def assign(self, known: KnownAlert, since: int, at: int = 0) -> None:
        """Let it wait for everybody who is to know and has not been told, until its group is
        closed, or ``at`` (ms). If there is nobody at all, that is said."""
        told = self.told(known)
        if not told:
            self.withhold("", known.alert, "no_receiver")
        for receiver, each in told.items():
            post = known.posts.get(receiver) or Post()
            if each.digest or known.raised <= max(post.told, post.waits):
                continue
            news: News = "again" if post.told or known.taker else "raised"
            snoozed = post.held == "snoozed" and post.at > self.now
            opens = post.at if snoozed else at or self.opens_at(receiver, known.alert)
            held: Hold = "snoozed" if snoozed else ""
            self.put(known, receiver, Post(post.told, known.raised, news, since, held, opens))

    def put(self, known: KnownAlert, receiver: str, post: Post) -> None:
        """What waits for a receiver from now on."""
        known.posts[receiver] = post
        self.alerts_of[receiver].add(known.alert.alert_id)
        self.kept.touched(known.alert.alert_id)
        self._wake(receiver, post.at)

    def take_off(self, known: KnownAlert, receiver: str, told: int) -> None:
        """Nothing of the alert waits for a receiver any more. ``told``: the sequence that counts
        as sent."""
        known.posts[receiver] = Post(told)
        self.alerts_of[receiver].discard(known.alert.alert_id)
        self.kept.touched(known.alert.alert_id)

    def call_off(self) -> None:
        """Nothing waits for anybody any more, as if all of it had been sent."""
        for known in self.kept.alerts.values():
            for receiver, post in known.posts.items():
                if post.waits:
                    self.take_off(known, receiver, post.waits)
        for receiver in self.kept.boxes:
            self.kept.box(receiver).notes = []

    def hold(self, known: KnownAlert, receiver: str, held: Hold, until: int) -> None:
        """It is not to go out now."""
        post = known.posts[receiver]
        if held and held != post.held:
            self.withhold(receiver, known.alert, held, until if until < FAR else 0)
        self.put(known, receiver, Post(post.told, post.waits, post.news, post.since, held, until))

    def release(self, holds: Collection[Hold], at: int) -> None:
        """Look again at ``at`` (ms) at what is held for one of these reasons."""
        for receiver in sorted(self.alerts_of):
            for known, post in self.posts(receiver):
                if post.held in holds:
                    post.at = at
                    self.kept.touched(known.alert.alert_id)
                    self._wake(receiver, at)

    def opens_at(self, receiver: str, alert: Alert) -> int:
        """When a group with this alert is closed. A grave one waits for no other group, unless
        there was a grave one just before: who gets one mail for each reads none."""
        urgent = is_urgent(alert)
        wait = 0 if urgent else self.around.settings(alert).group_seconds * 1000
        regroup = self.around.settings_for(receiver).regroup_seconds * 1000
        box = self.kept.boxes.get(receiver)
        last = 0 if box is None else box.urgent if urgent else box.last
        return max(self.now + wait, last + regroup if last else 0)

    def note(self, receiver: str, note: Note) -> None:
        """Let a record go out to a receiver as it is."""
        notes = self.kept.box(receiver).notes
        ends = [each for each in notes if not each.at] if len(notes) >= MOST_NOTES else ()
        if ends:  # that something is over is said for courtesy
            notes.remove(ends[0])
            self.withhold(receiver, ends[0].alert, "ended")
        notes.append(note)
        self._wake(receiver, note.at)

    def forget_ends(self, alert_id: str) -> None:
        """It is true again: nobody need hear that it was over."""
        for receiver, box in self.kept.boxes.items():
            left = [n for n in box.notes if n.alert.alert_id != alert_id or not _is_end(n)]
            if len(left) < len(box.notes):
                self.kept.box(receiver).notes = left

    def withhold(
        self, receiver: str, alert: Alert, why: Withholding, until: int = 0, sequence: int = 0
    ) -> None:
        """Say that something is not sent, or not yet."""
        self.withheld.append(
            Withheld(
                at=self.now, receiver=receiver, alert_id=alert.alert_id,
                sequence=sequence or alert.sequence, why=why, until=until,
            )
        )  # fmt: skip

    def counted(self, receiver: str) -> ReceiverBox:
        """The receiver's box, with one message more of this day."""
        box = self.kept.box(receiver)
        day = self.around.calendar(receiver).day_of(self.now)
        box.number = box.number + 1 if box.day == day else 1
        box.day = day
        return box

    def _wake(self, receiver: str, at: int) -> None:
        if 0 < at < FAR:
            heapq.heappush(self._due, (at, receiver))


def _is_end(note: Note) -> bool:
    return note.news in ("resolved", "retracted")
