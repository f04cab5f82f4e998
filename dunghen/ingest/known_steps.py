"""The steps that progress records may name, if no API follows the reference data."""

from __future__ import annotations

from dunghen.ingest.payloads import wall_clock
from dunghen.settings.installation import Installation
from dunghen.timeline.reading import read_in_force
from sources.portal.steps import KnownSteps


def known_steps(installation: Installation, bootstrap: str) -> KnownSteps:
    """Those of what counts now in a live timeline, and of what is to come. Raises UserError."""
    now = wall_clock()
    reference, in_force = read_in_force(bootstrap, now, client=installation.client)
    coming = [since for since, _ in in_force.activations() if since > now]
    steps = KnownSteps(installation.settings.portal.step_field)
    steps.refer([reference, *(in_force.at(since).reference for since in coming)])
    return steps
