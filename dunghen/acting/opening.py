"""With what people act on alerts, as the settings say."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from api.acts import Acts
from api.desk.blobs import BlobStore
from api.desk.texts import TextStore
from dossiers.wire.timeline import Timeline
from dunghen.access.link_key import own_key
from dunghen.acting.returning import ReturningDossiers
from dunghen.clickhouse import ClickHouse
from dunghen.dead_letters.replay import bound_of
from dunghen.ingest.fair_sending import FairSending
from dunghen.ingest.opening import open_sender
from dunghen.ingest.payloads import PortalIngest
from dunghen.settings.installation import Installation
from dunghen.texts.erasing import texts_folder

_TIMEOUT = 15.0  # s for which Kafka's answer is awaited


def open_acts(
    installation: Installation,
    timeline: Timeline,
    store: ClickHouse,
    ingest: PortalIngest | None,
    ready: Callable[[], bool],
    stack: ExitStack,
) -> Acts | None:
    """None on a replay, whose log is somebody else's past. Where senders post, actions go their way
    into the log, through the same spool; ``stack`` closes one of its own. Raises UserError."""
    if timeline.kind == "replay":
        return None
    if ingest is not None:
        sending = ingest.sending
    else:
        sender = open_sender(installation, timeline, ready)
        stack.callback(sender.close)
        sending = FairSending(sender, _TIMEOUT)
    key = own_key(installation)
    return Acts(
        sending,
        TextStore(BlobStore(texts_folder(installation)), key),
        key,
        ReturningDossiers(installation.kafka, store, timeline.id, bound_of(installation)),
    )
