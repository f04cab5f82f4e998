"""What a dossier keeps of its events, one class a kind (dossiers.wire.kept_events)."""

from __future__ import annotations

from typing import Annotated, Literal, cast

import msgspec

# ms: no state has a moment beyond, and a record that says so was written by none of ours.
Moment = Annotated[int, msgspec.Meta(ge=-(2**43), le=2**43)]
Count = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
MAX_LIMIT = 1_000_000  # of any unit; beyond the calendar in any case
LimitUnit = Literal["hours", "days", "working_days", "months"]


class Limit(msgspec.Struct, frozen=True, gc=False):
    """A procedure's time limit: ``amount`` of ``unit`` (8 working hours = 1 working day)."""

    amount: int
    unit: LimitUnit


class Supplement(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A request to the citizen to complete the dossier, as a portal shows it; times in ms.

    ``due_before``, ``due_after``: the appointment before it (NgayHenTraTruoc) and after it
    (NgayHenTraMoi); at 00:00:00 local they mean closing time of that day.
    """

    id: str
    requested_at: int | None = None
    answered_at: int | None = None
    due_before: int | None = None
    due_after: int | None = None


class Content(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """All that a portal shows of a dossier at one moment; no personal data has a field here.

    ``status``: 1 to 10, None if it could not be read. ``channel``: 1 direct, 2 online, 3 postal.
    ``accepted_at``: NgayTiepNhan; ``due_at``: NgayHenTra; ``finished_at``: NgayKetThucXuLy;
    ``returned_at``: NgayTra; ``refused_at``: NgayTuChoi. All in ms.
    """

    procedure: str = ""
    status: int | None = None
    channel: int = 1
    submitted_at: int | None = None
    accepted_at: int | None = None
    due_at: int | None = None
    finished_at: int | None = None
    returned_at: int | None = None
    refused_at: int | None = None
    supplements: tuple[Supplement, ...] = ()


class Repeat(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A snapshot that said again what the one before it had said: only its place is kept.

    Times in ms.
    """

    occurred_at: int
    received_at: int
    source_seq: int
    event_id: str


Kind = Literal[
    "submitted", "received", "refused", "progressed", "suspended", "resumed", "withdrawn",
    "finished", "reopened", "due_set", "voided", "restored", "reassigned", "snapshot",
]  # fmt: skip
# What snapshots tell besides, when they are compared (dossiers.portal.told_facts).
ToldKind = Literal["rewritten", "received_anew"]
StopStatus = Literal[5, 6, 8]
EndStatus = Literal[9, 10]
DueReason = Literal["extension", "correction"]


class Fact(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One event as a dossier keeps it; times in ms. The first four fields are its place in the
    order of facts. ``madonvi``: for which unit it was sent, as the API checked it; its event_id is
    one within this unit only. The rest of these says who holds the dossier. What a kind has besides
    is named, and means, as in its event (dossiers.wire.events)."""

    occurred_at: int
    source: str
    source_seq: int
    event_id: str
    received_at: int
    madonvi: str = ""
    unit: str = ""
    officer: str = ""
    responsible: str = ""
    step: str = ""

    @property
    def kind(self) -> Kind | ToldKind:
        """That of its event."""
        return cast("Kind", self.__struct_config__.tag)


class SubmittedFact(Fact, frozen=True, gc=False, tag="submitted"):
    """Sent online."""

    procedure: str = ""


class ReceivedFact(Fact, frozen=True, gc=False, tag="received"):
    """Accepted. Times in ms."""

    procedure: str = ""
    due_at: int | None = None
    limit: Limit | None = None


class RefusedFact(Fact, frozen=True, gc=False, tag="refused"):
    """Not accepted."""


class ProgressedFact(Fact, frozen=True, gc=False, tag="progressed"):
    """Somebody did something. Times in ms."""

    carried: int | None = None
    officer_name: str = ""
    until: bool = False
    began_at: int | None = None
    step_due_at: int | None = None


class SuspendedFact(Fact, frozen=True, gc=False, tag="suspended"):
    """The clock stops."""

    status: StopStatus = 5


class ResumedFact(Fact, frozen=True, gc=False, tag="resumed"):
    """The clock runs again. Times in ms."""

    due_at: int | None = None


class WithdrawnFact(Fact, frozen=True, gc=False, tag="withdrawn"):
    """Taken back by the citizen."""


class FinishedFact(Fact, frozen=True, gc=False, tag="finished"):
    """Processing has ended."""

    status: EndStatus = 9


class ReopenedFact(Fact, frozen=True, gc=False, tag="reopened"):
    """The source works on it again."""


class DueSetFact(Fact, frozen=True, gc=False, tag="due_set"):
    """A new due time. Times in ms."""

    due_at: int = 0
    reason: DueReason = "correction"


class VoidedFact(Fact, frozen=True, gc=False, tag="voided"):
    """The source takes an event back."""

    target: str = ""


class RestoredFact(Fact, frozen=True, gc=False, tag="restored"):
    """It came back from the archive; what that held are facts of their own."""


class ReassignedFact(Fact, frozen=True, gc=False, tag="reassigned"):
    """An operator says whose it is."""

    owner: str = ""


class SnapshotFact(Fact, frozen=True, gc=False, tag="snapshot"):
    """All that a portal showed. ``repeats``: the last few times at which it was sent again."""

    content: Content = Content()
    repeats: tuple[Repeat, ...] = ()


EndFact = FinishedFact | WithdrawnFact | RefusedFact
# As they are read. Decoders of states take these, whatever is in their bytes.
AnyFact = (
    SubmittedFact | ReceivedFact | RefusedFact | ProgressedFact | SuspendedFact | ResumedFact
    | WithdrawnFact | FinishedFact | ReopenedFact | DueSetFact | VoidedFact | RestoredFact
    | ReassignedFact | SnapshotFact
)  # fmt: skip
