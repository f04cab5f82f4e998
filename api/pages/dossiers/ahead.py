"""What would have to happen for an open dossier, step by step until it is due."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.dossiers.amounts import Written
from api.pages.dossiers.story import DossierStory


@dataclass(frozen=True)
class AheadRow:
    """A step that is left. ``limit``: what is left of it; ``end``: when it ends if each takes just
    what it has left; ``finish_by``: its last moment. ``passed``: that has gone."""

    step: str
    present: bool
    limit: str
    end: str
    finish_by: str
    passed: bool


@dataclass(frozen=True)
class Ahead:
    """``sentence``: whether it fits, and by how much; ``tone``: "late" if it does not. ``stopped``:
    what is assumed while the clock stands, "" if it runs."""

    sentence: str
    tone: str
    stopped: str
    rows: tuple[AheadRow, ...]


def ahead_of(story: DossierStory, say: Written) -> Ahead | None:
    """Of an open dossier with a due time; None of any other."""
    found = story.outlook
    if found is None:
        return None
    words, spare = say.words, found.spare
    values = {
        "left": say.amount(max(0, found.left)), "needed": say.amount(found.needed),
        "spare": say.amount(abs(spare)), "late": say.amount(max(0, -found.left)),
    }  # fmt: skip
    if not found.steps:
        key = "ahead_bare" if found.left >= 0 else "ahead_bare_late"
    elif found.left < 0:
        key = "ahead_late"
    else:
        key = "ahead_fits" if spare >= 0 else "ahead_short"
    return Ahead(
        sentence=words(key, **values, end=say.weekday(found.steps[-1].end) if found.steps else ""),
        tone="neutral" if spare >= 0 else "late",
        stopped=words("ahead_stopped", due=say.weekday(found.due_at)) if found.stopped else "",
        rows=tuple(
            AheadRow(
                step=story.names.step(step.step) if step.step else words("step_unnamed"),
                present=step.present,
                limit=say.amount(step.limit) if step.limit else "0",
                end=say.weekday(step.end),
                finish_by=say.weekday(step.finish_by),
                passed=step.finish_by < max(story.now, step.end),
            )
            for step in found.steps
        ),
    )
