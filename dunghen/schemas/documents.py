"""JSON Schema of every record, and the AsyncAPI document that puts them on their topics.

Generated from the types that encode and decode them, so it cannot say anything else.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec

from dossiers.wire import (
    alerts,
    dead_letters,
    keys,
    records,
    sync_errors,
    tallies,
    timeline,
    topics,
    traits,
)
from dossiers.wire.audit import Audited
from dossiers.wire.events import AnyEvent
from dossiers.wire.facts import AnyFact
from dossiers.wire.notices import NoticeRecord
from dossiers.wire.publications import KEY, AnyPublication
from dossiers.wire.reconciliations import Reconciled
from dossiers.wire.reference import Reference
from dossiers.wire.roster import RosterEntry
from dossiers.wire.verifications import Verification
from dossiers.wire.walls import NamedWall
from dunghen.timeline.topic_specs import topic_specs

DIALECT = "https://json-schema.org/draft/2020-12/schema"


# The facts stay encoded until a dossier is touched; readers see them as what they are.
class Facts(records.Facts, frozen=True, array_like=True):
    raw: tuple[AnyFact, ...] = ()  # type: ignore[assignment]


class DossierRecord(records.DossierRecord, frozen=True):
    facts: Facts = Facts()


Facts.__doc__, DossierRecord.__doc__ = records.Facts.__doc__, records.DossierRecord.__doc__

# Record name -> (type, topic, key, what for)
RECORDS: dict[str, tuple[Any, str, str, str]] = {
    "event": (
        AnyEvent,
        topics.EVENTS,
        "dossier id; ticks and activations have none and stand in every partition",
        "What happened to a dossier, what time it is, which reference data counts.",
    ),
    "timeline": (
        timeline.Timeline,
        topics.REFERENCE,
        keys.TIMELINE_KEY.decode(),
        "Identity of the timeline.",
    ),
    "reference": (
        Reference,
        topics.REFERENCE,
        "content hash (SHA-256, hex)",
        "Units, officers, procedures, calendar and rules.",
    ),
    "dossier": (
        DossierRecord,
        topics.DOSSIERS,
        "dossier id",
        "State of one dossier: the changelog of the stream.",
    ),
    "left-dossier": (
        records.Owned,
        topics.DOSSIERS,
        "dossier id",
        "Whose a dossier is that has left the stream: in place of its state.",
    ),
    "position": (
        records.Position,
        topics.DOSSIERS,
        "control character 0 + position",
        "How far a source partition is folded.",
    ),
    "partial-tally": (
        tallies.PartialTally,
        topics.PARTIALS,
        "scope + unit separator + source partition",
        "Whole vector of one scope in one source partition.",
    ),
    "scope-deed": (
        tallies.ScopeDeed,
        topics.PARTIALS,
        "scope, desk, event id and source partition, each behind a unit separator",
        "What somebody did about an alert of a scope, until its alerts have taken it.",
    ),
    "tally": (
        tallies.Tally,
        topics.TALLIES,
        "scope",
        "Sum of one scope over all source partitions.",
    ),
    "alert": (
        alerts.Alert,
        topics.ALERTS,
        "dossier id, or the scope of the unit, officer or source it is about",
        "One transition of one alert.",
    ),
    "traits": (
        traits.DossierTraits,
        topics.TRAITS,
        "dossier id",
        "What a dossier is like: channel, payment, components, result; no state depends on it.",
    ),
    "sync-error": (
        sync_errors.ReportedError,
        topics.SYNC_ERRORS,
        "dossier id",
        "An error that a one-stop system met with a ministry's system, as its sender reports it.",
    ),
    "dead-letter": (
        dead_letters.DeadLetter,
        topics.DEAD_LETTERS,
        "key of the record if it had one",
        "A record that could not be taken, with the reason.",
    ),
    "verification": (
        Verification,
        topics.VERIFICATIONS,
        "night + unit separator + occasion",
        "What a recount of the log found.",
    ),
    "wall-settings": (
        NamedWall,
        topics.SETTINGS,
        "wall: + name",
        "How a wall by this name looks; no figure depends on it.",
    ),
    "notice": (
        NoticeRecord,
        topics.NOTICES,
        "part: + name, parcel: + place, or offsets",
        "What the notifier remembers, and the messages that have not arrived yet.",
    ),
    "roster-entry": (
        RosterEntry,
        topics.ROSTER,
        "officer id",
        "Who is away and who stands in; how somebody wants to be told.",
    ),
    "publication": (
        AnyPublication,
        topics.PUBLICATIONS,
        KEY.decode(),
        "A step of a month's late list, chained to the one before it.",
    ),
    "reconciliation": (
        Reconciled,
        topics.RECONCILIATIONS,
        "month + unit separator + counts or ids + unit separator + scope",
        "What a comparison with the other side's counts or list found.",
    ),
    "audit": (
        Audited,
        topics.AUDIT,
        "who",
        "Somebody looked at officers or dossiers, or changed something, or was refused.",
    ),
}


def record_schemas() -> dict[str, dict[str, Any]]:
    """A self-contained JSON Schema for each record."""
    found = {}
    for name, (kind, topic, _, what) in RECORDS.items():
        schema = msgspec.json.schema(kind)
        about = {"$schema": DIALECT, "$id": f"urn:dunghen:{name}", "title": name}
        # The generated description is that of the type; the record's own comes first.
        found[name] = {**about, "description": f"{what} Topic {topic}.", **schema}
    return found


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0: a channel a topic with its settings, a message a record."""
    kinds = [kind for kind, *_ in RECORDS.values()]
    schemas, components = msgspec.json.schema_components(
        kinds, ref_template="#/components/schemas/{name}"
    )
    messages = {
        name: {
            "name": name,
            "summary": what,
            "contentType": "application/json",
            "payload": schema,
            "bindings": {"kafka": {"key": {"type": "string", "description": key}}},
        }
        for (name, (_, _, key, what)), schema in zip(RECORDS.items(), schemas, strict=True)
    }
    channels: dict[str, Any] = {}
    for spec in topic_specs(4, 1):
        names = [name for name, entry in RECORDS.items() if entry[1] == spec.name]
        channels[spec.name] = {
            "address": spec.name,
            "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
            "bindings": {"kafka": {"topic": spec.name, "topicConfiguration": _topic(spec.config)}},
        }
    operations = {
        f"read-{topic}": {"action": "receive", "channel": {"$ref": f"#/channels/{topic}"}}
        for topic in channels
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Đúng Hẹn",
            "version": _version(),
            "description": "Records between the rooms. Times are UTC epoch milliseconds.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": components},
    }


def _topic(config: dict[str, str]) -> dict[str, Any]:
    """The settings that AsyncAPI's Kafka binding knows."""
    found: dict[str, Any] = {"cleanup.policy": [config["cleanup.policy"]]}
    for name in ("retention.ms", "retention.bytes", "max.message.bytes"):
        if name in config:
            found[name] = int(config[name])
    return found


def _version() -> str:
    try:
        return version("dunghen")
    except PackageNotFoundError:
        return "0"
