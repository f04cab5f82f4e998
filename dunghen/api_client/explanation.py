"""The API's explanation of one dossier."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from dossiers.errors import UserError
from dunghen.api_client import rest
from dunghen.settings.installation import Installation
from dunghen.timeline.reading import read_reference


def explanation_of(dossier: str, installation: Installation) -> tuple[dict[str, Any], str]:
    """The explanation, and the time zone of the reference data. Raises UserError, also for a
    dossier that is not there."""
    unknown = UserError(
        f"There is no dossier {dossier!r}.",
        "An id is written as its source writes it, or as it is shown: `dunghen status` tells how "
        "many there are.",
    )
    endpoints = installation.endpoints()
    path = f"/api/v1/dossiers/{quote(dossier, safe='')}"
    found = rest.get(endpoints.api, path, {"officer_ids": True}, refused={404: unknown})
    reference = read_reference(endpoints.kafka, client=installation.client)
    return found, reference.timezone
