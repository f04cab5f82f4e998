"""Reads the settings and remembers where each value came from."""

from __future__ import annotations

import difflib
import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr, ValidationError
from pydantic_settings import EnvSettingsSource, SettingsError

from dossiers.errors import UserError
from dunghen.settings.model import Settings
from dunghen.settings.section import SettingsSection
from dunghen.terminal.masking import MASK, masked, remember

Origin = Literal["default", "file", "env", "flag"]
PREFIX = "DUNGHEN_"
CONFIG_VARIABLE = "DUNGHEN_CONFIG"
DEFAULT_FILE = Path("dunghen.toml")
_WRITTEN_AS_JSON = ("api.senders", "access.algorithms")  # in the environment
# Why there is no setting of this name any more.
_GONE = {"topic_prefix": "a Kafka holds one timeline, under topics of fixed names. Remove it."}
# Variables of tests, packaging and persons (dunghen.api_client.person) that are no settings.
_RESERVED = (CONFIG_VARIABLE, "DUNGHEN_TEST_", "DUNGHEN_INTERNAL_", "DUNGHEN_PERSON_")


@dataclass(frozen=True)
class ShownSetting:
    """One setting as ``dunghen config`` shows it; a secret's ``value`` is masked."""

    name: str  # section.name
    value: Any
    origin: Origin
    variable: str
    description: str


@dataclass(frozen=True)
class Loaded:
    """Settings with the origin of each value by its dotted name."""

    settings: Settings
    origins: Mapping[str, Origin]
    file: Path | None

    def rows(self) -> Iterator[ShownSetting]:
        """Every setting in the order of the documentation."""
        for name, description in names().items():
            section, field = name.split(".")
            value = getattr(getattr(self.settings, section), field)
            if isinstance(value, SecretStr):
                value = MASK if value.get_secret_value() else ""
            elif isinstance(value, Path):
                value = str(value)
            elif isinstance(value, dict):
                value = ", ".join(value)
            elif isinstance(value, str):
                value = masked(value)
            yield ShownSetting(name, value, self.origins[name], variable(name), description)

    def environment(self) -> dict[str, str]:
        """What a child process needs in its environment to load the same settings."""
        handed = {
            variable(name): str(getattr(getattr(self.settings, section), field))
            for name, origin in self.origins.items()
            if origin == "flag"
            for section, field in [name.split(".")]
        }
        if self.file is not None:
            handed[CONFIG_VARIABLE] = str(self.file.resolve())
        return handed


def names() -> dict[str, str]:
    """All dotted names with their descriptions."""
    found = {}
    for section, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, SettingsSection):
            for name, inner in kind.model_fields.items():
                found[f"{section}.{name}"] = inner.description or ""
    return found


def variable(name: str) -> str:
    """Environment variable of a dotted name."""
    return PREFIX + name.replace(".", "_").upper()


def load(flags: Mapping[str, Any] | None = None, file: Path | None = None) -> Loaded:
    """Settings from flags (dotted names; None = not given), environment, file and defaults.

    Raises UserError for a file that cannot be read, an unknown name or a wrong value.
    """
    known = names()
    path = _file(file)
    from_file = {} if path is None else dict(_flatten(_read(path), path))
    _refuse_unknown_variables(known)
    from_env = dict(_flatten(_environment(), None))
    from_flags = {k: v for k, v in (flags or {}).items() if v is not None}
    for name in from_file:
        _refuse_unknown(name, known, f"file {path}")
    merged: dict[str, Any] = {}
    origins: dict[str, Origin] = dict.fromkeys(known, "default")
    sources: tuple[tuple[Origin, dict[str, Any]], ...] = (
        ("file", from_file),
        ("env", from_env),
        ("flag", from_flags),
    )
    for origin, values in sources:
        for name, value in values.items():
            section, field = name.split(".")
            merged.setdefault(section, {})[field] = value
            origins[name] = origin
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        raise _wrong_value(error, origins, path) from error
    sections = (getattr(settings, section) for section in Settings.model_fields)
    remember(value for section in sections for _, value in section)
    return Loaded(settings, origins, path)


def _environment() -> dict[str, Any]:
    try:
        return EnvSettingsSource(Settings)()
    except SettingsError as error:
        given = [variable(name) for name in _WRITTEN_AS_JSON if variable(name) in os.environ]
        raise UserError(
            f"The environment variable {' or '.join(given)} cannot be read.",
            "Lists and tables are written as JSON there.",
        ) from error


def _file(given: Path | None) -> Path | None:
    if given is None and os.environ.get(CONFIG_VARIABLE):
        given = Path(os.environ[CONFIG_VARIABLE])
    if given is not None and not given.is_file():
        raise UserError(
            f"The settings file {given} does not exist.", "Correct --config or DUNGHEN_CONFIG."
        )
    return given or (_unnamed() if DEFAULT_FILE.is_file() else None)


def _unnamed() -> Path:
    """The file of the folder in which the command happens to run: in /tmp it may be anybody's."""
    found = DEFAULT_FILE.stat()
    if found.st_uid not in (0, os.geteuid()) or found.st_mode & stat.S_IWOTH:
        raise UserError(
            f"The settings file {DEFAULT_FILE.absolute()} is another user's, or any user may write "
            "into it, so it is not taken without being named.",
            f"Look what is in it; --config {DEFAULT_FILE} takes it all the same.",
        )
    return DEFAULT_FILE


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"The settings file {path} is not valid TOML: {error}.") from error


def _flatten(tree: Mapping[str, Any], path: Path | None) -> Iterator[tuple[str, Any]]:
    sections = list(Settings.model_fields)
    for section, values in tree.items():
        if section not in sections or not isinstance(values, dict):
            raise UserError(
                f"The file {path} has “{section}”, which is no section of settings.",
                _instead(section, sections, f"Sections are {', '.join(sections)}."),
            )
        for name, value in values.items():
            yield f"{section}.{name}", value


def _refuse_unknown_variables(known: Mapping[str, str]) -> None:
    variables = [variable(name) for name in known]
    for key in os.environ:
        if key.startswith(PREFIX) and not key.startswith(_RESERVED) and key not in variables:
            raise UserError(
                f"The environment variable {key} is no setting.",
                _instead(key, variables),
            )


def _refuse_unknown(name: str, known: Mapping[str, str], where: str) -> None:
    if name not in known:
        raise UserError(
            f"The {where} has “{name}”, which is no setting.",
            _instead(name, list(known)),
        )


def _instead(
    wrong: str, right: list[str], otherwise: str = "Run `dunghen config` to see all settings."
) -> str:
    for name, why in _GONE.items():
        if wrong.lower().endswith(name):
            return f"It is gone: {why}"
    close = difflib.get_close_matches(wrong, right, n=1)
    return f"Did you mean “{close[0]}”?" if close else otherwise


def _wrong_value(
    error: ValidationError, origins: Mapping[str, Origin], path: Path | None
) -> UserError:
    first = error.errors(include_input=False, include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"][:2])
    where = {
        "file": f"in {path}",
        "env": f"in the environment ({variable(name)})",
        "flag": "given as a flag",
    }.get(origins.get(name, "default"), "")
    return UserError(
        f"The setting {name} {where} has a wrong value: {first['msg']}.",
        f"It means: {names().get(name, 'see `dunghen config`')}.",
    )
