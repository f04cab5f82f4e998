"""What a live timeline is made from: the reference data of the installation."""

from __future__ import annotations

import codecs
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from dossiers.errors import UserError
from dossiers.text.identity import identity
from dossiers.wire.reference import Reference, Rules
from dunghen.reference.files import valid_folder
from dunghen.settings.model import Settings
from dunghen.stack.plan import Material


def live_material(settings: Settings) -> Material:
    """Reference data of the file or folder in ``live.reference``; without one, of units
    yet to be named.

    A live timeline has no end, so closed dossiers are dropped from the stream unless the file says
    ``rules.tombstones = false``.
    """
    path = settings.live.reference
    if path is None:
        return Material(Reference(title=settings.wall.title, rules=Rules(tombstones=True)))
    if path.is_dir():
        return Material(valid_folder(path).reference(tombstones=True))
    return Material(read_reference_file(path))


def read_reference_file(path: Path) -> Reference:
    """Reference data from TOML or JSON, for a live timeline.

    Raises UserError saying what is wrong where.
    """
    try:
        raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise UserError(
            f"The reference file {path} cannot be read: {error.strerror}.",
            "Correct the setting live.reference.",
        ) from error
    try:
        tree = msgspec.json.decode(raw) if path.suffix == ".json" else tomllib.loads(raw.decode())
        return msgspec.convert(_with_tombstones(_in_identity(tree)), Reference)
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(
            f"The reference file {path} has a mistake: {error}.",
            "Its fields are those of Reference in `dunghen schema`.",
        ) from error


def _in_identity(tree: Any) -> Any:
    """All texts as senders' names are compared with them (dossiers.text.identity)."""
    if isinstance(tree, str):
        return identity(tree)
    if isinstance(tree, dict):
        return {identity(str(name)): _in_identity(value) for name, value in tree.items()}
    return list(map(_in_identity, tree)) if isinstance(tree, list) else tree


def _with_tombstones(tree: Any) -> Any:
    """The file's content with this one default of a live timeline."""
    rules = tree.get("rules", {}) if isinstance(tree, dict) else None
    return {**tree, "rules": {"tombstones": True, **rules}} if isinstance(rules, dict) else tree
