"""What all records of steps have in common, and whether something was written meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.late_list.asking import StepAsked
from api.late_list.sight import edition_of
from api.publications.book import newest
from api.publications.desk import WrittenRecord, fitted
from api.publications.errors import LateListError
from api.viewer import Viewer
from dossiers.publication.chain import next_record
from dossiers.publication.editions import ChainHead, Edition
from dossiers.wire.publications import AnyPublication, Capacity, Case


async def step(
    viewer: Viewer,
    asked: StepAsked,
    kind: type[AnyPublication],
    capacity: Capacity,
    fields: dict[str, Any],
    cases: Iterable[Case] | None = None,
) -> WrittenRecord:
    """Write one record about the newest edition. ``cases``: which it is about, None for all of the
    list: what was written about these since ``asked.seen`` is not overruled unseen. Raises
    LateListError."""
    live, person = viewer.live, viewer.principal.person
    about = None if cases is None else tuple(cases)

    def make(head: ChainHead) -> AnyPublication:
        edition = edition_of(viewer, asked.list)
        refuse_moved(edition, asked.seen, about)
        return next_record(
            head, kind, request=asked.request, list=asked.list, edition=edition.number,
            at=live.view.watermark or 0, written_at=live.publication_desk.lists.clock(),
            by=person, capacity=capacity, **fields,
        )  # fmt: skip

    write = live.publication_desk.write
    return await write(person, asked.request, asked.list, kind, fitted(make))


def refuse_moved(edition: Edition, seen: int, cases: Iterable[Case] | None) -> None:
    """Raises LateListError if somebody was first."""
    if newest(edition, cases) > seen:
        raise LateListError(
            409, "moved", "Something was done about this since you saw it: look again.",
            number=newest(edition),
        )  # fmt: skip


def acting_as(viewer: Viewer, wanted: Iterable[Capacity]) -> Capacity:
    """The first of these capacities that is a role of whoever asks. Raises LateListError."""
    refuse_another_present(viewer)
    found = next((each for each in wanted if each in viewer.principal.roles), None)
    if found is None or not viewer.principal.person:
        raise LateListError(403, "capacity", "This role has no part in this step.")
    return found


def refuse_another_present(viewer: Viewer) -> None:
    """Nobody acts as somebody else on a live timeline. Raises LateListError."""
    if viewer.principal.means == "acting" and viewer.live.config.mode != "simulation":
        raise LateListError(403, "capacity", "Nobody acts as somebody else here.")
