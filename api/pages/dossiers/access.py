"""Whose page of an officer a reader may open: the own one, those of the officers below a
supervisor, and every one for the reform office. The rule of the page in api.access.rules says so.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from api.access.reach import Reach, reach_of
from api.access.rules import OFFICER_DESKS
from api.insight.filters import Filter
from api.viewer import Viewer
from dossiers.wire.keys import unit_scope


def officer_page(id_: str) -> str:
    """Path of an officer's page."""
    return f"/officers/{quote(id_, safe='')}"


def dossier_page(id_: str) -> str:
    """Path of a dossier's page."""
    return f"/dossiers/{quote(id_, safe='')}"


def unit_link(viewer: Viewer, unit: str) -> str:
    """The page of a unit, or the list of its dossiers that the reader may see."""
    if unit in viewer.labels.names.units and viewer.sees_scope(unit_scope(unit)):
        return f"/units/{quote(unit, safe='')}"
    return Filter(unit=unit).url()


def opens_officer(viewer: Viewer) -> Callable[[str], str]:
    """The path of an officer's page by id, "" of one that the reader may not open."""
    reach: Reach = reach_of(viewer.principal, OFFICER_DESKS)
    if reach.whole:
        return officer_page
    mine = viewer.live.within(reach).named

    def path(id_: str) -> str:
        return officer_page(id_) if id_ in mine else ""

    return path
