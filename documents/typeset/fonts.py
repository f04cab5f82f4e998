"""The fonts of documents: Tinos, which has the metrics of Times New Roman, and Cousine for hashes.

`make setup` installs them with the front-end packages.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from dossiers.errors import UserError

_PACKAGES = Path(__file__).parents[2] / "dashboards" / "node_modules" / "@expo-google-fonts"
_FAMILIES = ("tinos", "cousine")
_TEXT = ("400Regular", "400Regular_Italic", "700Bold", "700Bold_Italic")


class FontsMissing(UserError):
    """The fonts are not installed."""


@cache
def font_folders() -> tuple[Path, ...]:
    """Where they lie. Raises FontsMissing."""
    folders = tuple(_PACKAGES / family for family in _FAMILIES)
    if not all(folder.is_dir() for folder in folders):
        raise FontsMissing("The fonts of documents are not installed.", "Run make setup.")
    return folders


@cache
def known_characters() -> frozenset[int]:
    """Code points that every style of the text font can show. Raises FontsMissing."""
    folder = font_folders()[0]
    files = (folder / style / f"Tinos_{style}.ttf" for style in _TEXT)
    return frozenset.intersection(*(_characters(file) for file in files))


def word_width(word: str) -> float:
    """In em, as the text font sets it. Raises FontsMissing."""
    widths = _widths()
    return sum(widths.get(ord(char), 1.0) for char in word)


@cache
def _widths() -> dict[int, float]:
    file = font_folders()[0] / "400Regular" / "Tinos_400Regular.ttf"
    with TTFont(file, lazy=True) as font:
        em, advances = font["head"].unitsPerEm, font["hmtx"]
        return {code: advances[name][0] / em for code, name in font.getBestCmap().items()}


def _characters(file: Path) -> frozenset[int]:
    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())
