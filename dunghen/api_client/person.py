"""The REST API asked as a person: with a bearer token or, in a simulation, as one of its city."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from dossiers.errors import UserError
from dunghen.api_client.inner import KEPT_SECONDS

TOKEN_VARIABLE = "DUNGHEN_PERSON_TOKEN"  # noqa: S105 (the name of one)
_SECONDS = 60.0  # for one answer
_PATIENCE = 1_800.0  # s for work that goes on, such as documents of a large list
_MOST_TOKEN = 16_384  # bytes
_BUSY = (202, 429, 503)  # come again: it is being done, or cannot be now
_AWAY_SECONDS = 60.0  # for which 429 and 503 are waited out
_LONGEST_PAUSE = 10.0  # s


class PersonApi:
    """One session. ``note`` is told when something takes longer."""

    def __init__(self, http: httpx.Client, note: Callable[[str], None]) -> None:
        self._http = http
        self._note = note

    def get(self, path: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """What GET answers, decoded. Raises UserError."""
        return self._sent("GET", path, params=dict(parameters or {})).json()

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """What POST answers. Raises UserError."""
        return self._sent("POST", path, json=dict(body)).json()

    def step(self, path: str, body: Mapping[str, Any]) -> Any:
        """A step under a name of its own, so that it is taken once however often it is sent."""
        return self.post(path, {"request": uuid4().hex, **body})

    def send(self, path: str, content: bytes, parameters: Mapping[str, Any] | None = None) -> Any:
        """POST of bytes. Raises UserError."""
        headers = {"Content-Type": "application/octet-stream"}
        more = dict(parameters or {})
        return self._sent("POST", path, content=content, headers=headers, params=more).json()

    def act_as(self, person: str) -> None:
        """From now on as this person of the simulated city. Raises UserError."""
        answer = self._once("POST", "/act-as", data={"person": person})
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise UserError(
                "Only at the machine of a simulation can one act as a person of its city.",
                "Give your own token with --token-file FILE.",
            )
        if answer.headers.get("location") != "/":
            raise UserError(
                f"There is nobody “{person}” in this city.",
                "Write reform_office, leader, officer:ID or supervisor:ID; the page /act-as "
                "names them.",
            )

    def _sent(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Sent again while the answer is that it is being done. Raises UserError."""
        begun, told = time.monotonic(), False
        while True:
            answer = self._once(method, path, **more)
            waited = time.monotonic() - begun
            patience = _PATIENCE if answer.status_code == httpx.codes.ACCEPTED else _AWAY_SECONDS
            if answer.status_code not in _BUSY or waited > patience:
                return _good(answer)
            if not told and answer.status_code == httpx.codes.ACCEPTED:
                self._note("It takes longer and goes on ...")
                told = True
            time.sleep(_pause(answer))

    def _once(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise UserError(
                f"The API at {self._http.base_url} does not answer ({type(error).__name__}).",
                "Look at `dunghen status`; what was asked can be asked again.",
            ) from error


@contextmanager
def asking(api: str, token: str, person: str, note: Callable[[str], None]) -> Iterator[PersonApi]:
    """A session with the API at ``api``: with a token, or as ``person``. Raises UserError."""
    if token and person:
        raise UserError("Give a token, or a person of the simulation with --as; not both.")
    headers = {"Authorization": f"Bearer {token}"} if token else {"Origin": api.rstrip("/")}
    limits = httpx.Limits(keepalive_expiry=KEPT_SECONDS)
    with httpx.Client(
        base_url=api, headers=headers, timeout=_SECONDS, limits=limits, trust_env=False
    ) as http:
        found = PersonApi(http, note)
        if person:
            found.act_as(person)
        yield found


def token_of(file: Path | None) -> str:
    """From a file, or else from the environment; "" if there is none. Raises UserError."""
    if file is None:
        return os.environ.get(TOKEN_VARIABLE, "").strip()
    try:
        with file.open("rb") as opened:
            text = opened.read(_MOST_TOKEN).decode("ascii").strip()
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        text = ""
    if not text or len(text.split()) > 1:
        raise UserError(f"{file} holds no token.", "It is one line, as the provider gives it.")
    return text


def _pause(answer: httpx.Response) -> float:
    said = answer.headers.get("retry-after", "1")
    return min(float(said) if said.isdecimal() else 1.0, _LONGEST_PAUSE)


def _good(answer: httpx.Response) -> httpx.Response:
    if answer.is_success and answer.status_code != httpx.codes.ACCEPTED:
        return answer
    raise UserError(_why(answer), _HINTS.get(answer.status_code, ""))


def _why(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The API answers {answer.status_code}: {answer.text[:300]}"


_HINTS = {
    401: "Give your token with --token-file FILE; in a simulation act with --as PERSON.",
    409: "`dunghen late-list show LIST` says how it stands.",
    202: "It goes on: ask again later.",
}
