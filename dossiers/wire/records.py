"""Topics, keys and record types: the only place where the rooms meet.

Values are JSON (msgspec). Readers that read uncommitted data are safe because every record that
can be repeated is absolute and carries a version: the newest (epoch, offset) wins.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from dossiers.wire.course import Course
from dossiers.wire.facts import AlertState as AlertState  # noqa: PLC0414 (also read from here)
from dossiers.wire.facts import Count, Moment
from dossiers.wire.flags import present_flags
from dossiers.wire.standing import Standing, Verdict
from dossiers.wire.timeline import Activated as Activated  # noqa: PLC0414
from dossiers.wire.timeline import Timeline as Timeline  # noqa: PLC0414

EVENTS = "dossier-events"  # key = dossier id; ticks and activations: no key, one in every partition
REFERENCE = "reference"  # compacted; key = content hash, or TIMELINE_KEY; one partition
DOSSIERS = "dossiers"  # compacted changelog; same partition number as the events; key = dossier id
PARTIALS = "partial-tallies"  # compacted; key = scope + SEPARATOR + source partition
TALLIES = "tallies"  # compacted; key = scope
ALERTS = "alerts"  # key = dossier id; of an alert about a unit: the unit's scope
DEAD_LETTERS = "dead-letters"  # kept for ever; one partition
AUDIT = "audit"  # who looked and who changed; kept for two years; key = subject; one partition

TIMELINE_KEY = b"timeline"
POSITION_KEY = b"\x00position"  # in DOSSIERS; no dossier id may begin with a control character
CLOCK_SCOPE = "\x00clock"  # in PARTIALS (one a source partition) and TALLIES (merged)
SEPARATOR = "\x1f"

ALL = "all"

FORMAT = 3
"""Of a timeline: rises if the same log gives other states than before, so that what an older
version made of it must be folded again."""


def unit_scope(unit: str) -> str:
    return f"unit:{unit}"


def officer_scope(officer: str) -> str:
    return f"officer:{officer}"


def partial_key(scope: str, partition: int) -> bytes:
    return f"{scope}{SEPARATOR}{partition}".encode()


class Position(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """How far a source partition is folded: the next offset, its now (ms), the reference data that
    counts then. ``activations``: all that ever counted or will, as (since in ms, content hash)."""

    timeline: str
    next_offset: int
    now: int
    reference: str
    epoch: int
    duplicates: int = 0
    dead_letters: int = 0
    events: int = 0
    activations: tuple[tuple[int, str], ...] = ()


class Owned(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Whose a dossier is (dossiers.admission.ownership). ``owners``: madonvi; none: that of the
    unit that received it, by units.csv. ``settled``: no later record changes it, but an operator.
    ``handed``: somebody to whom an owner handed it has acted.

    Of a dossier that has left the stream this is all that topic ``dossiers`` keeps, in place of its
    state; one that belongs to nobody leaves a tombstone.
    """

    owners: tuple[str, ...] = ()
    settled: bool = False
    handed: bool = False


def has_left(value: bytes) -> bool:
    """Whether a record of topic ``dossiers`` is an ``Owned`` instead of a state."""
    return value[:1] == b"["


