"""The late lists: their chain, their files, and every frozen one made again whose log is there."""

from __future__ import annotations

from api.desk.blobs import BlobStore
from broker.reading import read_all
from dossiers.publication.state import Publications, Void
from dossiers.wire.topics import PUBLICATIONS
from dunghen.settings.installation import Installation
from dunghen.texts.erasing import texts_folder
from oracle.checks.publications import check_chain, check_files, check_lists
from oracle.checks.report import Check
from oracle.publications import walk_chain


def check_late_lists(installation: Installation) -> list[Check]:
    """Everything that was ever published, whatever timeline it is of; nothing if no list was ever
    frozen. Raises BrokerAway."""
    blobs = BlobStore(texts_folder(installation))
    messages = [
        (message.offset() or 0, message.value() or b"")
        for message in read_all(installation.kafka, PUBLICATIONS)
    ]
    if not messages:
        return []
    fold = Publications()
    counted = {offset: not isinstance(fold.take(value), Void) for offset, value in messages}
    chain = walk_chain(messages)
    return [
        check_chain(chain, counted),
        check_files(chain, blobs, folder_there=blobs.folder.is_dir()),
        check_lists(chain, blobs),
    ]
