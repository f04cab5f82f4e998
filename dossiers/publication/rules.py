"""Which records count. One set of rules: the API asks before it writes, every reader when it reads.

Nobody does two of explain, review, approve for one list, corrections included, and whoever did the
first or the second does not publish it. Whether a supervisor's unit holds the cases, and whether a
dossier is charged to somebody at all, is judged by the API, which has the list's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import Any

from dossiers.publication.case_rules import (
    Code,
    ask_refused,
    decide_refused,
    explain_refused,
    reply_refused,
)
from dossiers.publication.editions import Edition, Register
from dossiers.publication.parts import barred, too_early
from dossiers.publication.refusals import RefusedStep, refused
from dossiers.wire.publications import (
    SYSTEM,
    AnyPublication,
    Approved,
    Asked,
    Capacity,
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
    ListSubmitted: _OFFICE,
    Returned: _SIGNERS,
    Approved: _SIGNERS,
    Published: _SIGNERS,
    Signed: _SIGNERS,
    Reduced: _KEEPERS,
}


def why_not(register: Register, record: AnyPublication) -> RefusedStep | None:
    """Why the record would not count, wherever it stood in the chain (its ``number`` and ``before``
    are not looked at); None if it would."""
    code = _why_not(register, record)
    return refused(code) if code is not None else None


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


def _submit(edition: Edition, record: ListSubmitted) -> Code:
    if edition.submitted is not None:
        return "closed"
    if too_early(edition, record.at):
        return "too_early"
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
    if edition.reduced is not None:  # its names would be back
        return "reduced_already"
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
    Explained: explain_refused,
    Asked: ask_refused,
    Replied: reply_refused,
    Decided: decide_refused,
    ListSubmitted: _submit,
    Returned: _return,
    Approved: _approve,
    Published: _publish,
    Signed: _sign,
    Reduced: _reduce,
}
