"""Where one edition of a list stands, and the chain that says so."""

from __future__ import annotations

from dataclasses import dataclass

from api.viewer import Viewer
from dossiers.publication.editions import Edition, Stage
from dossiers.wire.publications import Approved, Frozen, Published


@dataclass(frozen=True)
class ListStanding:
    """``at``: data time (ms) for which it is told."""

    edition: Edition
    at: int

    @property
    def id(self) -> str:
        """Of the list."""
        return self.edition.list_id

    @property
    def number(self) -> int:
        """Of the edition."""
        return self.edition.number

    @property
    def frozen(self) -> Frozen:
        """How it began."""
        return self.edition.frozen.record

    @property
    def stage(self) -> Stage:
        """Now."""
        return self.edition.stage(self.at)

    @property
    def approved(self) -> Approved | None:
        """That counts."""
        return None if self.edition.approved is None else self.edition.approved.record

    @property
    def published(self) -> Published | None:
        """If it is."""
        return None if self.edition.published is None else self.edition.published.record

    @property
    def reviewing(self) -> bool:
        """Whether it can still be explained and decided."""
        return self.edition.submitted is None


@dataclass(frozen=True)
class ChainState:
    """``number``: of records that count; ``void``: of others. ``recounted_at``: when the log was
    last counted again (ms, data time), None if it never was; ``agrees``: what came of it."""

    number: int
    void: int
    recounted_at: int | None
    agrees: bool


def chain_state(viewer: Viewer) -> ChainState:
    """Of this process."""
    book, last = viewer.live.publications, viewer.live.view.verifications.last
    return ChainState(
        number=book.state.head.number,
        void=book.void,
        recounted_at=None if last is None else last.watermark,
        agrees=last is not None and last.outcome == "equal",
    )
