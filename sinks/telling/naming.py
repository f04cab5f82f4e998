"""How a letter names things. Names come from outside: what is said is one line, and bounded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dossiers.alerting.people import ADMIN, Duties
from dossiers.reference.context import Context
from dossiers.reference.unlisted import in_english, shown_name
from sinks.telling.words import WORDS

_MOST_TEXT = 200  # characters of one name


class Naming:
    """By one version of the reference data, in one language: Vietnamese if it is no other."""

    def __init__(self, context: Context, duties: Duties, language: str) -> None:
        reference = context.reference
        self.words: Mapping[str, str] = WORDS.get(language, WORDS["vi"])
        self._english = language == "en"
        self._duties = duties
        self._zone = ZoneInfo(reference.timezone)
        self._units = {each.id: each.name for each in reference.units}
        self._procedures = {each.id: each.name for each in reference.procedures}
        self._sources = {each.id: each.name for each in reference.sources}

    def local(self, at: int) -> str:
        """An instant (ms) as officials write it."""
        moment = datetime.fromtimestamp(at // 1000, UTC).astimezone(self._zone)
        return moment.strftime("%H:%M %d/%m/%Y")

    def name(self, receiver: str) -> str:
        """Of an officer, else of the unit whose mailbox it is, else the id as it may be shown."""
        if receiver == ADMIN:
            return self.words["role_admin"]
        officer = self._duties.officer(receiver)
        if officer is not None:
            return self.said(officer.name)
        if receiver.startswith("unit:"):
            return self.unit_name(receiver.removeprefix("unit:"))
        return self.said(shown_name(receiver) or "?")

    def unit_name(self, unit: str) -> str:
        """The unit's name, else its id as it may be shown."""
        return self.said(self._units.get(unit) or shown_name(unit) or "?")

    def procedure(self, procedure: str) -> str:
        """The procedure's name, else its id as it may be shown, "" for none."""
        return self.said(self._procedures.get(procedure) or shown_name(procedure))

    def source(self, source: str) -> str:
        """What a source is called."""
        return self.said(self._sources.get(source, source))

    def said(self, text: str) -> str:
        """In one line, bounded, and in the reader's language where that is ours to say."""
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        line = line if len(line) <= _MOST_TEXT else line[: _MOST_TEXT - 1] + "…"
        return in_english(line) if self._english else line
