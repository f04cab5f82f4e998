"""The REST API of a running stack, asked by commands of the same user."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import httpx

from dossiers.errors import UserError

_SECONDS = 30.0  # for one answer
READY_SECONDS = 30.0  # for which an API is waited for that says 503
_AGAIN = 0.2  # s; a stack that has just started reads its figures in a moment


def get(
    api: str,
    path: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    token: str = "",
    refused: Mapping[int, UserError] | None = None,
) -> Any:
    """What GET ``path`` answers, decoded. ``token``: the administrator's, if one is needed.
    ``refused``: what is raised for a status. Waits while the API is still reading its figures, as
    it does after a start. Raises UserError if it does not answer, or answers with any other status
    than 200."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        # trust_env: it is this machine, and no proxy stands between.
        with httpx.Client(
            base_url=api, headers=headers, params=parameters, timeout=_SECONDS, trust_env=False
        ) as http:
            answer = _once_ready(http, path)
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


def _once_ready(http: httpx.Client, path: str) -> httpx.Response:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        answer = http.get(path)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
            return answer
        time.sleep(_AGAIN)
