"""Settings of what people do about alerts."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from dunghen.settings.section import SettingsSection


class DeskSettings(SettingsSection):
    """Where texts about alerts lie, and what signs the links in mails."""

    texts: Path | None = Field(
        default=None,
        description="folder of the texts that people write about alerts, of the API alone, in "
        "backups; default: blobs in the state folder",
    )
    link_key_file: Path | None = Field(
        default=None,
        description="file that holds the secret of the links in mails, the same for API and sink; "
        "default: one in the state folder",
    )
