"""What every section of the settings is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class SettingsSection(BaseModel):
    """One table of the file; a name it does not know is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)
