"""Who is told of an alert, and under which names: the newest reference data of the timeline."""

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
from sinks.config import NotifierConfig

EVERY_UNIT = "*"


@dataclass(frozen=True)
class AlertDirectory:
    """Names and addresses of one version of the reference data."""

    timezone: str
    units: Mapping[str, Unit]
    officers: Mapping[str, str]
    extra: Mapping[str, tuple[str, ...]]

    def recipients(self, unit: str) -> tuple[str, ...]:
        """Addresses for a unit: its supervisor's, or that of the nearest unit above which has one;
        then the settings'. Each once."""
        found = [*self.extra.get(unit, ()), *self.extra.get(EVERY_UNIT, ())]
        seen: set[str] = set()
        while unit and unit not in seen:
            seen.add(unit)
            known = self.units.get(unit)
            if known is None:
                break
            if _is_address(known.supervisor_email):
                found.insert(0, known.supervisor_email)
                break
            unit = known.parent
        return tuple(dict.fromkeys(found))

    def unit_name(self, unit: str) -> str:
        """The unit's name, else its id as it may be shown, else ``?``."""
        known = self.units.get(unit)
        return known.name if known is not None and known.name else shown_name(unit) or "?"

    def officer_name(self, officer: str) -> str:
        """The officer's name, else the id as it may be shown, else ``?``."""
        return self.officers.get(officer) or shown_name(officer) or "?"


def directory_of(reference: Reference, extra: Mapping[str, tuple[str, ...]]) -> AlertDirectory:
    """The names and addresses of ``reference``; ``extra``: further addresses by unit id."""
    return AlertDirectory(
        timezone=reference.timezone,
        units={unit.id: unit for unit in reference.units},
        officers={officer.id: officer.name for officer in reference.officers},
        extra=extra,
    )


def read_directory(kafka: AnyKafka, config: NotifierConfig) -> AlertDirectory:
    """From topic ``reference``; names and addresses stay empty if it holds none yet. Raises
    BrokerAway."""
    newest: Reference | None = None
    for message in read_all(kafka, REFERENCE):
        if message.key() != TIMELINE_KEY:
            newest = read_or_none(decode_reference, message.value()) or newest
    return directory_of(newest or Reference(), config.extra_recipients)


def _is_address(text: str) -> bool:
    return "@" in text and text.isprintable() and not any(c in text for c in " ,;<>")
