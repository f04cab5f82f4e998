"""The rules for what is said and decided about cases."""

from __future__ import annotations

from collections.abc import Iterable

from dossiers.publication.editions import Edition
from dossiers.publication.parts import barred
from dossiers.publication.reasons import OTHER, is_reason, relief_of
from dossiers.wire.publications import (
    MOST_FILES,
    Asked,
    Attachment,
    Case,
    Decided,
    Explained,
    Replied,
)

Code = str | None  # of a refusal; None: it counts


def explain_refused(edition: Edition, record: Explained) -> Code:
    """Why an explanation does not count."""
    if edition.submitted is not None:
        return "closed"
    return _spoken(edition, record) or _unfit_reason(record)


def _unfit_reason(record: Explained) -> Code:
    if not is_reason(record.reason):
        return "reason"
    if record.reason == OTHER and not record.text:
        return "text_missing"
    return None if _fits_all(record.reason, record.cases) else "no_holder"


def reply_refused(edition: Edition, record: Replied) -> Code:
    """Why an answer does not."""
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


def ask_refused(edition: Edition, record: Asked) -> Code:
    """Why nothing may be asked back."""
    return _reviewing(edition, record, record.cases)


def decide_refused(edition: Edition, record: Decided) -> Code:
    """Why a decision does not count."""
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


def _unfit_cases(cases: tuple[Case, ...]) -> Code:
    if not cases:
        return "no_cases"
    return "case_twice" if len(set(cases)) < len(cases) else None


def _fits_all(reason: str, cases: Iterable[Case]) -> bool:
    """A reason that relieves an officer is for what is charged to one."""
    return relief_of(reason) != "holder" or all(case.officer for case in cases)


def _too_many(before: Iterable[Attachment], more: Iterable[Attachment]) -> bool:
    return len({file.sha256 for file in (*before, *more)}) > MOST_FILES
