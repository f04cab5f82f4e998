"""Every fact of a dossier, in order, as its sources told it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.pages.dossiers.amounts import Written
from api.pages.dossiers.story import DossierStory
from dossiers.reports.explain import Moment

MOST = 300  # facts on the page; the API has all of them


@dataclass(frozen=True)
class MomentView:
    """``at``: as written; ``taken_back``: a later fact took it back."""

    at: str
    kind: str
    holder: str
    step: str
    clock: str
    source: str
    due: str
    taken_back: bool


def moments_of(story: DossierStory, say: Written) -> tuple[MomentView, ...]:
    """The first MOST of them."""
    return tuple(_views(story, say))


def _views(story: DossierStory, say: Written) -> Iterator[MomentView]:
    before: int | None = None
    for moment in story.told.moments[:MOST]:
        changed = moment.due_at != before
        before = moment.due_at
        yield MomentView(
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
