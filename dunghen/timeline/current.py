"""The timeline of the Kafka in use, for whoever cannot do without one."""

from __future__ import annotations

from dossiers.errors import UserError
from dossiers.wire.timeline import Timeline
from dunghen.settings.installation import Installation, Kind
from dunghen.timeline.hash_key import refuse_other_key
from dunghen.timeline.reading import read_timeline


def require_timeline(
    installation: Installation, kind: Kind | None = None, *, folding: bool = False
) -> Timeline:
    """The timeline of the Kafka in use, which must exist, be one that this version reads, be of
    ``kind`` if one is given, and have the key for hashing that this process has, if it has one.
    ``folding``: it may just be being folded anew. Raises UserError."""
    bootstrap = installation.endpoints().kafka
    timeline = read_timeline(bootstrap, client=installation.client, folding=folding)
    if timeline is None:
        raise UserError(
            f"Kafka at {bootstrap} has no timeline yet.",
            "Create its topics with `dunghen topics`, or start with `dunghen up`.",
        )
    if kind is not None and timeline.kind != kind:
        raise UserError(
            f"Kafka at {bootstrap} holds a {timeline.kind} timeline, and this command drives a "
            f"{kind} one: mixing them would mix two presents.",
            "Use another state folder or another Kafka.",
        )
    refuse_other_key(installation, timeline)
    return timeline
