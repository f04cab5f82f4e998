"""What senders name and the reference data lacks, as the API lists it."""

from __future__ import annotations

from typing import Any

from dossiers.errors import UserError
from dunghen.access.config import admin_token
from dunghen.api_client import rest
from dunghen.settings.installation import Installation


def missing(installation: Installation) -> dict[str, Any]:
    """Names and codes, those that most records name first. Over HTTP, so that it is in the audit
    trail who looked. Raises UserError."""
    api = installation.endpoints().api
    if not api:
        raise UserError(
            "The API of this Kafka runs elsewhere, and the list is there.",
            "Ask it for /api/v1/reference/missing, signed in as admin or reform_office.",
        )
    not_live = UserError("This is no live timeline: names are kept there as they come.")
    found: dict[str, Any] = rest.get(
        api,
        "/api/v1/reference/missing",
        token=admin_token(installation),
        refused={409: not_live},
    )
    return found
