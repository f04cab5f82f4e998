"""Which reference data counts for the notifier at an instant of data time."""

from __future__ import annotations

from dossiers.errors import UserError
from dossiers.reference.context import Context
from dossiers.time.hours import CalendarError
from dossiers.wire.keys import TIMELINE_KEY
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.reference import Reference, decode_reference
from dossiers.wire.timeline import Timeline

_read_timeline = decoder(Timeline)


class NotifierReferences:
    """Records of topic reference. ``take`` them, then ask what counts ``at`` (ms): what was
    activated last up to then or, before anything was, the newest."""

    def __init__(self) -> None:
        self._values: dict[str, bytes] = {}
        self._timeline: Timeline | None = None
        self._made: tuple[str, Context] | None = None

    def take(self, key: bytes, value: bytes | None) -> None:
        """The next record."""
        if key == TIMELINE_KEY:
            self._timeline = read_or_none(_read_timeline, value) or self._timeline
        elif value is not None:
            name = key.decode("utf-8", "replace")
            self._values.pop(name, None)
            self._values[name] = value

    def at(self, now: int) -> Context | None:
        """The same object while the same counts; None if there is none that can be used."""
        for name in self._names(now):
            if self._made is not None and self._made[0] == name:
                return self._made[1]
            made = self._make(name)
            if made is not None:
                self._made = (name, made)
                return made
        return None

    def _names(self, now: int) -> list[str]:
        """The names that may count, the first one if it can be used."""
        activations = () if self._timeline is None else self._timeline.activations
        begun = [each.hash for each in activations if each.since <= now]
        found = [name for name in reversed(begun) if name in self._values]
        return found or list(reversed(self._values))

    def _make(self, name: str) -> Context | None:
        reference = read_or_none(decode_reference, self._values[name])
        if not isinstance(reference, Reference):
            return None
        try:
            return Context(reference, name)
        except (CalendarError, UserError, ValueError):
            return None
