"""What a stack is to run: which timeline, where to listen, what drives its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dossiers.errors import UserError
from dossiers.wire.reference import Reference
from dossiers.wire.timeline import Timeline
from dunghen.settings.installation import Kind


@dataclass(frozen=True)
class Material:
    """What a timeline is made from. ``source`` must stay the same for its life; ``label`` is for
    people."""

    reference: Reference
    source: str = ""
    label: str = ""


@dataclass(frozen=True)
class StackPlan:
    """``material`` may take long (an import) and is called in a thread while Kafka starts.

    ``driver``: the command that publishes ticks, with its arguments; none for a replay, whose
    publisher brings its own. ``patient``: on a timeline that is there already, the API comes up
    without Kafka where that does not start, and the rest follows.
    """

    kind: Kind
    material: Callable[[], Material]
    driver: tuple[str, ...] = ()
    patient: bool = False


def refuse_other_kind(found: Timeline | None, kind: Kind, folder: str) -> None:
    """Say at once, before anything starts, that a folder holds another kind of timeline."""
    if found is None or found.kind == kind:
        return
    what = {"live": "live data", "simulation": "a simulation", "replay": "a replay"}
    label = f" ({found.label})" if found.label else ""
    raise UserError(
        f"The state folder {folder} holds {what[found.kind]}{label}, and {what[kind]} cannot be "
        "mixed into it: a timeline has one present.",
        "Use another folder with --state DIR; this one stays as it is.",
    )
