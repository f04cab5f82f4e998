"""What can happen to a dossier, as it stands in topic ``dossier-events``.

Times are UTC epoch milliseconds. Every event names the dossier, the sender and the sender's own
sequence number; the four together give the total order in which a dossier's facts are folded.
"""

from __future__ import annotations

import msgspec

from dossiers.wire.acted import Acted, KeptAction
from dossiers.wire.alerts import AlertState
from dossiers.wire.archived import ArchivedFact
from dossiers.wire.dossier_event import DossierEvent, Instant, Int64
from dossiers.wire.facts import Content, DueReason, EndStatus, Limit, StopStatus
from dossiers.wire.spelling import BACKSLASH, BLANK, spelled
from dossiers.wire.traits import Traits


class Submitted(DossierEvent, frozen=True, kw_only=True, tag="submitted"):
    """Status 1, Mới đăng ký: sent online, not yet accepted. Starts the clock of late reception."""

    procedure: str = ""


class Received(DossierEvent, frozen=True, kw_only=True, tag="received"):
    """Status 2, Được tiếp nhận. ``due_at``: appointment date if given, else reception + limit."""

    procedure: str = ""
    due_at: int | None = None
    limit: Limit | None = None


class Refused(DossierEvent, frozen=True, kw_only=True, tag="refused"):
    """Status 3, Không được tiếp nhận: stands outside every count."""


class Progressed(DossierEvent, frozen=True, kw_only=True, tag="progressed"):
    """Status 4, Đang xử lý: somebody did something; ``step`` names it. ``carried``: at a hand-over
    within a step, the working ms of the step's limit that go along to the new holder.
    ``officer_name``: if the source knows no id; matched within the unit, never guessed.
    ``until``: the officer held the dossier up to here, and who holds it now is not said; ``step``
    is then what was done. ``began_at``, ``step_due_at`` (ms): with ``until``, when that step began,
    and when it had to be done (NgayBatDau, NgayKetThucTheoQuyDinh)."""

    carried: Int64 | None = None
    officer_name: str = ""
    until: bool = False
    began_at: Instant | None = None
    step_due_at: Instant | None = None


class Suspended(DossierEvent, frozen=True, kw_only=True, tag="suspended"):
    """Status 5, 6 or 8: the clock stops (supplement, financial duty, processing halted). No other
    status stops it: an event that says so is none."""

    status: StopStatus = 5


class Resumed(DossierEvent, frozen=True, kw_only=True, tag="resumed"):
    """Back in status 4. ``due_at`` (NgayHenTraMoi) replaces our own shift, never both."""

    due_at: int | None = None


class Withdrawn(DossierEvent, frozen=True, kw_only=True, tag="withdrawn"):
    """Status 7, Công dân yêu cầu rút hồ sơ."""


class Finished(DossierEvent, frozen=True, kw_only=True, tag="finished"):
    """Status 9 or 10: processing has ended. The first one counts."""

    status: EndStatus = 9


class Reopened(DossierEvent, frozen=True, kw_only=True, tag="reopened"):
    """The source works on it again after its end. The first verdict stays; the next ``finished``,
    ``withdrawn`` or ``refused`` ends it again. Before an end it says who acts, no more."""


class DueSet(DossierEvent, frozen=True, kw_only=True, tag="due_set"):
    """A new due time: an extension (form 04) or a correction by the source."""

    due_at: int
    reason: DueReason = "correction"


class Voided(DossierEvent, frozen=True, kw_only=True, tag="voided"):
    """The source takes back its earlier event ``target``, one of the same madonvi; a corrected one
    may follow."""

    target: str


class Restored(DossierEvent, frozen=True, kw_only=True, tag="restored"):
    """A dossier that had been dropped comes back: what the archive holds of it.

    Facts and actions that its state has already are skipped. ``alerts``: what had been announced,
    so that nothing is announced twice. The dossier stays as long again as one that is closed now.
    """

    facts: tuple[ArchivedFact, ...]
    alerts: tuple[AlertState, ...] = ()
    actions: tuple[KeptAction, ...] = ()


class Reassigned(DossierEvent, frozen=True, kw_only=True, tag="reassigned"):
    """An operator says whose the dossier is: of madonvi ``owner`` from here on, whoever was the
    first to send something about it. No sender's event."""

    owner: str


class Snapshot(DossierEvent, frozen=True, kw_only=True, tag="snapshot"):
    """The whole dossier as a portal shows it. ``occurred_at``: when it was sent. What has happened
    follows from the snapshot before it (dossiers.portal.snapshots)."""

    content: Content


class Described(DossierEvent, frozen=True, kw_only=True, tag="traits"):
    """What the dossier is like, all that is known of it at once. It moves no clock and is none of
    the dossier's facts: the last in the order of facts says how it is (dossiers.wire.traits)."""

    traits: Traits


class Tick(msgspec.Struct, frozen=True, gc=False, tag="tick", tag_field="kind"):
    """Time as data: everything in this partition up to ``now`` (ms) has happened."""

    now: int


class Activate(msgspec.Struct, frozen=True, gc=False, tag="activate", tag_field="kind"):
    """The reference data with this content hash counts from ``since`` (ms) on."""

    hash: str
    since: int


# What a source may send; the rest is made here.
SentEvent = (
    Submitted
    | Received
    | Refused
    | Progressed
    | Suspended
    | Resumed
    | Withdrawn
    | Finished
    | Reopened
    | DueSet
    | Voided
    | Snapshot
    | Described
)
AnyDossierEvent = SentEvent | Restored | Reassigned | Acted
AnyEvent = AnyDossierEvent | Tick | Activate

# Of which a dossier keeps facts.
DOSSIER_EVENTS = (
    Submitted,
    Received,
    Refused,
    Progressed,
    Suspended,
    Resumed,
    Withdrawn,
    Finished,
    Reopened,
    DueSet,
    Voided,
    Restored,
    Reassigned,
    Snapshot,
)

_OURS = (Tick, Activate)  # no dossier's
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode_event(event: AnyEvent) -> bytes:
    """One record value for topic ``dossier-events``."""
    return _encoder.encode(event)


def decode_event(value: bytes) -> AnyEvent:
    """The event in one record value, its names in their identity form; raises
    ``msgspec.DecodeError`` or ``ValidationError``.

    Whatever a record holds, it raises nothing else: every reader of the topic relies on it.
    """
    try:
        event = _decoder.decode(value)
        # Quick, since it runs for every event: if all is ASCII without escapes, only blanks
        # around a text could be wrong.
        if value.isascii() and BLANK not in value and BACKSLASH not in value:
            return event
        return event if type(event) in _OURS else spelled(event)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(f"not UTF-8: {error}") from None
    except RecursionError:
        raise msgspec.ValidationError("nested too deeply") from None
