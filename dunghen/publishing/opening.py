"""With what people work on late lists, as the settings say."""

from __future__ import annotations

from dataclasses import replace

from api.desk.blobs import BlobStore
from api.desk.texts import TextStore
from api.ports import SettingsWriter
from api.publications.ports import LateListPolicy, LateLists
from dossiers.wire.timeline import Timeline
from dunghen.access.link_key import own_key
from dunghen.publishing.freezer import ChildFreezer
from dunghen.publishing.signatures import KnownRoots
from dunghen.settings.installation import Installation
from dunghen.texts.erasing import texts_folder
from dunghen.wiring import base_url
from sources.simulator.plan import SimulationPlan


def open_late_lists(
    installation: Installation, timeline: Timeline, writer: SettingsWriter
) -> LateLists:
    """``writer``: of topic publications. A replay freezes nothing: its lists are no office's.
    Raises UserError."""
    blobs, key = BlobStore(texts_folder(installation)), own_key(installation)
    return LateLists(
        writer,
        blobs,
        TextStore(blobs, key),
        key,
        None if timeline.kind == "replay" else ChildFreezer(installation),
        KnownRoots(installation.settings.late_list.trust),
        replace(policy_of(installation), automatic_from=_live_from(timeline)),
    )


def policy_of(installation: Installation) -> LateListPolicy:
    """As ``settings.late_list`` says."""
    found = installation.settings.late_list
    public = installation.settings.access.public_url or base_url(installation)
    return LateListPolicy(
        automatic=found.automatic,
        explain_days=found.explain_days,
        review_days=found.review_days,
        publish_days=found.publish_days,
        names=found.names,
        retention_months=found.retention_months,
        robots=found.robots,
        agency=(found.agency_above, found.agency) if found.agency_above else (found.agency,),
        document_code=found.document_code,
        place=found.place,
        signer_title=_lines(found.signer_title),
        signer=found.signer,
        recipients=_lines(found.recipients),
        address=f"{public.rstrip('/')}/late-lists/verify",
    )


def _live_from(timeline: Timeline) -> int:
    """Where a simulation's history ends (ms): a list that is frozen within it would be overdue when
    somebody first sees it."""
    plan = SimulationPlan.parse(timeline.source) if timeline.kind == "simulation" else None
    return plan.live_from if plan is not None else 0


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("|") if line.strip())
