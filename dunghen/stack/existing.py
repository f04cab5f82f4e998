"""A stack on a timeline that is there already, and that nothing drives: to look, not to add."""

from __future__ import annotations

from dossiers.errors import UserError
from dossiers.wire.reference import Reference
from dossiers.wire.timeline import Timeline
from dunghen.settings.installation import Installation
from dunghen.stack.embedded import EmbeddedStack
from dunghen.stack.plan import Material, StackPlan
from dunghen.terminal.console import Terminal
from dunghen.timeline.reading import read_timeline
from dunghen.timeline.topics import add_missing_topics


class ExistingStack(EmbeddedStack):
    """Takes the timeline from the topics instead of making one."""

    def _ensure_topics(self, bootstrap: str, material: Material) -> Timeline:
        timeline = read_timeline(bootstrap, client=self._installation.client)
        if timeline is None:
            raise UserError(f"Kafka in {self._folder.path} has no timeline yet.")
        replication = self._installation.settings.kafka.replication
        add_missing_topics(bootstrap, timeline, replication, self._installation.client)
        return timeline


def existing_stack(installation: Installation, terminal: Terminal) -> ExistingStack:
    """A stack on the folder's own timeline. Raises UserError if the folder has none."""
    return ExistingStack(installation, plan_of(installation), terminal)


def plan_of(installation: Installation) -> StackPlan:
    """What runs on the folder's own timeline. Raises UserError if the folder has none."""
    found = installation.folder.timeline() if installation.folder.exists else None
    if found is None:
        raise UserError(
            f"The state folder {installation.folder.path} holds no timeline.",
            "Make one with `dunghen up`, `demo` or `replay`, or name another with --state DIR.",
        )
    return StackPlan(found.kind, lambda: Material(Reference()))
