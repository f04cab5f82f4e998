"""What every event of a dossier has."""

from __future__ import annotations

from typing import Annotated

import msgspec

# What Kafka's other readers and ClickHouse's columns can hold; a larger number is no event.
Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
# From 1970 to the year in which calendars end (dossiers.time.day_table); checked here, which
# costs nothing.
Instant = Annotated[int, msgspec.Meta(ge=0, lt=3_124_224_000_000)]


class DossierEvent(
    msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="kind"
):
    """Fields of every event.

    ``occurred_at``: when it happened in the office; ``received_at``: when the sender learned of it
    (both ms). ``unit``, ``officer``: who holds the dossier from now on; ``responsible`` outranks
    ``officer`` for attribution. An empty string says nothing, like an absent field.

    ``dossier_received_at`` (ms): when the sender says that the dossier was received; ``backfill``:
    old on purpose. Both matter only if closed dossiers are dropped (dossiers.fold.retention).

    ``madonvi``: the code of the unit for which a key sent it, as the API checked it; no sender sets
    it. "": from nobody in particular, who acts on all dossiers (dossiers.admission.ownership). An
    event is the one of its ``event_id`` within one madonvi only.
    """

    event_id: str
    dossier_id: str
    occurred_at: int
    received_at: Instant
    source: str
    source_seq: Int64 = 0
    unit: str = ""
    officer: str = ""
    responsible: str = ""
    step: str = ""
    dossier_received_at: int | None = None
    backfill: bool = False
    madonvi: str = ""
