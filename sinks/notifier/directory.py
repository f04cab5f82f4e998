"""Under which names alerts are told: the newest reference data of the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from broker.clients import AnyKafka
from broker.reading import read_all
from dossiers.reference.unlisted import shown_name
from dossiers.wire.keys import TIMELINE_KEY
from dossiers.wire.reading import read_or_none
from dossiers.wire.reference import Reference, Unit, decode_reference
from dossiers.wire.topics import REFERENCE


@dataclass(frozen=True)
class AlertDirectory:
    """Names of one version of the reference data."""

    timezone: str
    units: Mapping[str, Unit]
    officers: Mapping[str, str]

    def unit_name(self, unit: str) -> str:
        """The unit's name, else its id as it may be shown, else ``?``."""
        known = self.units.get(unit)
        return known.name if known is not None and known.name else shown_name(unit) or "?"

    def officer_name(self, officer: str) -> str:
        """The officer's name, else the id as it may be shown, else ``?``."""
        return self.officers.get(officer) or shown_name(officer) or "?"


def directory_of(reference: Reference) -> AlertDirectory:
    """The names of ``reference``."""
    return AlertDirectory(
        timezone=reference.timezone,
        units={unit.id: unit for unit in reference.units},
        officers={officer.id: officer.name for officer in reference.officers},
    )


def read_directory(kafka: AnyKafka) -> AlertDirectory:
    """From topic ``reference``; names stay empty if it holds none yet. Raises
    BrokerAway."""
    newest: Reference | None = None
    for message in read_all(kafka, REFERENCE):
        if message.key() != TIMELINE_KEY:
            newest = read_or_none(decode_reference, message.value()) or newest
    return directory_of(newest or Reference())
