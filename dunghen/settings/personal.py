"""Settings of what may be a citizen's data."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from dossiers.text.ids import MAX_ID
from dossiers.text.kept_ids import LONGEST, MARKS, Letters
from dunghen.settings.section import SettingsSection


class PersonalSettings(SettingsSection):
    """What becomes of what may be a citizen's, on a live timeline; docs/security.md."""

    allow_list: bool = Field(
        default=True,
        description="whether free text of units, officers and steps passes the entrances of a live "
        "timeline only if the reference data knows it, and else as a hash; a replay and a demo "
        "keep names as they come in any case",
    )
    hash_key_file: Path | None = Field(
        default=None,
        description="key of the hashes that stand for what may be personal (64 hexadecimal "
        "digits); default: one in the state folder. On servers API, ingest and the commands that "
        "look for dossiers need the same; `dunghen topics` makes it if it is not there",
    )
    id_letters: Letters = Field(
        default="latin",
        description="letters in ids that are kept as they are: latin (Vietnamese ones included) or "
        "ascii; ids outside this form, and those that may be a person's number, are hashed",
    )
    id_marks: str = Field(
        default=MARKS,
        pattern=r"^[!-/:-?\[-`{-~]{0,31}$",
        description="what else may stand in them beside letters and digits: signs of ASCII but @ "
        "and blanks; they separate the parts that are judged one by one",
    )
    id_length: int = Field(
        default=LONGEST, ge=20, le=MAX_ID, description="their longest, in characters"
    )
