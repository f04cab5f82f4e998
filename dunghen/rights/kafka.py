"""Least rights in Kafka, a user for each process.

Kafka implies Describe by Read and Write, and an idempotent producer needs no right of its own
beside Write (KIP-679). Consumer groups and transactional ids begin with the timeline's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dossiers.wire.topics import (
    ALERTS,
    AUDIT,
    DEAD_LETTERS,
    DOSSIERS,
    EVENTS,
    NOTICES,
    PARTIALS,
    PUBLICATIONS,
    RECONCILIATIONS,
    REFERENCE,
    ROSTER,
    SETTINGS,
    SYNC_ERRORS,
    TALLIES,
    TRAITS,
    VERIFICATIONS,
)
from dunghen.timeline.workers import worker_group

Operation = Literal["Read", "Write", "Create", "DescribeConfigs", "AlterConfigs"]
Resource = Literal["topic", "group", "transactional-id"]

PROCESSES = ("worker", "sink", "api", "tick", "source", "operator")
"""``source``: whoever publishes events beside the API (imports, `ingest`). ``operator``: who runs
`topics`, `reference load`, `verify` and the like."""

_READS: dict[str, tuple[str, ...]] = {
    "worker": (EVENTS, DOSSIERS, PARTIALS, TALLIES, REFERENCE),
    "sink": (
        EVENTS, DOSSIERS, TALLIES, ALERTS, TRAITS, SYNC_ERRORS, DEAD_LETTERS, REFERENCE, ROSTER,
        NOTICES, PUBLICATIONS,
    ),
    "api": (
        EVENTS, TALLIES, ALERTS, DEAD_LETTERS, VERIFICATIONS, RECONCILIATIONS, REFERENCE, SETTINGS,
        ROSTER, PUBLICATIONS,
    ),
    "tick": (EVENTS, REFERENCE),
    "source": (EVENTS, REFERENCE),
    "operator": (
        EVENTS, DOSSIERS, PARTIALS, TALLIES, ALERTS, TRAITS, DEAD_LETTERS, VERIFICATIONS,
        RECONCILIATIONS, SYNC_ERRORS, REFERENCE, AUDIT, SETTINGS, ROSTER,
        NOTICES, PUBLICATIONS,
    ),
}  # fmt: skip
_WRITES: dict[str, tuple[str, ...]] = {
    "worker": (DOSSIERS, PARTIALS, TALLIES, ALERTS, TRAITS, DEAD_LETTERS),
    "sink": (NOTICES,),  # what its notifier remembers
    # Dead letters: what an administrator decided; settings: how walls look; roster: who is away.
    "api": (EVENTS, DEAD_LETTERS, SYNC_ERRORS, AUDIT, SETTINGS, ROSTER, PUBLICATIONS),
    "tick": (EVENTS,),
    "source": (EVENTS, DEAD_LETTERS),
    "operator": (EVENTS, DEAD_LETTERS, VERIFICATIONS, RECONCILIATIONS, REFERENCE, AUDIT),
}


@dataclass(frozen=True, order=True)
class Right:
    """One line of an access control list. ``prefixed``: of all names that begin with ``name``."""

    process: str
    resource: Resource
    name: str
    operation: Operation
    prefixed: bool = False


def rights(timeline: str) -> list[Right]:
    """What the processes of one timeline need, by process."""
    found = []
    for process in PROCESSES:
        found += [Right(process, "topic", topic, "Read") for topic in _READS[process]]
        found += [Right(process, "topic", topic, "Write") for topic in _WRITES[process]]
        # Clients that join no group name one all the same, and ask for its coordinator.
        found += [
            Right(process, "group", prefix, "Read", prefixed=True)
            for prefix in ("dunghen-", timeline)
        ]
    for process in ("worker", "sink"):
        found.append(Right(process, "transactional-id", timeline, "Write", prefixed=True))
    topics = sorted({*_READS["operator"]})
    for operation in ("Create", "DescribeConfigs", "AlterConfigs"):
        found += [Right("operator", "topic", topic, operation) for topic in topics]
    assert worker_group(timeline).startswith("dunghen-")  # noqa: S101 - what the prefix is for
    return found


def commands(found: list[Right], bootstrap: str, user_prefix: str) -> list[str]:
    """The same as calls of Kafka's own tool."""
    lines = []
    for right in found:
        prefixed = " --resource-pattern-type prefixed" if right.prefixed else ""
        lines.append(
            f"kafka-acls.sh --bootstrap-server {bootstrap} --command-config admin.properties --add"
            f" --allow-principal User:{user_prefix}{right.process}"
            f" --operation {right.operation} --{right.resource} {right.name}{prefixed}"
        )
    return lines
