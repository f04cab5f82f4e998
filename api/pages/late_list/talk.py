"""What was said and decided about one case, as the pages read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dossiers.publication.editions import CaseState, Decision, Remark
from dossiers.publication.reasons import relief_of
from dossiers.wire.late_lists import Relief
from dossiers.wire.publications import Attachment, Case

Verdict = Literal["", "accepted", "rejected"]


@dataclass(frozen=True)
class SaidText:
    """``text``: SHA-256 of it, "" for none. ``at``: data time (ms); ``late``: after the deadline.
    ``number``: of the record."""

    text: str
    by: str
    at: int
    number: int
    late: bool = False
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class CaseTalk:
    """``reason``: code of the explanation. ``decided``: by whom, when, and the text that is
    printed; ``decided_reason``: its code; ``relief``: whom it relieves, "" nobody. ``waits``: for a
    decision; ``unanswered``: asked back, and nothing was said since."""

    explained: SaidText | None = None
    reason: str = ""
    asked: tuple[SaidText, ...] = ()
    replies: tuple[SaidText, ...] = ()
    verdict: Verdict = ""
    decided: SaidText | None = None
    decided_reason: str = ""
    relief: Relief | Literal[""] = ""
    waits: bool = False
    unanswered: bool = False


NOTHING_SAID = CaseTalk()


def talk_of(state: CaseState | None) -> CaseTalk:
    """Of a case; None if nobody said anything about it."""
    if state is None:
        return NOTHING_SAID
    said, decision = state.explanation, state.decision
    accepted = decision is not None and decision.accepted
    return CaseTalk(
        explained=None if said is None else _said(said, state.files),
        reason="" if said is None else said.reason,
        asked=tuple(map(_said, state.asked)),
        replies=tuple(map(_said, state.replies)),
        verdict="" if decision is None else "accepted" if accepted else "rejected",
        decided=None if decision is None else _said(decision),
        decided_reason="" if decision is None else decision.reason,
        relief=(relief_of(decision.reason) or "") if decision is not None and accepted else "",
        waits=state.pending,
        unanswered=state.unanswered,
    )


def _said(of: Remark | Decision, files: tuple[Attachment, ...] = ()) -> SaidText:
    late = isinstance(of, Remark) and of.late
    return SaidText(of.text, of.by, of.at, of.number, late, files)


Talks = dict[Case, CaseTalk]
