"""What stands after some records of topic publications: each list, its editions, their cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Literal, NamedTuple, TypeVar

from dossiers.wire.publications import (
    AnyPublication,
    Approved,
    Attachment,
    Capacity,
    Case,
    Frozen,
    ListSubmitted,
    Published,
    Reduced,
    Signed,
)

Stage = Literal["explaining", "reviewing", "submitted", "approved", "published", "reduced"]
Step = TypeVar("Step", bound=AnyPublication)


class ChainHead(NamedTuple):
    """The last record of the chain: its number, and the SHA-256 of its bytes; 0 and "" if there is
    none yet."""

    number: int = 0
    hash: str = ""


NO_HEAD = ChainHead()


@dataclass(frozen=True)
class Placed(Generic[Step]):
    """A record that counts, with the SHA-256 of its bytes."""

    record: Step
    hash: str


class Remark(NamedTuple):
    """What somebody said about a case, in record ``number`` at ``at`` (ms, data time). ``text``:
    SHA-256, "" for none. ``reason``: a code, of an explanation. ``late``: after the deadline."""

    number: int
    by: str
    capacity: Capacity
    at: int
    text: str
    reason: str = ""
    late: bool = False


class Decision(NamedTuple):
    """The review of a case, in record ``number`` at ``at`` (ms, data time). ``reason``: code by
    which it is relieved, or why it is not; ``text``: SHA-256, "" for none."""

    number: int
    by: str
    at: int
    accepted: bool
    reason: str
    text: str


@dataclass(frozen=True)
class CaseState:
    """A case as it stands. ``number``: of the last record about it. The last explanation counts;
    ``asked`` and ``replies`` add up, and so do ``files``."""

    case: Case
    number: int = 0
    explanations: tuple[Remark, ...] = ()
    asked: tuple[Remark, ...] = ()
    replies: tuple[Remark, ...] = ()
    files: tuple[Attachment, ...] = ()
    decision: Decision | None = None

    @property
    def explanation(self) -> Remark | None:
        """The one that counts."""
        return self.explanations[-1] if self.explanations else None

    @property
    def pending(self) -> bool:
        """Explained, and not decided since. An explanation that came too late is read beside the
        decision that was there, but does not open it again."""
        if self.explanation is None:
            return False
        if self.decision is None:
            return True
        return any(one.number > self.decision.number and not one.late for one in self.explanations)

    @property
    def unanswered(self) -> bool:
        """Asked back, and nothing was said or decided since."""
        if not self.asked:
            return False
        since = self.asked[-1].number
        said = (*self.explanations, *self.replies)
        decided = self.decision is not None and self.decision.number > since
        return not decided and all(one.number < since for one in said)


@dataclass
class Edition:
    """One edition of a list. ``submitted`` and ``approved`` are those that still count: who sends
    a list back takes both away. ``explainers``, ``reviewers``, ``approvers``: who has done that
    part of the work here, or in what this corrects; nobody is in two."""

    frozen: Placed[Frozen]
    cases: dict[Case, CaseState] = field(default_factory=dict)
    submitted: Placed[ListSubmitted] | None = None
    approved: Placed[Approved] | None = None
    published: Placed[Published] | None = None
    reduced: Placed[Reduced] | None = None
    signed: list[Placed[Signed]] = field(default_factory=list)
    explainers: set[str] = field(default_factory=set)
    reviewers: set[str] = field(default_factory=set)
    approvers: set[str] = field(default_factory=set)
    records: list[Placed[AnyPublication]] = field(default_factory=list)

    @property
    def list_id(self) -> str:
        """Of which list."""
        return self.frozen.record.list

    @property
    def number(self) -> int:
        """1, and one more for each correction."""
        return self.frozen.record.edition

    @property
    def changed_at(self) -> int:
        """Data time (ms) of the last record."""
        return self.records[-1].record.at

    def stage(self, now: int) -> Stage:
        """At ``now`` (ms, data time). Deciding is possible while others explain still."""
        if self.reduced is not None:
            return "reduced"
        if self.published is not None:
            return "published"
        if self.approved is not None:
            return "approved"
        if self.submitted is not None:
            return "submitted"
        return "explaining" if now <= self.frozen.record.explain_until else "reviewing"

    def case(self, case: Case) -> CaseState:
        """As it stands; an empty one if nobody said anything about it."""
        return self.cases.get(case) or CaseState(case)

    def explained(self) -> Iterator[CaseState]:
        """Cases of which somebody said why."""
        return (one for one in self.cases.values() if one.explanations)

    def pending(self) -> Iterator[CaseState]:
        """Cases that wait for a decision."""
        return (one for one in self.cases.values() if one.pending)


@dataclass
class ListState:
    """A list with its editions, the first one first. The last one that is published counts."""

    id: str
    editions: list[Edition] = field(default_factory=list)

    @property
    def last(self) -> Edition:
        """That is worked on, or stands."""
        return self.editions[-1]

    @property
    def published(self) -> Edition | None:
        """That the public has, the newest one; None before the first."""
        return next((one for one in reversed(self.editions) if one.published is not None), None)


@dataclass
class Register:
    """All lists. ``requests``: number of the record that a request made, by person and request."""

    head: ChainHead = NO_HEAD
    lists: dict[str, ListState] = field(default_factory=dict)
    requests: dict[tuple[str, str], int] = field(default_factory=dict)

    def edition(self, list_: str, number: int) -> Edition | None:
        """None if there is none of that number."""
        found = self.lists.get(list_)
        if found is None or not 0 < number <= len(found.editions):
            return None
        return found.editions[number - 1]

    def months(self) -> Iterable[str]:
        """Ids of all lists, the newest month first."""
        return sorted(self.lists, reverse=True)
