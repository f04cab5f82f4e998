"""What the planner gives: groups and digests to send, and what was withheld and why."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec

from dossiers.alerting.receivers import ToldTo
from dossiers.wire.alerts import Alert, AlertKind

# ``again``: raised anew, or still true when a snooze was over. The last four are what people did.
News = Literal[
    "raised", "again", "resolved", "retracted", "hand_over", "accept", "ask", "explain"
]  # fmt: skip
# quiet: hours or days off · nobody: on duty · snoozed: by the receiver · silent_source: inhibited
Hold = Literal["", "quiet", "nobody", "snoozed", "silent_source"]
# ended: before it was sent · acknowledged: by the receiver · not_concerned: no receiver any more ·
# no_receiver: the policy names nobody who is known · digest_late: more than two working hours ·
# no_way: the receiver wants none of the ways that are set
Withholding = Literal[
    "quiet", "nobody", "snoozed", "silent_source", "ended", "acknowledged", "not_concerned",
    "no_receiver", "digest_late", "no_way",
]  # fmt: skip


class ToldLine(msgspec.Struct, frozen=True, kw_only=True):
    """One alert for one receiver. ``alert``: its newest record. ``sequence``: of the record that
    is told. ``told``: why this receiver. ``since``: when it was to be told (ms). ``held``: what
    held it back beyond the group's wait."""

    alert: Alert
    sequence: int
    news: News
    told: ToldTo
    since: int
    held: Hold = ""

    @property
    def key(self) -> str:
        """Of idempotency: alert and sequence."""
        return f"{self.alert.alert_id}:{self.sequence}"


class Root(msgspec.Struct, frozen=True, kw_only=True):
    """One alert, or a storm: many of one kind and unit that are one, with their list."""

    kind: AlertKind
    level: int
    unit: str
    lines: tuple[ToldLine, ...]


class AlertGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One message. ``at``: data time (ms). ``urgent``: it did not wait. ``number``: of the
    receiver's groups and digests of that local day, which are to be ``budget`` at most."""

    receiver: str
    at: int
    urgent: bool
    number: int
    budget: int
    roots: tuple[Root, ...]

    @property
    def lines(self) -> tuple[ToldLine, ...]:
        """All of them."""
        return tuple(line for root in self.roots for line in root.lines)

    @property
    def key(self) -> str:
        """Names this message: the same lines have the same."""
        keys = "|".join(sorted(line.key for line in self.lines))
        return f"group:{self.receiver}:{hashlib.sha256(keys.encode()).hexdigest()[:32]}"


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """What a working day begins with. ``day``: ISO date. ``due_today``, ``late``: dossiers, each
    once; ``other``: what else is true. ``inhibited``: alerts that a silent source may have caused,
    and that are left out. ``number``, ``budget``: as in AlertGroup."""

    receiver: str
    day: str
    at: int
    number: int
    budget: int
    due_today: tuple[ToldLine, ...] = ()
    late: tuple[ToldLine, ...] = ()
    other: tuple[ToldLine, ...] = ()
    ended: tuple[ToldLine, ...] = ()
    inhibited: int = 0

    @property
    def lines(self) -> tuple[ToldLine, ...]:
        """All of them, in this order."""
        return (*self.late, *self.due_today, *self.other, *self.ended)

    @property
    def key(self) -> str:
        """Of idempotency: one a receiver and day."""
        return digest_key(self.receiver, self.day)


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was not sent, or not yet. ``until``: ms, 0 if it never will be or nobody
    knows. ``receiver``: "" for all of them. Of a digest, ``alert_id`` is its key."""

    at: int
    receiver: str
    alert_id: str
    sequence: int
    why: Withholding
    until: int = 0


class Sendings(NamedTuple):
    """What is to be done now, in this order."""

    digests: list[Digest]
    groups: list[AlertGroup]
    withheld: list[Withheld]


def digest_key(receiver: str, day: str) -> str:
    """See Digest.key."""
    return f"digest:{receiver}:{day}"


def roots_of(lines: Iterable[ToldLine], storm: int) -> tuple[Root, ...]:
    """``storm`` or more lines of one kind, level and unit are one root with its list; every other
    line is its own. In the order of the first lines."""
    alike: dict[tuple[AlertKind, int, str, bool], list[ToldLine]] = defaultdict(list)
    for line in lines:
        alert = line.alert
        rises = line.news in ("raised", "again")
        alike[alert.kind, alert.level, alert.unit, rises].append(line)
    found: list[Root] = []
    for (_, _, _, rises), own in alike.items():
        together = rises and len(own) >= max(storm, 2)
        found += [_root(own)] if together else [_root([line]) for line in own]
    return tuple(found)


def _root(lines: Sequence[ToldLine]) -> Root:
    first = lines[0].alert
    return Root(kind=first.kind, level=first.level, unit=first.unit, lines=tuple(lines))
