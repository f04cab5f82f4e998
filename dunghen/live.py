"""What a live time line is made from: the reference data of the installation."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from dossiers.reference import Reference
from dunghen.errors import UserError
from dunghen.plan import Material
from dunghen.settings import Settings


def live_material(settings: Settings) -> Material:
    """Reference data of the file in ``live.reference``; without one, of units yet to be named."""
    path = settings.live.reference
    if path is None:
        return Material(Reference(title=settings.wall.title))
    return Material(read_reference_file(path))


def read_reference_file(path: Path) -> Reference:
    """Reference data from TOML or JSON. Raises UserError saying what is wrong where."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"The reference file {path} cannot be read: {error.strerror}.",
            "Correct the setting live.reference.",
        ) from error
    try:
        tree = msgspec.json.decode(raw) if path.suffix == ".json" else tomllib.loads(raw.decode())
        return msgspec.convert(tree, Reference)
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(
            f"The reference file {path} has a mistake: {error}.",
            "Its fields are those of Reference in `dunghen schema`.",
        ) from error
