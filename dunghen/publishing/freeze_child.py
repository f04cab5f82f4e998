"""Freezes one month and keeps its files, in a process of its own of low priority: the order comes
on standard input, the answer goes to standard output (JSON). Ends with whoever started it.

``python -m dunghen.publishing.freeze_child``
"""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path

import msgspec

from api.desk.blobs import BlobStore
from api.publications.ports import FrozenFiles
from broker.errors import BrokerAway
from documents.bounds import end_with_parent
from dossiers.errors import UserError
from dossiers.publication.freezing import FrozenList, bytes_of
from dunghen.late_list.freezing import FreezeAsked, freeze
from dunghen.late_list.thresholds import thresholds_of
from dunghen.publishing.freezer import SECONDS, FreezeAnswer, FreezeOrder
from dunghen.settings.installation import Installation
from dunghen.terminal.masking import scrub
from dunghen.texts.erasing import texts_folder
from dunghen.verify.gentle import be_gentle
from sinks.errors import StoreError

_MEGABYTES = 4_096
_log = logging.getLogger(__name__)


def main(order: FreezeOrder) -> FreezeAnswer:
    """Freeze, then put the files: the record that names them is the API's to write."""
    installation = Installation.find(Path(order.state))
    thresholds = thresholds_of(installation)
    asked = FreezeAsked(
        order.month, order.scope, order.edition, order.cites, order.listed_before, thresholds
    )
    try:
        found = freeze(installation, asked, _log.info)
        if order.whole and not _whole(found):
            return FreezeAnswer(why_not=f"The log has not all of {order.month}.", part=True)
        if not found.core.whole.total:
            return FreezeAnswer(why_not=f"Nothing was held in {order.month}.", again=False)
        return FreezeAnswer(files=_kept(installation, found))
    except (UserError, StoreError, OSError) as error:
        again = isinstance(error, BrokerAway) or not isinstance(error, UserError)
        return FreezeAnswer(why_not=scrub(str(error)), again=again)


def _whole(found: FrozenList) -> bool:
    """Whether the log has the month from its start, and something in it."""
    return found.core.since <= found.core.start and found.core.whole.total > 0


def _kept(installation: Installation, found: FrozenList) -> FrozenFiles:
    blobs = BlobStore(texts_folder(installation))
    core, rows, sheet, secret = map(blobs.put, bytes_of(found))
    return FrozenFiles(
        core=core,
        rows=rows,
        sheet=sheet,
        secret=secret,
        cut=found.core.cut,
        watermark=found.core.watermark,
        total=found.core.whole.total,
        late=found.core.whole.late,
    )


if __name__ == "__main__":
    end_with_parent()
    signal.alarm(SECONDS)
    be_gentle(_MEGABYTES)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each page of rows
    answer = main(msgspec.json.decode(sys.stdin.buffer.read(), type=FreezeOrder))
    sys.stdout.buffer.write(msgspec.json.encode(answer))
