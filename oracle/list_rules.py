"""What may happen to a late list: the rules of docs/late-list.md, told anew.

Nobody does two of explaining, reviewing and approving for one list, and an administrator none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from dossiers.wire.publications import (
    AnyPublication,
    Approved,
    Asked,
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
from oracle.list_editions import RecountedEdition

# Whom an accepted reason relieves: only the holder, or the unit with everybody in it.
RELIEVED = {
    "leave": "holder",
    "received_late": "holder",
    "other_agency": "unit",
    "system_down": "unit",
    "source_error": "unit",
}
# These relieve nobody.
_OTHERS = {"other_unit", "workload", "verifying", "waiting_citizen", "late_work", "other"}
_REASONS = RELIEVED.keys() | _OTHERS
_MOST_FILES = 5  # of a case
_WHO: dict[type, set[str]] = {
    Frozen: {"system", "reform_office"},
    Reduced: {"system", "reform_office"},
    Explained: {"officer", "supervisor"},
    Replied: {"officer", "supervisor"},
    Asked: {"reform_office"},
    Decided: {"reform_office"},
    ListSubmitted: {"reform_office"},
    Returned: {"leader", "reform_office"},
    Approved: {"leader", "reform_office"},
    Published: {"leader", "reform_office"},
    Signed: {"leader", "reform_office"},
}


def broken_rule(editions: list[RecountedEdition], record: AnyPublication) -> str:
    """The rule that a record breaks, "" if it may follow. ``editions``: of its list so far."""
    if record.capacity not in _WHO[type(record)]:
        return f"{record.capacity} has no part in this step"
    if (record.capacity == "system") != (record.by == "system"):
        return "somebody is not the system"
    if isinstance(record, Frozen):
        return _freezing(editions, record)
    found = next((e for e in editions if e.frozen.edition == record.edition), None)
    if found is None:
        return f"there is no edition {record.edition} of {record.list}"
    return _RULES[type(record)](found, record)


def _freezing(editions: list[RecountedEdition], record: Frozen) -> str:
    if not record.explain_until <= record.review_until <= record.publish_until:
        return "its deadlines are in no order"
    if record.late > record.total:
        return "more lates than dossiers"
    if record.edition != len(editions) + 1:
        return f"edition {record.edition} of {record.list} is not the next one"
    if not editions:
        return "a first edition corrects nothing" if record.cites else ""
    if record.capacity == "system" or not record.reason:
        return "a correction is somebody's, and has a reason"
    last = editions[-1]
    if last.published is None or last.reduced is not None:
        return f"edition {record.edition - 1} of {record.list} is not published, or reduced"
    return "" if record.cites == last.cites else "it cites another record"


def _parts(edition: RecountedEdition, by: str, *others: str) -> str:
    """The part of the work that somebody has done already, and that bars this one."""
    people: dict[str, Collection[str]] = {
        "explained": edition.said, "reviewed": edition.judged, "approved": edition.approving,
    }  # fmt: skip
    return next((f"who {part} has no other part" for part in others if by in people[part]), "")


def _saying(edition: RecountedEdition, record: Explained | Replied) -> str:
    if not record.cases or len(set(record.cases)) < len(record.cases):
        return "no case, or one twice"
    if record.capacity == "officer" and any(c.officer != record.by for c in record.cases):
        return "an officer speaks of own cases alone"
    new = {each.sha256 for each in record.files}
    if any(len(edition.attached.get(c, set()) | new) > _MOST_FILES for c in record.cases):
        return "too many files"
    return _parts(edition, record.by, "reviewed", "approved")


def _explaining(edition: RecountedEdition, record: Explained) -> str:
    if edition.submitted is not None:
        return "the review is closed"
    if record.reason not in _REASONS or (record.reason == "other" and not record.text):
        return "it says no reason"
    return _saying(edition, record) or _holders(record.reason, record.cases)


def _holders(reason: str, cases: tuple[Case, ...]) -> str:
    nobody = any(not case.officer for case in cases)
    return "it relieves an officer where none is" * (RELIEVED.get(reason) == "holder" and nobody)


def _replying(edition: RecountedEdition, record: Replied) -> str:
    if edition.published is not None:
        return "the list is published"
    return _saying(edition, record)


def _reviewing(edition: RecountedEdition, record: Asked | Decided, cases: tuple[Case, ...]) -> str:
    if edition.submitted is not None:
        return "the review is closed"
    if not cases or len(set(cases)) < len(cases):
        return "no case, or one twice"
    if not edition.explained.issuperset(cases):
        return "only what was explained is reviewed"
    if any(case.officer == record.by for case in cases):
        return "nobody reviews an own case"
    return _parts(edition, record.by, "explained", "approved")


def _asking(edition: RecountedEdition, record: Asked) -> str:
    return _reviewing(edition, record, record.cases)


def _deciding(edition: RecountedEdition, record: Decided) -> str:
    if record.reason and record.reason not in _REASONS:
        return "it says no reason"
    if record.accepted and record.reason not in RELIEVED:
        return f"reason {record.reason!r} relieves nobody"
    if record.rejected and not (record.reason or record.text):
        return "it rejects without a reason"
    return _holders(record.reason, record.accepted) or _reviewing(
        edition, record, (*record.accepted, *record.rejected)
    )


def _submitting(edition: RecountedEdition, record: ListSubmitted) -> str:
    if edition.submitted is not None:
        return "the review is closed"
    if not edition.frozen.simulation and record.at <= edition.frozen.explain_until:
        return "there is still time to explain"
    if edition.pending:
        return f"{len(edition.pending)} explained cases are undecided"
    return _parts(edition, record.by, "explained", "approved")


def _returning(edition: RecountedEdition, record: Returned) -> str:
    if edition.published is not None or edition.submitted is None:
        return "the review is not closed, or the list is published"
    return _parts(edition, record.by, "explained", "reviewed")


def _approving(edition: RecountedEdition, record: Approved) -> str:
    if edition.approved is not None or edition.submitted is None:
        return "the review is not closed, or the list is approved"
    if (record.frozen, record.core) != (edition.frozen.core, edition.submitted.core):
        return "it names other files than were submitted"
    return _parts(edition, record.by, "explained", "reviewed")


def _publishing(edition: RecountedEdition, record: Published) -> str:
    if edition.published is not None or edition.approved is None:
        return "it is not approved, or published already"
    if record.core != edition.approved.core:
        return "it names another list than was approved"
    if not record.files or len({each.name for each in record.files}) < len(record.files):
        return "no file, or two of one name"
    return _parts(edition, record.by, "explained", "reviewed")


def _signing(edition: RecountedEdition, record: Signed) -> str:
    if edition.published is None or edition.reduced is not None:
        return "it is not published, or reduced"
    names = {f.name for f in edition.published.files if f.media == "application/pdf"}
    if record.of not in names:
        return f"no PDF {record.of} was published"
    before = {each.file.sha256 for each in edition.signed}
    return "it came back before" if record.file.sha256 in before else ""


def _reducing(edition: RecountedEdition, record: Reduced) -> str:
    if edition.published is None or edition.reduced is not None:
        return "it is not published, or reduced already"
    return "" if record.cites == edition.cites else "it cites another record"


_RULES: dict[type, Callable[..., str]] = {
    Explained: _explaining,
    Asked: _asking,
    Replied: _replying,
    Decided: _deciding,
    ListSubmitted: _submitting,
    Approved: _approving,
    Returned: _returning,
    Published: _publishing,
    Signed: _signing,
    Reduced: _reducing,
}
