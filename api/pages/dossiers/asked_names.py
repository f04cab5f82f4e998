"""Names of what an address asks for: whoever types an id is not told whose it is."""

from __future__ import annotations

from api.pages.words import Words
from api.viewer import Viewer
from dossiers.wire.keys import officer_scope, unit_scope


def asked_officer(id_: str, viewer: Viewer, words: Words) -> str:
    """As the reader may read it; of an officer outside the reach only that it is one."""
    seen = viewer.sees_scope(officer_scope(id_))
    return (viewer.labels.officer(id_) if seen else "") or words("officer_hidden")


def asked_unit(id_: str, viewer: Viewer, words: Words) -> str:
    """The unit's name; of one outside the reach only that it is one."""
    return viewer.labels.unit(id_) if viewer.sees_scope(unit_scope(id_)) else words("unit_hidden")
