"""The form of a wall: what is typed becomes settings, and settings fill it in. Works without a
script: parts of a rotation are rows of which empty ones do not count."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import msgspec
from fastapi import Request

from api.walls.desk import WallError
from dossiers.wire.walls import NamedWall

MOST_FIELDS = 600
SPARE_ROWS = 3
MOST_ROWS = 12
BETWEEN = "\t"  # ids in one value of a form; none has a control character


@dataclass(frozen=True)
class TypedForm:
    """What a browser sent. ``fields``: by name, several values each."""

    fields: Mapping[str, Sequence[str]]

    def one(self, name: str) -> str:
        """The first value of a field, without blanks around it; "" if there is none."""
        return self.fields.get(name, ("",))[0].strip()

    def number(self, name: str) -> float | None:
        """A number as one types it, with a comma too; None for nothing. Raises WallError."""
        text = self.one(name).replace(",", ".")
        try:
            number = float(text) if text else None
        except ValueError:
            number = math.nan
        if number is not None and not math.isfinite(number):
            raise WallError(422, "wall_number", f"{name} is no number.")
        return number


async def typed(request: Request) -> TypedForm:
    """Raises WallError for more fields than any form of ours has."""
    try:
        text = (await request.body()).decode("utf-8", "replace")
        return TypedForm(parse_qs(text, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise WallError(422, "wall_large", "The form has too many fields.") from error


def settings_of(form: TypedForm) -> NamedWall:
    """Raises WallError for what is no setting."""
    found: dict[str, Any] = {
        "title": form.one("title"),
        "units": form.fields.get("units", ()),
        "views": _views(form),
        "target": form.number("target"),
        "language": form.one("language") or "vi",
        "theme": form.one("theme") or "dark",
        "officer_names": form.one("officer_names") or "initials",
        "distance": form.number("distance"),
        "height": form.number("height"),
        "panel_seconds": round(form.number("panel_seconds") or 25),
        "changed_at": 0,
    }
    try:
        return msgspec.convert(found, NamedWall)
    except msgspec.ValidationError as error:
        raise WallError(422, "wall_settings", str(error)) from error


def _views(form: TypedForm) -> list[dict[str, Any]]:
    views = []
    for row in range(MOST_ROWS):
        units = form.one(f"part{row}")
        if units:
            views.append(
                {
                    "units": units.split(BETWEEN),
                    "seconds": round(form.number(f"seconds{row}") or 60),
                    "title": form.one(f"part_title{row}"),
                }
            )
    return views
