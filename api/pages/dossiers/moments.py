"""Every fact of a dossier, in order, as its sources told it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.pages.dossiers.amounts import Written
from api.pages.dossiers.deeds import Deed
from api.pages.dossiers.story import DossierStory
from dossiers.reports.explain import Moment

MOST = 300  # facts on the page; the API has all of them


@dataclass(frozen=True)
class MomentView:
    """``when``: ms, ``at``: as written; ``taken_back``: a later fact took it back."""

    when: int
    at: str
    kind: str
    holder: str
    step: str
    clock: str
    source: str
    due: str
    taken_back: bool


def moments_of(
    story: DossierStory, say: Written, deeds: Sequence[Deed] = ()
) -> tuple[MomentView, ...]:
    """The first MOST of them, and among them what people did about alerts."""
    done = [_of_deed(each, say) for each in deeds]
    return tuple(sorted((*_views(story, say), *done), key=lambda view: view.when))


def _of_deed(deed: Deed, say: Written) -> MomentView:
    kind = f"{deed.what}: {deed.reason.lower()}" if deed.reason else deed.what
    return MomentView(
        when=deed.when,
        at=deed.at,
        kind=kind,
        holder=deed.who,
        step="–",
        clock="–",
        source=say.words("desk_source"),
        due="",
        taken_back=False,
    )


def _views(story: DossierStory, say: Written) -> Iterator[MomentView]:
    before: int | None = None
    for moment in story.told.moments[:MOST]:
        changed = moment.due_at != before
        before = moment.due_at
        yield MomentView(
            when=moment.at,
            at=say.moment(moment.at),
            kind=say.words(f"kind_{moment.kind}"),
            holder=_holder(moment, story),
            step=story.names.step(moment.step) if moment.step else "–",
            clock=say.words(f"clock_{moment.clock}"),
            source=moment.source,
            due=say.moment(moment.due_at) if changed and moment.due_at is not None else "",
            taken_back=moment.taken_back,
        )


def _holder(moment: Moment, story: DossierStory) -> str:
    names = story.names.labels
    officer = names.officer(moment.officer) if moment.officer else ""
    unit = names.unit(moment.unit) if moment.unit else ""
    return ", ".join(each for each in (officer, unit) if each) or "–"
