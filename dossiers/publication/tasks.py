"""Who has something to do about a late list, and until when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Literal, NamedTuple

from dossiers.publication.editions import CaseState, Edition, Register
from dossiers.publication.parts import Part, barred
from dossiers.wire.publications import Capacity, Case

TaskKind = Literal["explain", "answer", "decide", "submit", "approve", "publish", "reduce"]
Charged = Callable[[Edition], Iterable[Case]]
_SIGNERS: Set[Capacity] = frozenset({"leader", "reform_office"})


class Worker(NamedTuple):
    """``capacities``: as what the person may act at all."""

    person: str
    capacities: Set[Capacity]


@dataclass(frozen=True)
class ListTask:
    """``count``: dossiers to explain, cases to answer or decide; 1 of anything else. ``until``:
    its deadline (ms); ``overdue``: that has passed. Explaining is nobody's duty, so it is no task
    any more when its time is over."""

    kind: TaskKind
    list_id: str
    edition: int
    count: int
    until: int
    overdue: bool


def tasks_of(
    register: Register,
    who: Worker,
    now: int,
    charged: Charged,
    names_until: Callable[[Edition], int] | None = None,
) -> tuple[ListTask, ...]:
    """At ``now`` (ms, data time), the first deadline first.

    ``charged``: the cases of an edition that the person answers for, their own and those of their
    units; it is asked only where it matters. ``names_until``: until when (ms) an edition names
    people; None: for ever.
    """
    editions = [edition for found in register.lists.values() for edition in found.editions]
    tasks = [task for edition in editions for task in edition_tasks(edition, who, now, charged)]
    if names_until is not None and "reform_office" in who.capacities:
        tasks += _to_reduce(editions, now, names_until)
    return tuple(sorted(tasks, key=lambda task: (task.until, task.list_id, task.edition)))


def edition_tasks(edition: Edition, who: Worker, now: int, charged: Charged) -> Iterator[ListTask]:
    """Of one edition, until it is published. Arguments as of ``tasks_of``."""
    frozen = edition.frozen.record
    if edition.published is not None:
        return
    if edition.submitted is None:
        if who.capacities & {"officer", "supervisor"}:
            yield from _for_charged(edition, who, now, charged)
        if "reform_office" in who.capacities and _free(edition, who, "review"):
            yield from _for_reviewers(edition, who, now)
    elif who.capacities & _SIGNERS:
        kind: Literal["approve", "publish"] = "approve" if edition.approved is None else "publish"
        if _free(edition, who, kind):
            yield _task(kind, edition, 1, frozen.publish_until, now)


def _for_charged(edition: Edition, who: Worker, now: int, charged: Charged) -> Iterator[ListTask]:
    frozen = edition.frozen.record
    if not _free(edition, who, "explain"):
        return
    mine = list(charged(edition))
    if now <= frozen.explain_until and (count := len(_unexplained(edition, mine))):
        yield _task("explain", edition, count, frozen.explain_until, now)
    if count := sum(edition.case(case).unanswered for case in mine):
        yield _task("answer", edition, count, frozen.review_until, now)


def _unexplained(edition: Edition, cases: Iterable[Case]) -> set[str]:
    """Dossiers of which nobody has explained anything that one answers for."""
    explained = {case.dossier for case in cases if edition.case(case).explanations}
    return {case.dossier for case in cases} - explained


def _for_reviewers(edition: Edition, who: Worker, now: int) -> Iterator[ListTask]:
    frozen = edition.frozen.record
    pending = list(edition.pending())
    if count := sum(_may_decide(state, who.person) for state in pending):
        yield _task("decide", edition, count, frozen.review_until, now)
    if not pending and now > frozen.explain_until:
        yield _task("submit", edition, 1, frozen.review_until, now)


def _may_decide(state: CaseState, person: str) -> bool:
    return state.case.officer != person


def _to_reduce(
    editions: Iterable[Edition], now: int, names_until: Callable[[Edition], int]
) -> Iterator[ListTask]:
    for edition in editions:
        if edition.published is not None and edition.reduced is None:
            until = names_until(edition)
            if now > until:
                yield _task("reduce", edition, 1, until, now)


def _free(edition: Edition, who: Worker, part: Part) -> bool:
    return barred(edition, who.person, part) is None


def _task(kind: TaskKind, edition: Edition, count: int, until: int, now: int) -> ListTask:
    return ListTask(kind, edition.list_id, edition.number, count, until, now > until)
