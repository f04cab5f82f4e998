"""Targets of an operator's own: an HTTP request made from templates, for the gateways that offices
use and that we have no code for (messages of an official account, SMS with a brand name).

What is filled in comes from outside, so the environment is sandboxed, names nothing but the letter,
and every value that goes into JSON or a form has to be put there by a filter that escapes it.
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
from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dossiers.errors import UserError
from sinks.notifier.channels import DeliveryError
from sinks.telling.letters import NoticeLetter

MOST_TARGETS = 20
_MOST_FILE = 256 * 1024  # bytes
_MOST_BODY = 64 * 1024  # characters of a body that was filled in
_MOST_ANSWER = 64 * 1024  # bytes that are looked at
_MOST_LOOPS = 200
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
        environment = _environment()
        try:
            self._url = environment.from_string(target.url)
            self._body = environment.from_string(target.body)
            self._headers = {k: environment.from_string(v) for k, v in target.headers.items()}
        except TemplateError as error:
            raise UserError(
                f"Target {target.name!r} has a template that cannot be read, line "
                f"{getattr(error, 'lineno', 1)}: {error}.",
                "Compare it with docs/notifications.md.",
            ) from error

    def request(self, letter: NoticeLetter) -> httpx.Request:
        """The request for one letter. Raises DeliveryError if a template does not come to an
        end, asks for what it may not, or makes too much."""
        values = {"letter": asdict(letter), "secret": self._secrets}
        try:
            url = self._url.render(values)
            headers = {name: each.render(values) for name, each in self._headers.items()}
            body = self._body.render(values)
        except (TemplateError, SecurityError, ArithmeticError, TypeError, ValueError) as error:
            raise DeliveryError(f"its template fails: {type(error).__name__}") from error
        if len(body) > _MOST_BODY or len(url) > _MOST_BODY:
            raise DeliveryError("its template makes too much")
        host = urlsplit(self.target.url).netloc
        if urlsplit(url).netloc != host or any(c in url for c in "\r\n "):
            raise DeliveryError("its address is another one when it is filled in")
        if any(c in value for value in headers.values() for c in "\r\n"):
            raise DeliveryError("a header has several lines when it is filled in")
        headers = {"Idempotency-Key": quote(letter.key, safe=":-"), **headers}
        return httpx.Request(self.target.method, url, headers=headers, content=body.encode())

    def judge(self, status: int, answer: bytes) -> None:
        """Raise DeliveryError unless the answer is what counts as delivered."""
        success = self.target.success
        if status not in success.status:
            raise DeliveryError(f"HTTP {status}")
        if not success.equals:
            return
        try:
            found = json.loads(answer)
        except ValueError:
            raise DeliveryError("its answer is no JSON") from None
        for path, wanted in success.equals.items():
            if _at(found, path) != wanted:
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


class _Sandbox(ImmutableSandboxedEnvironment):
    """A template is to fill in, not to compute: what could take long or make much is refused."""

    intercepted_binops = frozenset(("*", "**", "%"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse it. Raises SecurityError."""
        raise SecurityError("templates do not multiply")

    def is_safe_callable(self, obj: Any) -> bool:
        """Whether a template may call something: nothing but ``range``."""
        return obj is _some


def _some(most: int) -> range:
    return range(min(most, _MOST_LOOPS))


def _environment() -> _Sandbox:
    environment = _Sandbox(undefined=StrictUndefined, autoescape=False)
    environment.globals = {"range": _some}
    kept = ("tojson", "urlencode", "join", "first", "length", "default", "truncate", "upper")
    environment.filters = {name: environment.filters[name] for name in kept}
    return environment


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
