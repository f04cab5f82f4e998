"""Which records count. One set of rules: the API asks before it writes, every reader when it reads.

Nobody does two of explain, review, approve for one edition of a list, and whoever did the first or
the second does not publish it. Whether a supervisor's unit holds the cases, and whether a dossier
is charged to somebody at all, is judged by the API, which has the list's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any, Literal

from dossiers.publication.editions import Edition, Register
from dossiers.publication.reasons import OTHER, is_reason, relief_of
from dossiers.publication.refusals import Refused, refused
from dossiers.wire.publications import (
    MOST_FILES,
    SYSTEM,
    AnyPublication,
    Approved,
    Asked,
    Attachment,
    Capacity,
    Case,
    Decided,
    Explained,
    Frozen,
    Published,
    Reduced,
    Replied,
    Returned,
    Signed,
    Submitted,
)

Part = Literal["explain", "review", "approve", "publish"]
Code = str | None  # of a refusal; None: it counts
_CHARGED: Set[Capacity] = frozenset({"officer", "supervisor"})
_OFFICE: Set[Capacity] = frozenset({"reform_office"})
_SIGNERS: Set[Capacity] = frozenset({"leader", "reform_office"})
_KEEPERS: Set[Capacity] = frozenset({"reform_office", "system"})
CAPACITIES: Mapping[type[AnyPublication], Set[Capacity]] = {
    Frozen: _KEEPERS,
    Explained: _CHARGED,
    Asked: _OFFICE,
    Replied: _CHARGED,
    Decided: _OFFICE,
    Submitted: _OFFICE,
    Returned: _SIGNERS,
    Approved: _SIGNERS,
    Published: _SIGNERS,
    Signed: _SIGNERS,
    Reduced: _KEEPERS,
}


def why_not(register: Register, record: AnyPublication) -> Refused | None:
    """Why the record would not count, wherever it stood in the chain (its ``number`` and ``before``
    are not looked at); None if it would."""
    code = _why_not(register, record)
    return refused(code) if code is not None else None


def barred(edition: Edition, person: str, part: Part) -> Code:
    """Why ``person`` may not do this part for this edition, because of another part done; None if
    nothing is in the way."""
    others: dict[Part, tuple[tuple[Set[str], str], ...]] = {
        "explain": (_reviewed(edition), (edition.approvers, "has_approved")),
        "review": (_explained(edition), (edition.approvers, "has_approved")),
        "approve": (_explained(edition), _reviewed(edition)),
        "publish": (_explained(edition), _reviewed(edition)),
    }
    return next((code for people, code in others[part] if person in people), None)


def _explained(edition: Edition) -> tuple[Set[str], str]:
    return edition.explainers, "has_explained"


def _reviewed(edition: Edition) -> tuple[Set[str], str]:
    return edition.reviewers, "has_reviewed"


def _why_not(register: Register, record: AnyPublication) -> Code:
    if (record.capacity == "system") != (record.by == SYSTEM):
        return "capacity"
    if record.capacity not in CAPACITIES[type(record)]:
        return "capacity"
    if (record.by, record.request) in register.requests:
        return "repeated"
    if isinstance(record, Frozen):
        return _frozen(register, record)
    edition = register.edition(record.list, record.edition)
    return "unknown_list" if edition is None else _RULES[type(record)](edition, record)


def _frozen(register: Register, record: Frozen) -> Code:
    if not record.explain_until <= record.review_until <= record.publish_until:
        return "deadlines"
    if record.late > record.total:
        return "figures"
    found = register.lists.get(record.list)
    count = len(found.editions) if found is not None else 0
    if record.edition <= count:
        return "frozen_already"
    if record.edition > count + 1:
        return "edition"
    return _corrects(found.last, record) if found is not None else _first(record)


def _first(record: Frozen) -> Code:
    return "cites" if record.cites else None


def _corrects(last: Edition, record: Frozen) -> Code:
    if record.capacity != "reform_office":
        return "capacity"
    if last.published is None:
        return "not_published"
    if last.reduced is not None:
        return "reduced_already"
    if record.cites != last.published.hash:
        return "cites"
    return None if record.reason else "text_missing"


def _explain(edition: Edition, record: Explained) -> Code:
    if edition.submitted is not None:
        return "closed"
    return _spoken(edition, record) or _unfit_reason(record)


def _unfit_reason(record: Explained) -> Code:
    if not is_reason(record.reason):
        return "reason"
    if record.reason == OTHER and not record.text:
        return "text_missing"
    return None if _fits_all(record.reason, record.cases) else "no_holder"


def _reply(edition: Edition, record: Replied) -> Code:
    return "closed" if edition.published is not None else _spoken(edition, record)


def _spoken(edition: Edition, record: Explained | Replied) -> Code:
    """Of what those who are charged say."""
    if code := _unfit_cases(record.cases):
        return code
    mine = record.capacity == "supervisor" or all(c.officer == record.by for c in record.cases)
    if not mine:
        return "not_yours"
    if any(_too_many(edition.case(case).files, record.files) for case in record.cases):
        return "too_many_files"
    return barred(edition, record.by, "explain")


def _ask(edition: Edition, record: Asked) -> Code:
    return _reviewing(edition, record, record.cases)


def _decide(edition: Edition, record: Decided) -> Code:
    if record.reason and not is_reason(record.reason):
        return "reason"
    if record.accepted and relief_of(record.reason) is None:
        return "reason_relieves_nobody"
    if not _fits_all(record.reason, record.accepted):
        return "no_holder"
    if record.rejected and not (record.reason or record.text):
        return "text_missing"
    return _reviewing(edition, record, (*record.accepted, *record.rejected))


def _reviewing(edition: Edition, record: Asked | Decided, cases: tuple[Case, ...]) -> Code:
    if edition.submitted is not None:
        return "closed"
    if code := _unfit_cases(cases):
        return code
    if any(edition.case(case).explanation is None for case in cases):
        return "not_explained"
    if any(case.officer == record.by for case in cases):
        return "own_case"
    return barred(edition, record.by, "review")


def _submit(edition: Edition, record: Submitted) -> Code:
    if edition.submitted is not None:
        return "closed"
    if next(edition.pending(), None) is not None:
        return "undecided"
    return barred(edition, record.by, "review")


def _return(edition: Edition, record: Returned) -> Code:
    if edition.published is not None:
        return "closed"
    if edition.submitted is None:
        return "not_submitted"
    return barred(edition, record.by, "approve")


def _approve(edition: Edition, record: Approved) -> Code:
    if edition.approved is not None:
        return "closed"
    if edition.submitted is None:
        return "not_submitted"
    shown = edition.frozen.record.core, edition.submitted.record.core
    if (record.frozen, record.core) != shown:
        return "hashes"
    return barred(edition, record.by, "approve")


def _publish(edition: Edition, record: Published) -> Code:
    if edition.published is not None:
        return "closed"
    if edition.approved is None:
        return "not_approved"
    if record.core != edition.approved.record.core:
        return "hashes"
    if not record.files:
        return "no_files"
    if len({file.name for file in record.files}) < len(record.files):
        return "file_twice"
    return barred(edition, record.by, "publish")


def _sign(edition: Edition, record: Signed) -> Code:
    if edition.published is None:
        return "not_published"
    published = edition.published.record.files
    if not any(file.name == record.of and file.media == "application/pdf" for file in published):
        return "unknown_file"
    taken = {one.record.file.sha256 for one in edition.signed}
    return "file_twice" if record.file.sha256 in taken else None


def _reduce(edition: Edition, record: Reduced) -> Code:
    if edition.published is None:
        return "not_published"
    if edition.reduced is not None:
        return "reduced_already"
    return None if record.cites == edition.published.hash else "cites"


_RULES: Mapping[type[AnyPublication], Callable[[Edition, Any], Code]] = {
    Explained: _explain,
    Asked: _ask,
    Replied: _reply,
    Decided: _decide,
    Submitted: _submit,
    Returned: _return,
    Approved: _approve,
    Published: _publish,
    Signed: _sign,
    Reduced: _reduce,
}


def _unfit_cases(cases: tuple[Case, ...]) -> Code:
    if not cases:
        return "no_cases"
    return "case_twice" if len(set(cases)) < len(cases) else None


def _fits_all(reason: str, cases: Iterable[Case]) -> bool:
    """A reason that relieves an officer is for what is charged to one."""
    return relief_of(reason) != "holder" or all(case.officer for case in cases)


def _too_many(before: Iterable[Attachment], more: Iterable[Attachment]) -> bool:
    return len({file.sha256 for file in (*before, *more)}) > MOST_FILES
