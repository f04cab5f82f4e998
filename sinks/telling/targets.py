"""Targets of an operator's own: an HTTP request made from templates, for the gateways that offices
use and that we have no code for (messages of an official account, SMS with a brand name).

What is filled in comes from outside: every value that goes into JSON or a form has to be put there
by a filter that escapes it.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import httpx
from jinja2 import TemplateError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dossiers.errors import UserError
from sinks.notifier.channels import DeliveryError
from sinks.telling.filling import filled_in, read_template
from sinks.telling.notice_letter import NoticeLetter
from sinks.telling.posting import Undeliverable

MOST_TARGETS = 20
_MOST_FILE = 256 * 1024  # bytes
_MOST_ANSWER = 64 * 1024  # bytes that are looked at
_SECRET = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


class Success(BaseModel):
    """What counts as delivered: one of ``status``, and in a JSON answer each of ``equals`` (a path
    of names with dots, and the value that is expected there)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: list[int] = Field(default=[200, 201, 202, 204], min_length=1, max_length=20)
    equals: dict[str, str | int | bool] = Field(default={}, max_length=10)


class Target(BaseModel):
    """One gateway. ``everybody``: not only for those who have chosen to be told so. ``secrets``:
    name in the templates to the name of an environment variable, or to a file after ``file:``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    method: Literal["POST", "PUT"] = "POST"
    url: str = Field(max_length=2_000)
    headers: dict[str, str] = Field(default={}, max_length=20)
    body: str = Field(max_length=16_000)
    success: Success = Success()
    everybody: bool = False
    language: Literal["vi", "en"] = "vi"
    secrets: dict[str, str] = Field(default={}, max_length=10)
    timeout_seconds: float = Field(default=10.0, gt=0, le=60)

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ValueError("is no address: it begins with https:// and a host")
        return url


class TargetRequest:
    """A target, ready to be filled in. Raises UserError for what is wrong in its templates or
    secrets."""

    def __init__(self, target: Target, environ: dict[str, str] | None = None) -> None:
        self.target = target
        self._secrets = {
            name: _secret(target, where, os.environ if environ is None else environ)
            for name, where in target.secrets.items()
        }
        try:
            self._url = read_template(target.url)
            self._body = read_template(target.body)
            self._headers = {name: read_template(text) for name, text in target.headers.items()}
        except TemplateError as error:
            raise UserError(
                f"Target {target.name!r} has a template that cannot be read, line "
                f"{getattr(error, 'lineno', 1)}: {error}.",
                "Compare it with docs/notifications.md.",
            ) from error

    def request(self, letter: NoticeLetter) -> httpx.Request:
        """The request for one letter. Raises Undeliverable if a template asks for what is not there
        or makes too much, or if what it makes is no request to this host: it would fail again."""
        values = {"letter": asdict(letter), "secret": self._secrets}
        try:
            url = filled_in(self._url, values)
            headers = {name: filled_in(each, values) for name, each in self._headers.items()}
            body = filled_in(self._body, values)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise Undeliverable(f"its template fails: {type(error).__name__}") from error
        if any(not c.isprintable() for value in headers.values() for c in value):
            raise Undeliverable("a header has several lines when it is filled in")
        headers = {"Idempotency-Key": quote(letter.key, safe=":-"), **headers}
        try:
            same = urlsplit(url).netloc == urlsplit(self.target.url).netloc
            if not same or any(c in url for c in "\r\n "):
                raise Undeliverable("its address is another one when it is filled in")
            return httpx.Request(self.target.method, url, headers=headers, content=body.encode())
        except (httpx.InvalidURL, ValueError) as error:
            raise Undeliverable(f"it makes no request: {type(error).__name__}") from error

    def judge(self, status: int, answer: bytes) -> None:
        """Raise DeliveryError unless the answer is what counts as delivered."""
        success = self.target.success
        if status not in success.status:
            raise DeliveryError(f"HTTP {status}")
        if not success.equals:
            return
        try:
            found = json.loads(answer)
        except (ValueError, RecursionError):
            raise DeliveryError("its answer is no JSON") from None
        for path, wanted in success.equals.items():
            value = _at(found, path)
            if value != wanted or isinstance(value, bool) != isinstance(wanted, bool):
                raise DeliveryError(f"its answer has another {path}")


async def post_to(target: TargetRequest, letter: NoticeLetter, client: httpx.AsyncClient) -> None:
    """Send one letter; returning means that the gateway has taken it. Raises DeliveryError."""
    request = target.request(letter)
    request.extensions["timeout"] = httpx.Timeout(target.target.timeout_seconds).as_dict()
    try:
        answer = await client.send(request, stream=True)
        try:
            body = b""
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _MOST_ANSWER:
                    break
        finally:
            await answer.aclose()
    except httpx.HTTPError as error:
        raise DeliveryError(type(error).__name__) from error
    target.judge(answer.status_code, body[:_MOST_ANSWER])


def read_targets(path: Path) -> tuple[TargetRequest, ...]:
    """The targets of a TOML file, each a table ``[[target]]``. Raises UserError."""
    try:
        if path.stat().st_size > _MOST_FILE:
            raise UserError(f"{path} has more than {_MOST_FILE} bytes.", "Is it the right file?")
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {error}.", "It is a TOML file.") from error
    rows = found.get("target", [])
    if set(found) - {"target"} or not isinstance(rows, list) or len(rows) > MOST_TARGETS:
        raise UserError(
            f"{path} has something other than at most {MOST_TARGETS} tables [[target]].",
            "Compare it with docs/notifications.md.",
        )
    try:
        targets = [Target.model_validate(row) for row in rows]
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(
            f"{path}: {where} {first['msg']}.", "Compare it with docs/notifications.md."
        ) from error
    if len({target.name for target in targets}) < len(targets):
        raise UserError(f"{path} has two targets of one name.", "Give each a name of its own.")
    return tuple(TargetRequest(target) for target in targets)


def _secret(target: Target, where: str, environ: Any) -> str:
    text = ""
    if where.startswith("file:"):
        try:
            text = Path(where.removeprefix("file:")).read_text("utf-8")[:4_096].strip()
        except (OSError, ValueError):
            text = ""
    elif _SECRET.fullmatch(where):
        text = environ.get(where, "")
    if not text:
        raise UserError(
            f"Target {target.name!r} has a secret that is not there: {where}.",
            "Name an environment variable that is set, or a file as file:/path.",
        )
    return text


def _at(found: Any, path: str) -> Any:
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
