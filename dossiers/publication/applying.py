"""What a record that counts changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from dossiers.publication.editions import (
    CaseState,
    Decision,
    Edition,
    ListState,
    Placed,
    Register,
    Remark,
)
from dossiers.wire.publications import (
    AnyPublication,
    Approved,
    Asked,
    Attachment,
    Case,
    Decided,
    Explained,
    Frozen,
    ListSubmitted,
    Published,
    Reduced,
    Replied,
    Returned,
    Signed,
)


def apply(register: Register, record: AnyPublication, hash_: str) -> None:
    """Change the register by one record, of which ``why_not`` says nothing against."""
    placed = Placed(record, hash_)
    if isinstance(record, Frozen):
        edition = _begun(register, Placed(record, hash_))
    else:
        edition = register.lists[record.list].editions[record.edition - 1]
        _CHANGES[type(record)](edition, placed)
    edition.records.append(placed)


def _begun(register: Register, placed: Placed[Frozen]) -> Edition:
    """A new edition. A correction begins with what was explained and decided in what it corrects:
    who explained, reviewed or approved there has had that part in it too."""
    found = register.lists.setdefault(placed.record.list, ListState(placed.record.list))
    edition = Edition(placed)
    if found.editions:
        before = found.last
        edition.cases = dict(before.cases)
        edition.explainers = set(before.explainers)
        edition.reviewers = set(before.reviewers)
        edition.approvers = set(before.approvers)
    found.editions.append(edition)
    return edition


def _explain(edition: Edition, placed: Placed[Explained]) -> None:
    record = placed.record
    edition.explainers.add(record.by)
    late = record.at > edition.frozen.record.explain_until
    remark = _remark(record, record.text)._replace(reason=record.reason, late=late)
    for state in _states(edition, record.cases):
        edition.cases[state.case] = replace(
            state,
            number=record.number,
            explanations=(*state.explanations, remark),
            files=_more(state.files, record.files),
        )


def _ask(edition: Edition, placed: Placed[Asked]) -> None:
    record = placed.record
    edition.reviewers.add(record.by)
    remark = _remark(record, record.text)
    for state in _states(edition, record.cases):
        edition.cases[state.case] = replace(
            state, number=record.number, asked=(*state.asked, remark)
        )


def _reply(edition: Edition, placed: Placed[Replied]) -> None:
    record = placed.record
    edition.explainers.add(record.by)
    remark = _remark(record, record.text)
    for state in _states(edition, record.cases):
        edition.cases[state.case] = replace(
            state,
            number=record.number,
            replies=(*state.replies, remark),
            files=_more(state.files, record.files),
        )


def _decide(edition: Edition, placed: Placed[Decided]) -> None:
    record = placed.record
    edition.reviewers.add(record.by)
    for cases, accepted in ((record.accepted, True), (record.rejected, False)):
        decision = Decision(
            record.number, record.by, record.at, accepted, record.reason, record.text
        )
        for state in _states(edition, cases):
            edition.cases[state.case] = replace(state, number=record.number, decision=decision)


def _submit(edition: Edition, placed: Placed[ListSubmitted]) -> None:
    edition.reviewers.add(placed.record.by)
    edition.submitted = placed


def _return(edition: Edition, placed: Placed[Returned]) -> None:
    edition.approvers.add(placed.record.by)
    edition.submitted = edition.approved = None


def _approve(edition: Edition, placed: Placed[Approved]) -> None:
    edition.approvers.add(placed.record.by)
    edition.approved = placed


def _publish(edition: Edition, placed: Placed[Published]) -> None:
    edition.published = placed


def _sign(edition: Edition, placed: Placed[Signed]) -> None:
    edition.signed.append(placed)


def _reduce(edition: Edition, placed: Placed[Reduced]) -> None:
    edition.reduced = placed


_CHANGES: Mapping[type[AnyPublication], Callable[[Edition, Any], None]] = {
    Explained: _explain,
    Asked: _ask,
    Replied: _reply,
    Decided: _decide,
    ListSubmitted: _submit,
    Returned: _return,
    Approved: _approve,
    Published: _publish,
    Signed: _sign,
    Reduced: _reduce,
}


def _states(edition: Edition, cases: Iterable[Case]) -> list[CaseState]:
    return [edition.case(case) for case in cases]


def _remark(record: AnyPublication, text: str) -> Remark:
    return Remark(record.number, record.by, record.capacity, record.at, text)


def _more(before: tuple[Attachment, ...], new: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Both, each file once."""
    return tuple({file.sha256: file for file in (*before, *new)}.values())
