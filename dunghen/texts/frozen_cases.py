"""The cases of a frozen list, for who has no other business with its rows."""

from __future__ import annotations

from collections.abc import Callable

from api.desk.blobs import BlobStore
from dossiers.publication.reviewed import cases_of
from dossiers.wire.late_lists import ListRows
from dossiers.wire.publications import Case
from dossiers.wire.reading import Json, decoder, read_or_none
from dunghen.settings.installation import Installation
from dunghen.texts.erasing import texts_folder

_read: Callable[[Json], ListRows] = decoder(ListRows)


def frozen_cases(installation: Installation) -> Callable[[str], tuple[Case, ...]]:
    """By the SHA-256 of the rows; none if the file is not there or was erased."""
    blobs = BlobStore(texts_folder(installation))

    def found(rows: str) -> tuple[Case, ...]:
        read = read_or_none(_read, blobs.read(rows))
        if read is None:
            return ()
        return tuple(case for one in read.dossiers for case in cases_of(one.row))

    return found
