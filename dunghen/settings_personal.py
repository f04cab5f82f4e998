"""Settings of what may be a citizen's data."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from dunghen.settings_stream import Section


class Personal(Section):
    """What becomes of what may be a citizen's, on a live time line; docs/security.md."""

    hash_key_file: Path | None = Field(
        default=None,
        description="key of the hashes that stand for what may be personal (64 hexadecimal "
        "digits); default: one in the state folder. On servers API, ingest and the commands that "
        "look for dossiers need the same; `dunghen topics` makes it where it is not there",
    )
