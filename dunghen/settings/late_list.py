"""Settings of the month's late list: deadlines, thresholds, names, and what its documents say."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from dunghen.settings.section import SettingsSection


class LateListSettings(SettingsSection):
    """How a month's late list is explained, reviewed and published; docs/late-list.md."""

    automatic: bool = Field(
        default=True,
        description="whether the last month is frozen by itself when the next one's first working "
        "day begins",
    )
    explain_days: int = Field(
        default=5, ge=0, le=60, description="working days for explanations, from the freeze"
    )
    review_days: int = Field(
        default=2, ge=0, le=60, description="working days for the review, after these"
    )
    publish_days: int = Field(
        default=3, ge=0, le=60, description="working days for approval and publication, after these"
    )
    rate_from: int = Field(
        default=20, ge=1, le=1_000_000, description="dossiers from which on a rate is printed"
    )
    officer_from: int = Field(
        default=30, ge=1, le=1_000_000, description="dossiers from which on an officer is ranked"
    )
    unit_from: int = Field(
        default=100, ge=1, le=1_000_000, description="dossiers from which on a unit is ranked"
    )
    names: Literal["name", "position", "none"] = Field(
        default="name",
        description="officers in what is published: by name and position, by position, or not",
    )
    retention_months: int = Field(
        default=12, ge=1, le=1_200, description="months for which names stay published"
    )
    robots: Literal["index", "noindex"] = Field(
        default="noindex", description="whether search engines may list what is published"
    )
    agency_above: str = Field(
        default="", max_length=200, description="upper line of a document's head, above the agency"
    )
    agency: str = Field(
        default="",
        max_length=200,
        description="agency that publishes; empty: title of the reference data",
    )
    document_code: str = Field(
        default="TB-VP", max_length=60, description="what follows a document's number and slash"
    )
    place: str = Field(
        default="", max_length=100, description="place before a document's date; empty: none"
    )
    signer_title: str = Field(
        default="", max_length=200, description="above the signature; | between lines"
    )
    signer: str = Field(
        default="", max_length=100, description="who signs, as proposed in the form"
    )
    recipients: str = Field(
        default="", max_length=1_000, description="below Nơi nhận; | between lines"
    )
    trust: Path | None = Field(
        default=None,
        description="file (PEM) of the roots to which signatures lead; empty: none is trusted",
    )
