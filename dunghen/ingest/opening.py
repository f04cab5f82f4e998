"""What takes posted payloads in the API's process, as the settings say."""

from __future__ import annotations

from collections.abc import Callable

from dossiers.text.kept_ids import KeptIds
from dossiers.wire.timeline import Timeline
from dossiers.wire.topics import SYNC_ERRORS
from dunghen.ingest.admission import missing_names, names_of
from dunghen.ingest.missing_names import MissingNamesList
from dunghen.ingest.payloads import PortalIngest
from dunghen.ingest.sync_errors import SyncErrorDesk
from dunghen.settings.installation import Installation
from dunghen.timeline.hash_key import required_key
from sources.acknowledged import AcknowledgedSender
from sources.portal.name_admission import NameAdmission
from sources.portal.steps import KnownSteps
from sources.spool import Spool
from sources.spooled import SpooledSender


def open_ingest(
    installation: Installation, timeline: Timeline, ready: Callable[[], bool], ids: KeptIds
) -> PortalIngest | None:
    """None on another timeline than a live one: what others post belongs into the present only.
    ``ready``: whether Kafka may be given it. Close it in the end. Raises UserError."""
    if timeline.kind != "live":
        return None
    settings = installation.settings
    keyed = required_key(installation, timeline)
    names: NameAdmission | None = None
    missing: MissingNamesList | None = None
    if keyed is not None and settings.personal.allow_list:
        missing = missing_names(installation)
        missing.start()
        names = names_of(installation, keyed, missing)
    return PortalIngest(
        open_sender(installation, timeline, ready),
        max_body=int(settings.api.max_body_mb * 1_000_000),
        hourly=settings.limits.hourly_records,
        names=names,
        missing=missing,
        steps=KnownSteps(settings.portal.step_field),
        ids=ids,
        errors=SyncErrorDesk(
            AcknowledgedSender(
                installation.kafka, most=settings.api.max_in_flight, topic=SYNC_ERRORS
            ),
            ids,
        ),
    )


def open_sender(
    installation: Installation, timeline: Timeline, ready: Callable[[], bool]
) -> AcknowledgedSender | SpooledSender:
    """The way into the log, over the spool if the settings give it room. One process has one."""
    api = installation.settings.api
    kafka = installation.kafka
    most = api.max_in_flight
    if not api.spool_mb:
        return AcknowledgedSender(kafka, most=most)
    path = installation.spool_folder / installation.folder.spool.name
    spool = Spool(path, timeline.id, int(api.spool_mb * 1_000_000), timeline.former)
    return SpooledSender(
        lambda: AcknowledgedSender(kafka, most=most, timeout=0), spool, most=most, ready=ready
    )
