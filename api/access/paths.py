"""How paths of routes name a wall: ``{name:wall}``. What is no such name may be a wall's file."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor

from dossiers.wire.keys import WALL_NAME, is_wall_name


class WallName(Convertor[str]):
    """The name of a wall in a path."""

    regex = WALL_NAME

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("wall", WallName())
WALL_PAGE = "/wall/{name:wall}"


def is_wall_page(path: str) -> bool:
    """Whether a path is that of the page of a wall, named or not."""
    return path == "/wall" or (path.startswith("/wall/") and is_wall_name(path[6:]))
