"""A stack on a timeline that is there already, and that nothing drives: to look, not to add."""

from __future__ import annotations

from dossiers.errors import UserError
from dossiers.wire.records import Timeline
from dossiers.wire.reference import Reference
from dunghen.settings.installation import Context
from dunghen.stack.embedded import Stack
from dunghen.stack.plan import Material, Plan
from dunghen.terminal.console import Terminal
from dunghen.timeline.topics import read_timeline


class ExistingStack(Stack):
    """Takes the timeline from the topics instead of making one."""

    def _ensure_topics(self, bootstrap: str, material: Material) -> Timeline:
        timeline = read_timeline(bootstrap, client=self._context.client)
        if timeline is None:
            raise UserError(f"Kafka in {self._folder.path} has no timeline yet.")
        return timeline


def existing_stack(here: Context, terminal: Terminal) -> ExistingStack:
    """A stack on the folder's own timeline. Raises UserError if the folder has none."""
    return ExistingStack(here, plan_of(here), terminal)


def plan_of(here: Context) -> Plan:
    """What runs on the folder's own timeline. Raises UserError if the folder has none."""
    found = here.folder.timeline() if here.folder.exists else None
    if found is None:
        raise UserError(
            f"The state folder {here.folder.path} holds no timeline.",
            "Make one with `dunghen up`, `demo` or `replay`, or name another with --state DIR.",
        )
    return Plan(found.kind, lambda: Material(Reference()))
