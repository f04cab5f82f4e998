"""What may happen to a late list, and what it comes to: the rules of docs/late-list.md, told anew.

Nobody does two of explaining, reviewing and approving for one edition, and an administrator none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dossiers.wire.publications import (
    AnyPublication,
    Approved,
    Asked,
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

# Whom an accepted reason relieves: only the holder, or the unit with everybody in it.
RELIEVED = {
    "leave": "holder",
    "received_late": "holder",
    "other_agency": "unit",
    "system_down": "unit",
    "source_error": "unit",
}


@dataclass
class Edition:
    """One edition of a list. ``stage``: frozen, submitted, approved, published or reduced.
    ``accepted``: cases that the review relieves, with the reason and the text; ``cites``: hash of
    the record that published it."""

    frozen: Frozen
    sha256: str
    stage: str = "frozen"
    explained: dict[Case, str] = field(default_factory=dict)
    decided: dict[Case, Decided] = field(default_factory=dict)
    open: set[Case] = field(default_factory=set)  # asked back, and not answered
    explainers: set[str] = field(default_factory=set)
    reviewers: set[str] = field(default_factory=set)
    submitted: Submitted | None = None
    approved: Approved | None = None
    published: Published | None = None
    cites: str = ""
    signed: list[Signed] = field(default_factory=list)
    reduced: Reduced | None = None

    @property
    def accepted(self) -> dict[Case, Decided]:
        """Those in whose favour it was decided last."""
        return {case: way for case, way in self.decided.items() if case in way.accepted}


def broken_rule(editions: list[Edition], record: AnyPublication) -> str:
    """The rule that a record breaks, "" if it may follow. ``editions``: of its list so far."""
    if isinstance(record, Frozen):
        return _freezing(editions, record)
    found = next((e for e in editions if e.frozen.edition == record.edition), None)
    if found is None:
        return f"there is no edition {record.edition} of {record.list}"
    return _RULES[type(record)](found, record)


def take(editions: list[Edition], record: AnyPublication, sha256: str) -> None:
    """Add a record that breaks none. ``sha256``: of its bytes."""
    if isinstance(record, Frozen):
        editions.append(_begun(editions, record, sha256))
        return
    edition = next(e for e in editions if e.frozen.edition == record.edition)
    if isinstance(record, Explained):
        edition.explained |= dict.fromkeys(record.cases, record.reason)
        edition.explainers.add(record.by)
        for case in record.cases:
            edition.decided.pop(case, None)
        edition.open -= set(record.cases)
    elif isinstance(record, Replied):
        edition.open -= set(record.cases)
    elif isinstance(record, Asked):
        edition.open |= set(record.cases)
        edition.reviewers.add(record.by)
    elif isinstance(record, Decided):
        edition.decided |= dict.fromkeys((*record.accepted, *record.rejected), record)
        edition.reviewers.add(record.by)
    else:
        _advance(edition, record, sha256)


def _begun(editions: list[Edition], record: Frozen, sha256: str) -> Edition:
    """A correction begins with what was said and decided about the edition that it corrects."""
    edition = Edition(record, sha256)
    if editions:
        before = editions[-1]
        edition.explained, edition.decided = dict(before.explained), dict(before.decided)
        edition.explainers, edition.reviewers = set(before.explainers), set(before.reviewers)
    return edition


def _advance(edition: Edition, record: AnyPublication, sha256: str) -> None:
    if isinstance(record, Submitted):
        edition.submitted, edition.stage = record, "submitted"
        edition.reviewers.add(record.by)
    elif isinstance(record, Returned):
        edition.submitted, edition.stage = None, "frozen"
    elif isinstance(record, Approved):
        edition.approved, edition.stage = record, "approved"
    elif isinstance(record, Published):
        edition.published, edition.cites, edition.stage = record, sha256, "published"
    elif isinstance(record, Signed):
        edition.signed.append(record)
    elif isinstance(record, Reduced):
        edition.reduced, edition.stage = record, "reduced"


def _freezing(editions: list[Edition], record: Frozen) -> str:
    if record.capacity not in ("system", "reform_office"):
        return f"{record.capacity} freezes no list"
    if record.edition != len(editions) + 1:
        return f"edition {record.edition} of {record.list} is not the next one"
    if not editions:
        return "a first edition corrects nothing" if record.cites else ""
    if editions[-1].published is None:
        return f"edition {record.edition - 1} of {record.list} is not published"
    return "" if record.cites == editions[-1].cites else "it cites another record"


def _open(edition: Edition) -> str:
    return "" if edition.stage == "frozen" else "the review is closed"


def _may_speak(edition: Edition, record: Explained | Replied) -> str:
    if record.capacity == "officer" and any(c.officer != record.by for c in record.cases):
        return "an officer speaks of own cases alone"
    return "" if record.capacity in ("officer", "supervisor") else f"{record.capacity} does not"


def _explaining(edition: Edition, record: Explained) -> str:
    if record.by in edition.reviewers:
        return "a reviewer explains nothing"
    return _open(edition) or _may_speak(edition, record)


def _replying(edition: Edition, record: Replied) -> str:
    if edition.published is not None:
        return "the list is published"
    return _may_speak(edition, record)


def _reviewing(edition: Edition, record: Asked | Decided | Submitted) -> str:
    if record.capacity != "reform_office":
        return f"{record.capacity} reviews nothing"
    if record.by in edition.explainers:
        return "who explained reviews nothing"
    return _open(edition)


def _deciding(edition: Edition, record: Decided) -> str:
    cases = (*record.accepted, *record.rejected)
    if len(set(cases)) != len(cases) or not cases:
        return "a case is decided once, or none is"
    if any(case not in edition.explained for case in cases):
        return "only what was explained is decided"
    if record.accepted and record.reason not in RELIEVED:
        return f"reason {record.reason!r} relieves nobody"
    return _reviewing(edition, record)


def _submitting(edition: Edition, record: Submitted) -> str:
    waiting = edition.explained.keys() - edition.decided.keys()
    if waiting:
        return f"{len(waiting)} explained cases are undecided"
    return _reviewing(edition, record)


def _judging(edition: Edition, record: Approved | Returned | Published) -> str:
    if record.capacity not in ("leader", "reform_office"):
        return f"{record.capacity} approves nothing"
    if record.by in edition.explainers | edition.reviewers:
        return "who explained or reviewed approves nothing"
    return ""


def _approving(edition: Edition, record: Approved) -> str:
    if edition.stage != "submitted" or edition.submitted is None:
        return "the review is not closed"
    if (record.frozen, record.core) != (edition.frozen.core, edition.submitted.core):
        return "it names other files than were submitted"
    return _judging(edition, record)


def _returning(edition: Edition, record: Returned) -> str:
    if edition.stage != "submitted":
        return "the review is not closed"
    return _judging(edition, record)


def _publishing(edition: Edition, record: Published) -> str:
    if edition.stage != "approved" or edition.approved is None:
        return "it is not approved"
    if record.core != edition.approved.core:
        return "it names another list than was approved"
    return _judging(edition, record)


def _signing(edition: Edition, record: Signed) -> str:
    if edition.published is None:
        return "it is not published"
    if record.of not in {each.name for each in edition.published.files}:
        return f"no file {record.of} was published"
    return "" if record.capacity in ("leader", "reform_office") else f"{record.capacity} does not"


def _reducing(edition: Edition, record: Reduced) -> str:
    if edition.stage != "published":
        return "it is not published, or reduced already"
    if record.cites != edition.cites:
        return "it cites another record"
    return "" if record.capacity in ("system", "reform_office") else f"{record.capacity} does not"


_RULES: dict[type, Callable[..., str]] = {
    Explained: _explaining,
    Asked: _reviewing,
    Replied: _replying,
    Decided: _deciding,
    Submitted: _submitting,
    Approved: _approving,
    Returned: _returning,
    Published: _publishing,
    Signed: _signing,
    Reduced: _reducing,
}
