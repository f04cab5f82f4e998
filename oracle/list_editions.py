"""What a late list comes to by the records about it that count."""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass
class RecountedEdition:
    """One edition of a list. ``decided``: the last decision about each case; ``pending``: explained
    since, so one is due. ``said``, ``judged``: who did that; ``approving``: who approved or sent
    back. ``sha256``, ``cites``: hashes of the records that froze and published it."""

    frozen: Frozen
    sha256: str
    explained: set[Case] = field(default_factory=set)
    decided: dict[Case, Decided] = field(default_factory=dict)
    pending: set[Case] = field(default_factory=set)
    attached: dict[Case, set[str]] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)
    approving: set[str] = field(default_factory=set)
    submitted: ListSubmitted | None = None
    approved: Approved | None = None
    published: Published | None = None
    cites: str = ""
    signed: list[Signed] = field(default_factory=list)
    reduced: Reduced | None = None

    @property
    def accepted(self) -> dict[Case, Decided]:
        """Cases in whose favour it was decided last."""
        return {case: way for case, way in self.decided.items() if case in way.accepted}


def take(editions: list[RecountedEdition], record: AnyPublication, sha256: str) -> None:
    """Add a record that breaks none. ``sha256``: of its bytes."""
    if isinstance(record, Frozen):
        editions.append(_begun(editions, record, sha256))
        return
    edition = next(e for e in editions if e.frozen.edition == record.edition)
    if isinstance(record, Explained | Replied):
        _heard(edition, record)
    elif isinstance(record, Asked | Decided):
        _reviewed(edition, record)
    else:
        _advance(edition, record, sha256)


def _begun(editions: list[RecountedEdition], record: Frozen, sha256: str) -> RecountedEdition:
    """A correction begins with what was said and decided about the edition that it corrects."""
    edition = RecountedEdition(record, sha256)
    if editions:
        before = editions[-1]
        edition.explained, edition.decided = set(before.explained), dict(before.decided)
        edition.pending, edition.said = set(before.pending), set(before.said)
        edition.attached = {case: set(files) for case, files in before.attached.items()}
        edition.judged, edition.approving = set(before.judged), set(before.approving)
    return edition


def _heard(edition: RecountedEdition, record: Explained | Replied) -> None:
    edition.said.add(record.by)
    for case in record.cases:
        edition.attached.setdefault(case, set()).update(each.sha256 for each in record.files)
    if isinstance(record, Replied):
        return
    edition.explained |= set(record.cases)
    late = record.at > edition.frozen.explain_until
    # What comes too late opens no decision again.
    edition.pending |= {case for case in record.cases if not (late and case in edition.decided)}


def _reviewed(edition: RecountedEdition, record: Asked | Decided) -> None:
    edition.judged.add(record.by)
    cases = record.cases if isinstance(record, Asked) else (*record.accepted, *record.rejected)
    if isinstance(record, Decided):
        edition.decided |= dict.fromkeys(cases, record)
        edition.pending -= set(cases)


def _advance(edition: RecountedEdition, record: AnyPublication, sha256: str) -> None:
    if isinstance(record, ListSubmitted):
        edition.submitted = record
        edition.judged.add(record.by)
    elif isinstance(record, Returned):
        edition.submitted = edition.approved = None
        edition.approving.add(record.by)
    elif isinstance(record, Approved):
        edition.approved = record
        edition.approving.add(record.by)
    elif isinstance(record, Published):
        edition.published, edition.cites = record, sha256
    elif isinstance(record, Signed):
        edition.signed.append(record)
    elif isinstance(record, Reduced):
        edition.reduced = record