class Facts(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A dossier's facts, in order, as bytes: nobody has to decode them to add a last one.

    ``tail``: the place of the last one. ``count``, ``size`` (bytes): 0 if nobody has counted
    yet. ``snapshots``: some of them are.
    """

    tail: tuple[int, str, int, str] = (0, "", 0, "")
    count: Count = 0
    size: Count = 0
    snapshots: bool = False
    raw: msgspec.Raw = msgspec.Raw(b"[]")


NO_FACTS = Facts()


class DossierRecord(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One dossier's state: what its facts add up to, how that stands as of ``as_of`` (ms, the
    partition's now when it was written), what was announced, and the facts themselves.

    ``scopes``: where it counts. ``successor``: of a unit that has ended, the one that has its
    dossiers now (dossiers.reference.succession). ``owned``: None as long as every record came
    without a madonvi.
    """

    timeline: str
    epoch: int
    offset: int
    dossier_id: str
    as_of: int
    course: Course
    standing: Standing
    scopes: tuple[str, ...] = ()
    successor: str = ""
    alerts: tuple[AlertState, ...] = ()
    owned: Owned | None = None
    facts: Facts = NO_FACTS

    @property
    def unit(self) -> str:
        """The one that has it now."""
        return self.successor or self.course.unit

    @property
    def flags(self) -> tuple[str, ...]:
        """What is odd about it now, sorted: by its facts, its standing and its owners."""
        handed = self.owned is not None and self.owned.handed
        return present_flags(self.course.flags, self.standing.backdated, handed)


class CourseHeader(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Of a Course."""

    received_at: Moment | None = None
    finished_at: Moment | None = None
    stopped_at: Moment | None = None
    flags: tuple[str, ...] = ()
    extensions: Moment = 0
    reopened_at: Moment | None = None


class StandingHeader(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Of a Standing."""

    verdict: Verdict
    due_soon: bool = False
    late_reception: bool = False
    late_reception_at: Moment | None = None
    breached_at: Moment | None = None
    step_overdue: bool = False
    next_at: Moment | None = None
    backdated: bool = False


class Header(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The part of a DossierRecord from which tallies and deadlines are rebuilt, read from the same
    bytes: a partition of a million dossiers is taken over without decoding the rest."""

    timeline: str
    course: CourseHeader
    standing: StandingHeader
    scopes: tuple[str, ...] = ()
    owned: Owned | None = None

    @property
    def flags(self) -> tuple[str, ...]:
        """As of a DossierRecord."""
        handed = self.owned is not None and self.owned.handed
        return present_flags(self.course.flags, self.standing.backdated, handed)


class PartialTally(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The whole vector (dossiers.tallies.vector.FIELDS) of one scope in one source partition."""

    timeline: str
    scope: str
    partition: int
    epoch: int
    offset: int
    now: int
    vector: tuple[int, ...] = ()


class Backlog(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Where a unit stands against its thresholds; rules in ``dossiers.tallies.backlog``.

    ``since``: data time (ms) since when it is over a threshold without an alert, or below all the
    lower ones with one; None if neither. ``cause``, ``sequence``, ``status``: of its last alert;
    0 before the first.
    """

    since: int | None = None
    cause: int = 0
    sequence: int = 0
    status: Literal["raised", "resolved"] = "resolved"


class Tally(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Merged: the sum over source partitions. ``versions[p]`` = (epoch, offset) of partition p.

    For CLOCK_SCOPE the vector is empty and ``now`` is the watermark: the minimum over source
    partitions, 0 until every partition has spoken. ``backlog``: of a unit that was ever over a
    threshold, the state from which the next owner of the partition goes on.
    """

    timeline: str
    scope: str
    now: int
    vector: tuple[int, ...] = ()
    versions: dict[str, tuple[int, int]] = {}
    backlog: Backlog | None = None


AlertKind = Literal[
    "due_soon", "overdue", "late_reception", "step_overdue", "date_rewritten", "reopened",
    "backdated", "unit_backlog"
]  # fmt: skip


class Alert(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One transition of one alert. Idempotency key of a delivery: ``alert_id`` + ``sequence``.

    ``unit_backlog`` is about a unit: it has no dossier, officer, step or procedure, and says how
    many of the unit's ``open`` dossiers were ``overdue``.
    """

    timeline: str
    alert_id: str
    sequence: int
    kind: AlertKind
    level: int  # due_soon: working hours left; else 0
    transition: Literal["raised", "resolved", "retracted"]
    dossier_id: str
    unit: str
    officer: str
    step: str
    procedure: str
    due_at: int  # the instant that caused it
    detected_at: int  # partition time when it was detected
    occurred_at: int  # of the event behind the transition, or due_at
    received_at: int
    overdue: int = 0
    open: int = 0


REPLAYED = "replayed"
DROPPED = "dropped"
MARKS = frozenset({REPLAYED, DROPPED})


class DeadLetter(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A record that could not be taken, with the reason in words and where it came from.

    ``reason``: a short code; ``detail``: what was wrong, where, and what to do. ``payload`` is cut
    at 4 kB and has no personal data. ``partition``, ``offset``: -1 if it never reached Kafka.
    Reasons REPLAYED and DROPPED are marks, which decide on another dead letter and are none.
    REPLAYED: the record at this place was sent again. DROPPED: the dead letter at this place of
    topic dead-letters is settled without it, ``detail`` says why and ``source`` by which way.
    """

    timeline: str
    reason: str
    detail: str
    source: str
    topic: str
    partition: int
    offset: int
    detected_at: int
    key: str = ""
    payload: str = ""
