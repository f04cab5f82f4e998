"""What the entrances of a live timeline need: which names may pass, and where the others stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dossiers.text.keyed import Keyed
from dossiers.wire.reference import Reference
from dunghen.ingest.missing_names import MissingNamesList
from dunghen.ingest.payloads import wall_clock
from dunghen.settings.installation import Installation
from dunghen.wiring import form_of
from sources.portal.name_admission import NameAdmission

_FILE = "missing-names.json"


def names_of(installation: Installation, keyed: Keyed, missing: MissingNamesList) -> NameAdmission:
    """Which names may pass; what they lack is noted in ``missing``."""
    names = NameAdmission(keyed, form_of(installation.settings), missing)
    missing.known = lambda kind, text: names.look(kind, text).known
    return names


def missing_names(installation: Installation) -> MissingNamesList:
    """The list of what the reference data lacks: in the state folder, else beside the spool, else
    in memory alone."""
    path = None
    if installation.folder.exists:
        path = installation.folder.hash_key.with_name(_FILE)
    elif installation.settings.api.spool_folder is not None:
        path = installation.spool_folder / _FILE
    return MissingNamesList(path, wall_clock)


@contextmanager
def names_for_a_file(
    installation: Installation, keyed: Keyed | None, references: Sequence[Reference]
) -> Iterator[NameAdmission | None]:
    """The names that may pass, by ``references``; what they lack is noted in the end. None if all
    may pass."""
    if keyed is None or not installation.settings.personal.allow_list:
        yield None
        return
    missing = missing_names(installation)
    names = names_of(installation, keyed, missing)
    names.refer(references)
    try:
        yield names
    finally:
        missing.close()
