"""The REST API of a running stack, asked by commands of the same user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from dossiers.errors import UserError

_SECONDS = 30.0


def get(
    api: str,
    path: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    token: str = "",
    refused: Mapping[int, UserError] | None = None,
) -> Any:
    """What GET ``path`` answers, decoded. ``token``: the administrator's, if one is needed.
    ``refused``: what is raised for a status. Raises UserError if the API does not answer, or
    answers with any other status than 200."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        # trust_env: it is this machine, and no proxy stands between.
        with httpx.Client(base_url=api, timeout=_SECONDS, trust_env=False) as http:
            answer = http.get(path, params=parameters, headers=headers)
    except httpx.HTTPError as error:
        raise UserError(
            f"The API at {api} does not answer ({type(error).__name__}).",
            "Look at `dunghen status`.",
        ) from error
    if answer.status_code in (refused or {}):
        raise (refused or {})[answer.status_code]
    if answer.status_code != 200:
        raise UserError(f"The API at {api} answers {answer.status_code}: {answer.text[:300]}")
    return answer.json()
