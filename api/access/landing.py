"""Where somebody lands who has signed in."""

from __future__ import annotations

from collections.abc import Set
from urllib.parse import unquote

from api.access.origins import local_goal
from api.access.principal import Role
from api.access.rules import WALLS, rule_for

HOME = "/"
_WALL = "/wall"
_FILES = (".atom", "/{file}")  # what is read by programs, or saved


def opens(path: str, roles: Set[Role]) -> bool:
    """Whether there is a page at ``path`` that the roles open. The files of a wall are anybody's;
    what it shows is not."""
    if path == _WALL or path.startswith(f"{_WALL}/"):
        return bool(roles & WALLS)
    rule, _, _ = rule_for("GET", path)
    if rule is None or rule.path.endswith(_FILES):
        return False
    return rule.page and rule.linked and bool(roles & rule.roles)


def landing(goal: str, roles: Set[Role]) -> str:
    """The goal if it is a page of this server that the roles open, else the own home: whoever is
    sent where they may not go would come back to the sign-in for ever."""
    wanted = local_goal(goal)
    path = unquote(wanted.partition("?")[0].partition("#")[0])
    return wanted if opens(path, roles) else HOME
