"""One dossier as it is judged for a page: read from its facts once, for every part of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from api.labels import Labels
from dossiers.reference.in_force import InForce
from dossiers.reference.unlisted import shown_name
from dossiers.reports.case import JudgedCase, case_in_force
from dossiers.reports.explain import Explanation, explain_case
from dossiers.reports.outlook import Outlook, outlook_of
from dossiers.reports.wording import sentences
from dossiers.text.keyed import looks_hashed
from dossiers.wire.reading import read_facts
from dossiers.wire.reference import Procedure


@dataclass(frozen=True)
class DossierNames:
    """How units, officers and steps of one dossier appear to a reader. ``steps``: names by id."""

    labels: Labels
    steps: Mapping[str, str]

    def step(self, id_: str) -> str:
        """The step's name, or what is shown in place of one that is not listed."""
        return self.steps.get(id_) or shown_name(id_)

    def any(self, id_: str) -> str:
        """Of whichever of the three it is."""
        listed = self.steps.get(id_) or self.labels.names.units.get(id_)
        if not listed and looks_hashed(id_):
            return shown_name(id_)
        return listed or self.labels.officer(id_)


@dataclass(frozen=True)
class DossierStory:
    """``now``: ms. ``procedure``: None if it is not listed. ``sentence``: the verdict, by
    language."""

    id: str
    now: int
    case: JudgedCase
    told: Explanation
    outlook: Outlook | None
    procedure: Procedure | None
    names: DossierNames
    sentence: Mapping[str, str]


def story_of(
    dossier_id: str, facts: str, now: int, in_force: InForce, labels: Labels
) -> DossierStory:
    """From ``facts`` (JSON, as the changelog has them), as of ``now`` (ms). May run in a thread."""
    read = read_facts(facts)
    case = case_in_force(read, now, in_force)
    told = explain_case(dossier_id, read, case, now, in_force)
    context = in_force.at(case.end)
    listed = (p for p in context.reference.procedures if p.id == case.course.procedure)
    procedure = next(listed, None)
    steps = {} if procedure is None else {s.id: s.name or s.id for s in procedure.steps}
    names = DossierNames(labels, steps)
    local: Callable[[int], datetime] = context.calendar.local
    return DossierStory(
        id=dossier_id,
        now=now,
        case=case,
        told=told,
        outlook=outlook_of(case, now, tuple(steps)),
        procedure=procedure,
        names=names,
        sentence=sentences(told, names.any, local),
    )
