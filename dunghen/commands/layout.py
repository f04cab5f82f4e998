"""``dunghen layout DIR``: where the tiles of units stand on walls."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dossiers.errors import UserError
from dunghen.layout.coordinates import from_file, from_package, matched
from dunghen.layout.placing import grid_for, places
from dunghen.layout.units_csv import MOST_BYTES, rows, with_places
from dunghen.terminal.options import JsonOption
from dunghen.terminal.output import as_json

_SHOWN = 20  # units that are named
_MOST_TILES = 5_000  # placing takes memory by their square; the country has 3,321 communes


def layout(
    folder: Annotated[Path, typer.Argument(help="A folder of reference data.", metavar="DIR")],
    coordinates: Annotated[
        Path | None,
        typer.Option(
            "--coordinates",
            metavar="FILE",
            help="CSV with id or name, lat, lon. Default: the package vietnamadminunits.",
            show_default=False,
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what would change.")] = False,
    json_: JsonOption = False,
) -> None:
    """Write places of tiles (x, y) into units.csv, from where units lie."""
    path = folder / "units.csv"
    raw = _read(path)
    units = tiled(list(rows(raw)))
    if len(units) > _MOST_TILES:
        raise UserError(f"{path} has {len(units):,} tiles, at most {_MOST_TILES:,} can be placed.")
    known = from_package() if coordinates is None else from_file(coordinates)
    found = matched(units, known)
    placed = dict(zip(found, places(list(found.values())), strict=True))
    before = {unit["id"]: (unit.get("x", ""), unit.get("y", "")) for unit in units}
    changed = [id_ for id_, place in placed.items() if before[id_] != _written(place)]
    missing = [unit["id"] for unit in units if unit["id"] not in placed]
    if not check and changed:
        _write(path, with_places(raw, placed))
    if json_:
        print(as_json({"placed": len(placed), "changed": changed, "missing": missing}))
        return
    columns, lines = grid_for(len(placed))
    verb = "would change" if check else "changed"
    print(f"{len(placed)} of {len(units)} units have a place on {columns} x {lines} tiles.")
    print(f"{len(changed)} places {verb} in {path}.")
    if missing:
        names = {unit["id"]: unit.get("name", "") for unit in units}
        shown = ", ".join(f"{id_} ({names[id_]})" for id_ in missing[:_SHOWN])
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        print(f"Not found, and left as they were: {shown}{more}.")


def tiled(units: list[dict[str, str]]) -> list[dict[str, str]]:
    """Those that stand on the map of a wall: communes, else provinces, else all but departments
    and divisions."""
    named = [unit for unit in units if unit.get("id")]
    for kind in ("commune", "province"):
        found = [unit for unit in named if unit.get("kind", "").lower() == kind]
        if len(found) > 1:
            return found
    return [u for u in named if u.get("kind", "").lower() not in ("department", "division")]


def _written(place: tuple[float, float]) -> tuple[str, str]:
    return f"{place[0]:g}", f"{place[1]:g}"


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(f"{path} is larger than 16 MB.")
        return path.read_bytes()
    except OSError as error:
        raise UserError(
            f"{path} cannot be read: {error.strerror}.", "Name a folder of reference data."
        ) from error


def _write(path: Path, raw: bytes) -> None:
    """Whole or not at all, with the rights that the file has."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(raw)
        part.chmod(path.stat().st_mode & 0o777)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UserError(f"{path} cannot be written: {error.strerror}.") from error
