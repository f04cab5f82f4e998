"""The late lists: their chain, their files, and every frozen one counted and made again whose log
is there."""

from __future__ import annotations

from functools import partial

from api.desk.blobs import BlobStore
from dossiers.errors import UserError
from dossiers.publication.freezing import bytes_of
from dossiers.publication.state import Publications, Void
from dossiers.text.canonical import sha256_of
from dossiers.wire.late_lists import ListCore, ListRows
from dossiers.wire.reading import decoder
from dossiers.wire.topics import PUBLICATIONS
from dunghen.late_list.freezing import remade
from dunghen.settings.installation import Installation
from dunghen.texts.erasing import texts_folder
from oracle.checks.frozen_lists import check_frozen
from oracle.checks.publications import check_chain, check_files, check_lists
from oracle.checks.report import Check
from oracle.frozen_lists import Compiled
from oracle.list_editions import RecountedEdition
from oracle.ports import ReadTopic
from oracle.publications import walk_chain

_read_core = decoder(ListCore)
_read_rows = decoder(ListRows)


def check_late_lists(
    installation: Installation, read: ReadTopic, timeline: str, compiled: Compiled
) -> list[Check]:
    """Everything that was ever published; recounted is what is of ``timeline``. Nothing if no list
    was ever frozen. ``compiled``: reference data by its hash. Raises BrokerAway."""
    blobs = BlobStore(texts_folder(installation))
    messages = [(message.offset() or 0, message.value() or b"") for message in read(PUBLICATIONS)]
    if not messages:
        return []
    fold = Publications()
    counted = {offset: not isinstance(fold.take(value), Void) for offset, value in messages}
    chain = walk_chain(messages)
    return [
        check_chain(chain, counted),
        check_files(chain, blobs, folder_there=blobs.folder.is_dir()),
        check_lists(chain, blobs),
        *check_frozen(
            chain, blobs, read, timeline, compiled, partial(_remade, installation, blobs)
        ),
    ]


def _remade(
    installation: Installation, blobs: BlobStore, edition: RecountedEdition
) -> tuple[str, str, str]:
    """SHA-256 of core, rows and name sheet. In which earlier lists a dossier stands is taken from
    its row; that is compared with these lists."""
    frozen = edition.frozen
    core, rows, secret = map(blobs.read, (frozen.core, frozen.rows, frozen.secret))
    if core is None or rows is None or secret is None:
        raise ValueError("its files are not there")
    listed = {each.row.dossier: each.row.listed_in for each in _read_rows(rows).dossiers}
    try:
        made = remade(installation, _read_core(core), secret, listed)
    except UserError as error:
        raise ValueError(str(error)) from error
    files = bytes_of(made)
    return sha256_of(files.core), sha256_of(files.rows), sha256_of(files.sheet)
