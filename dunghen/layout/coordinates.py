"""Where units lie: from a file of the operator's, or from the data of package vietnamadminunits."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dossiers.errors import UserError
from dunghen.layout.units_csv import MOST_BYTES, rows

PACKAGE = "vietnamadminunits"
INSTALL = (
    "Install the package that has the coordinates of Vietnam's units, `.venv/bin/pip install "
    "--require-hashes -r requirements/layout.txt`, or give your own with --coordinates FILE.csv "
    "(columns id or name, lat, lon)."
)
_RANKS = re.compile(
    r"^(?:(?:uy ban nhan dan|ubnd|phuong|xa|dac khu|tinh|thanh pho|tp|p|x|dk)\.? +)+"
)


@dataclass(frozen=True)
class Located:
    """A place that has coordinates (degrees). ``codes``: by which it is found as well;
    ``province``: to which it belongs, "" for none."""

    name: str
    latitude: float
    longitude: float
    codes: tuple[str, ...] = ()
    province: str = ""


def matched(
    units: Sequence[Mapping[str, str]], known: Iterable[Located]
) -> dict[str, tuple[float, float]]:
    """(latitude, longitude) of the units that are found, by id: by code, else by the whole name,
    else by the name without its rank, with accents before without them. Where a name is found in
    several provinces, that of most other units counts; what stays ambiguous is not found."""
    places = list(known)
    codes = {code: place for place in places for code in place.codes if code}
    indexes = [_index(places, form) for form in (_exact, _folded, _bare)]
    home = _home(units, indexes[0])
    found = {}
    for unit in units:
        place = codes.get(unit.get("madonvi", "")) or codes.get(unit["id"])
        for index, form in zip(indexes, (_exact, _folded, _bare), strict=True):
            place = place or _only(index.get(form(unit.get("name", "")), []), home)
        if place is not None:
            found[unit["id"]] = (place.latitude, place.longitude)
    return found


def _index(places: Iterable[Located], form: Any) -> dict[str, list[Located]]:
    index: dict[str, list[Located]] = {}
    for place in places:
        index.setdefault(form(place.name), []).append(place)
    return index


def _home(units: Iterable[Mapping[str, str]], index: Mapping[str, list[Located]]) -> str:
    provinces = Counter(
        place.province for unit in units for place in index.get(_exact(unit.get("name", "")), [])
    )
    return provinces.most_common(1)[0][0] if provinces else ""


def _only(found: list[Located], home: str) -> Located | None:
    near = [place for place in found if place.province == home] or found
    return near[0] if len(near) == 1 else None


def _exact(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _folded(name: str) -> str:
    parts = unicodedata.normalize("NFD", _exact(name).replace("đ", "d"))
    return "".join(each for each in parts if not unicodedata.combining(each))


def _bare(name: str) -> str:
    return _RANKS.sub("", _folded(name))


def from_file(path: Path) -> list[Located]:
    """Raises UserError for a file without the columns, or with what is no place on earth."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(f"{path} is larger than 16 MB.")
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    found = []
    for number, row in enumerate(rows(raw), 2):
        try:
            latitude, longitude = (float(row[name].replace(",", ".")) for name in ("lat", "lon"))
        except (KeyError, ValueError):
            raise UserError(
                f"{path}, row {number}: there is no lat and lon.",
                "Columns id or name, lat and lon, in degrees.",
            ) from None
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise UserError(f"{path}, row {number}: {latitude:g}, {longitude:g} is no place.")
        found.append(Located(row.get("name", ""), latitude, longitude, (row.get("id", ""),)))
    return found


def from_package() -> list[Located]:
    """Provinces and communes since July 2025. Its data alone is read: nothing of it runs. Raises
    UserError if it is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise UserError(f"The package {PACKAGE} is not installed.", INSTALL)
    path = Path(spec.origin).parent / "data" / "parser_from_2025.json"
    try:
        data = json.loads(path.read_bytes())
        return [*_provinces(data), *_communes(data)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"The data of {PACKAGE} is of another version than this command knows.", INSTALL
        ) from error


def _provinces(data: Any) -> list[Located]:
    return [
        Located(each["province"], each["provinceLat"], each["provinceLon"], (each["provinceCode"],))
        for each in data["DICT_PROVINCE"].values()
    ]


def _communes(data: Any) -> list[Located]:
    found = {}
    for part in ("NO_ACCENTED", "ACCENTED"):
        for province, wards in data[f"DICT_PROVINCE_WARD_{part}"].items():
            for each in wards.values():
                found[each["wardCode"]] = Located(
                    each["ward"], each["wardLat"], each["wardLon"], (each["wardCode"],), province
                )
    return list(found.values())
