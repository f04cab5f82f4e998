"""Settings of the nightly recount."""

from __future__ import annotations

from pydantic import Field

from dunghen.settings.section import SettingsSection


class VerifySettings(SettingsSection):
    """The recount that a live stack makes by itself every night."""

    nightly: bool = Field(default=True, description="whether `dunghen up` recounts every night")
    at: str = Field(
        default="05:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="when, in the local time of the reference data",
    )
    minutes: float = Field(
        default=120.0, gt=0, le=1_200, description="longest nightly recount; then it is ended"
    )
    memory_mb: int = Field(
        default=4_096, ge=256, description="most memory that a recount with --gently may take"
    )
