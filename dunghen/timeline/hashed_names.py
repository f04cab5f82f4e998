"""Reference data for a timeline whose entrances let only known names pass."""

from __future__ import annotations

from dossiers.reference.known_names import with_hashes
from dossiers.text.keyed import Keyed
from dossiers.wire.reference import Reference
from sources.portal.name_admission import hash_of


def with_names(reference: Reference, keyed: Keyed | None) -> Reference:
    """``reference`` with the hashes of the names that it knows, by the key of the timeline: what
    came while nobody knew a name is known by them. As it is if ids and names are not hashed
    (None). The fold, and whoever counts again, needs no key."""
    if keyed is None:
        return reference
    return with_hashes(reference, lambda kind, form: hash_of(keyed, kind, form))
