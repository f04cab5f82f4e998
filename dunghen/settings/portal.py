"""Settings of what one-stop systems send."""

from __future__ import annotations

from pydantic import Field

from dunghen.settings.section import SettingsSection
from sources.portal.steps import STEP_FIELD


class PortalSettings(SettingsSection):
    """How payloads of the national portal's format are read; docs/portal-sync.md."""

    step_field: str = Field(
        default=STEP_FIELD,
        min_length=1,
        max_length=100,
        description="field of a progress record that names the step that was done; only steps that "
        "the reference data know are taken from it",
    )
