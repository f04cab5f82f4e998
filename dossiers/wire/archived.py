"""Facts as event ``restored`` carries them: one shape for all kinds, as the wire format has it."""

from __future__ import annotations

from typing import Any

import msgspec

from dossiers.wire import facts
from dossiers.wire.facts import AnyFact, Content, Fact, Limit, Repeat


class Shown(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a snapshot showed. ``repeats``: the last few times at which it was sent again."""

    content: Content
    repeats: tuple[Repeat, ...] = ()


class ArchivedFact(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One event as a dossier keeps it. The first four fields are its place in the order of facts.

    ``due_at``: of received, resumed, due_set. ``text``: procedure, the voided event's id, the
    new owner or the reason of a new due time; of progressed the officer's name if no id is
    known. ``status``: of suspended and finished; of progressed 1 if it says who held the dossier
    until then. ``carried``: of progressed. ``shown``: of a snapshot. ``madonvi``: for which unit it
    was sent, as the API checked it; its event_id is one within this unit only. ``begin``,
    ``step_due``: of progressed, began_at and step_due_at. Times in ms.
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


# What each kind has of its own, and which field of ArchivedFact holds it; read both ways.
_OWN: dict[type[Fact], dict[str, str]] = {
    facts.SubmittedFact: {"procedure": "text"},
    facts.ReceivedFact: {"procedure": "text", "due_at": "due_at", "limit": "limit"},
    facts.RefusedFact: {},
    facts.ProgressedFact: {
        "carried": "carried", "officer_name": "text", "until": "status", "began_at": "begin",
        "step_due_at": "step_due",
    },
    facts.SuspendedFact: {"status": "status"},
    facts.ResumedFact: {"due_at": "due_at"},
    facts.WithdrawnFact: {},
    facts.FinishedFact: {"status": "status"},
    facts.ReopenedFact: {},
    facts.DueSetFact: {"due_at": "due_at", "reason": "text"},
    facts.VoidedFact: {"target": "text"},
    facts.RestoredFact: {},
    facts.ReassignedFact: {"owner": "text"},
    facts.SnapshotFact: {},  # ``shown`` is both of its fields
}  # fmt: skip
_BY_KIND = {str(kind.__struct_config__.tag): kind for kind in _OWN}
_COMMON = Fact.__struct_fields__


def archived_fact(fact: Fact) -> ArchivedFact:
    """``fact`` as event ``restored`` carries it."""
    values: dict[str, Any] = {name: getattr(fact, name) for name in _COMMON}
    for own, name in _OWN[type(fact)].items():
        value = getattr(fact, own)
        values[name] = int(value) if isinstance(value, bool) else value
    if isinstance(fact, facts.SnapshotFact):
        values["shown"] = Shown(fact.content, fact.repeats)
    return ArchivedFact(kind=fact.kind, **values)


def unarchived(found: ArchivedFact) -> AnyFact:
    """The fact that event ``restored`` carries as ``found``. Raises ``msgspec.ValidationError``
    if no dossier could keep that."""
    kind = _BY_KIND.get(found.kind)
    if kind is None:
        raise msgspec.ValidationError("no kind of fact")
    values: dict[str, Any] = {name: getattr(found, name) for name in _COMMON}
    values |= {own: getattr(found, name) for own, name in _OWN[kind].items()}
    if kind is facts.ProgressedFact:
        values["until"] = bool(found.status)
    if kind is facts.SnapshotFact and found.shown is not None:
        values |= {"content": found.shown.content, "repeats": found.shown.repeats}
    # A constructor checks nothing; only what is converted is known to be of its types.
    fact: AnyFact = msgspec.convert(
        msgspec.to_builtins(kind(**values)),
        kind,  # type: ignore[assignment]
    )
    return fact
