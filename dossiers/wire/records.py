"""Records of topic dossiers: the state of each dossier, and the position of its partition.

Values of all topics are JSON (msgspec). Readers that read uncommitted data are safe because every
record that can be repeated is absolute and carries a version: the newest (epoch, offset) wins.
"""

from __future__ import annotations

import msgspec

from dossiers.wire.acted import KeptAction
from dossiers.wire.alerts import AlertState
from dossiers.wire.course import Course
from dossiers.wire.facts import Count, Moment
from dossiers.wire.flags import present_flags
from dossiers.wire.standing import Standing, Verdict

FORMAT = 4
"""Of a timeline: rises if the same log gives other states than before, so that what an older
version made of it must be folded again."""


class Position(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """How far a source partition is folded: the next offset, its now (ms), the reference data that
    counts then. ``activations``: all that ever counted or will, as (since in ms, content hash).
    ``heard``: when (ms) each source that must not fall silent was heard of last."""

    timeline: str
    next_offset: int
    now: int
    reference: str
    epoch: int
    duplicates: int = 0
    dead_letters: int = 0
    events: int = 0
    activations: tuple[tuple[int, str], ...] = ()
    heard: dict[str, int] = {}


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
    without a madonvi. ``actions``: what people did about its alerts, in order
    (dossiers.wire.acted); they are apart from the facts, and have a bound of their own.
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
    actions: tuple[KeptAction, ...] = ()

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
