"""What a dossier keeps of its events and of its alerts."""

from __future__ import annotations

from typing import Annotated, Literal

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


class AlertState(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a dossier remembers of one alert."""

    kind: str
    level: int
    cause: int  # the instant (ms) that caused it
    sequence: int
    status: Literal["raised", "resolved", "retracted"]


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
    """A snapshot that said again what the one before it had said: only its place is kept."""

    occurred_at: int
    received_at: int
    source_seq: int
    event_id: str


class Shown(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a snapshot showed. ``repeats``: the last few times at which it was sent again."""

    content: Content
    repeats: tuple[Repeat, ...] = ()


class Fact(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One event as a dossier keeps it. The first four fields are its place in the order of facts.

    ``due_at``: of received, resumed, due_set. ``text``: procedure, the voided event's id, the
    new owner or the reason of a new due time; of progressed the officer's name if no id is
    known. ``status``: of suspended and finished; of progressed 1 if it says who held the dossier
    until then. ``carried``: of progressed. ``shown``: of a snapshot. ``madonvi``: for which unit it
    was sent, as the API checked it; its event_id is one within this unit only. ``begin``,
    ``step_due``: of progressed, began_at and step_due_at.
    """

    occurred_at: int
    source: str
    source_seq: int
    event_id: str
    kind: str
    received_at: int
    unit: str = ""
    officer: str = ""
    responsible: str = ""
    step: str = ""
    due_at: int | None = None
    text: str = ""
    limit: Limit | None = None
    status: int = 0
    carried: int | None = None
    shown: Shown | None = None
    madonvi: str = ""
    begin: int | None = None
    step_due: int | None = None
