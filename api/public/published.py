"""What of topic publications is public: editions that were published, and nothing before that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from dossiers.publication.editions import ChainHead, Edition, Placed, Register, Step
from dossiers.publication.manifest import ListManifest, RecordPlace, manifest_of
from dossiers.wire.late_lists import ListCore
from dossiers.wire.publications import (
    ListSubmitted,
    Published,
    PublishedFile,
    Reduced,
    Signed,
    month_and_scope,
)


@dataclass(frozen=True)
class PublishedEdition:
    """One edition of a list. ``submitted``: its files before names had their time. ``place``: of
    the record that published it; ``reduced``, ``reduced_place``: that took the names away.
    ``simulation``: it is of an invented city."""

    list: str
    edition: int
    submitted: ListSubmitted
    approved: RecordPlace
    record: Published
    place: RecordPlace
    signed: tuple[Signed, ...] = ()
    reduced: Reduced | None = None
    reduced_place: RecordPlace | None = None
    simulation: bool = False

    @property
    def core(self) -> str:
        """SHA-256 of the core that is shown."""
        return self.record.core if self.reduced is None else self.reduced.core

    @property
    def rows(self) -> str:
        """SHA-256 of the rows that are shown."""
        return self.submitted.rows if self.reduced is None else self.reduced.rows

    @property
    def sheet(self) -> str:
        """SHA-256 of the name sheet; "" if there is none, or none any more."""
        return self.submitted.sheet if self.reduced is None else ""

    @property
    def published(self) -> RecordPlace:
        """Of the record that names what is offered now."""
        return self.reduced_place or self.place

    @property
    def files(self) -> tuple[PublishedFile, ...]:
        """What is offered, signed ones last."""
        if self.reduced is not None:
            return self.reduced.files
        return (*self.record.files, *(each.file for each in self.signed))

    @property
    def erased(self) -> frozenset[str]:
        """Names of files that were offered once and are no more."""
        if self.reduced is None:
            return frozenset()
        kept = {each.name for each in self.reduced.files}
        before = (*self.record.files, *(each.file for each in self.signed))
        return frozenset(each.name for each in before) - kept

    def manifest(self, core: ListCore) -> ListManifest:
        """What anybody needs to check it. ``core``: the one that is shown."""
        return manifest_of(
            core, self.core, self.approved, self.published, self.record, self.signed, self.reduced
        )


@dataclass(frozen=True)
class PublishedList:
    """``editions``: in their order; the last corrects those before it."""

    id: str
    editions: tuple[PublishedEdition, ...]

    @property
    def newest(self) -> PublishedEdition:
        """The one that counts."""
        return self.editions[-1]

    @property
    def month(self) -> str:
        """YYYY-MM."""
        return month_and_scope(self.id)[0]

    @property
    def scope(self) -> str:
        """A unit's id; "" for the whole."""
        return month_and_scope(self.id)[1]

    def before(self, edition: PublishedEdition) -> PublishedEdition | None:
        """The one that it corrects."""
        return self.edition(edition.edition - 1) if edition.edition > 1 else None

    def edition(self, number: int) -> PublishedEdition | None:
        """By its number; 0 for the newest."""
        if not number:
            return self.newest
        return next((each for each in self.editions if each.edition == number), None)


@dataclass(frozen=True)
class Catalogue:
    """Everything that is public, newest month first, the whole before its units. ``head``: number
    of the newest record that it was made from; whoever keeps a page keeps it by that."""

    lists: tuple[PublishedList, ...] = ()
    head: int = 0
    _by_id: Mapping[str, PublishedList] = field(default_factory=dict, repr=False, compare=False)

    def of(self, id_: str) -> PublishedList | None:
        """A list by its id; None if nothing of it is public."""
        return self._by_id.get(id_)

    @property
    def whole(self) -> tuple[PublishedList, ...]:
        """Lists of everything, not of one unit."""
        return tuple(each for each in self.lists if not each.scope)


def catalogue_of(editions: Iterable[PublishedEdition]) -> Catalogue:
    """``editions``: in any order."""
    head = 0
    by_id: dict[str, list[PublishedEdition]] = {}
    for each in editions:
        by_id.setdefault(each.list, []).append(each)
        head = max(head, each.published.number, *(signed.number for signed in each.signed))
    lists = [
        PublishedList(id_, tuple(sorted(found, key=lambda each: each.edition)))
        for id_, found in by_id.items()
    ]
    lists.sort(key=lambda each: each.scope)
    lists.sort(key=lambda each: each.month, reverse=True)
    return Catalogue(tuple(lists), head, {each.id: each for each in lists})


def catalogue_in(register: Register) -> Catalogue:
    """What of all lists is public: an edition from the record on that publishes it."""
    found = (
        _edition(each)
        for listed in register.lists.values()
        for each in listed.editions
        if each.published is not None
    )
    return catalogue_of(filter(None, found))


class PublicCatalogue:
    """What is public of a register that grows; looked through again once it has grown."""

    def __init__(self, register: Callable[[], Register]) -> None:
        self._register = register
        self._made: tuple[ChainHead, Catalogue] | None = None

    def __call__(self) -> Catalogue:
        """As of now."""
        register = self._register()
        if self._made is None or self._made[0] != register.head:
            self._made = (register.head, catalogue_in(register))
        return self._made[1]


def _edition(found: Edition) -> PublishedEdition | None:
    if found.published is None or found.approved is None or found.submitted is None:
        return None
    reduced = found.reduced
    return PublishedEdition(
        list=found.list_id,
        edition=found.number,
        submitted=found.submitted.record,
        approved=_place(found.approved),
        record=found.published.record,
        place=_place(found.published),
        signed=tuple(each.record for each in found.signed),
        reduced=reduced.record if reduced else None,
        reduced_place=_place(reduced) if reduced else None,
        simulation=found.frozen.record.simulation,
    )


def _place(placed: Placed[Step]) -> RecordPlace:
    return RecordPlace(number=placed.record.number, sha256=placed.hash)
