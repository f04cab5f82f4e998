"""The reference data of the timeline: its versions, and which counts when."""

from __future__ import annotations

import hashlib

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce, in_force_of
from dossiers.time.hours import CalendarError
from dossiers.wire.reading import decoder
from dossiers.wire.reference import Reference
from dossiers.wire.timeline import Timeline

_timeline = decoder(Timeline)
_reference = decoder(Reference)


class TimelineReferences:
    """What topic ``reference`` holds, compiled."""

    def __init__(self, timeline: str) -> None:
        self._timeline = timeline
        self._known: dict[str, Context] = {}
        self._proven: set[str] = set()
        self._activations: tuple[tuple[int, str], ...] = ()
        self._newest = ""
        self._in_force: InForce | None = None

    @property
    def known(self) -> list[Reference]:
        """Every version that was read."""
        return [context.reference for context in self._known.values()]

    def has(self, name: str) -> bool:
        """Whether the version of that name was read."""
        return name in self._known

    def compiled(self, name: str) -> Context:
        """The version of that name, which was read."""
        return self._known[name]

    @property
    def in_force(self) -> InForce:
        """Which reference data counts when."""
        if self._in_force is None:
            activations = [each for each in self._activations if each[1] in self._known]
            if not activations and self._newest:
                activations = [(0, self._newest)]
            self._in_force = in_force_of(activations, self._known.__getitem__)
        return self._in_force

    def from_now_on(self, now: int) -> list[Reference]:
        """What counts at data time ``now`` (ms), and what is to come."""
        found = [self.in_force.at(now).reference]
        ahead = self.in_force.next_after(now)
        if ahead is not None:
            coming = [since for since, _ in self.in_force.activations() if since >= ahead]
            found += [self.in_force.at(since).reference for since in coming]
        return found

    def set_timeline(self, value: bytes) -> bool:
        """The timeline's own record; False if it is that of another one."""
        found = _timeline(value)
        if found.id != self._timeline:
            return False
        self._activations = tuple((each.since, each.hash) for each in found.activations)
        self._in_force = None
        return True

    def add(self, name: str, value: bytes) -> bool:
        """A version under its name, the hash of its content; False if it cannot be used. Raises
        MsgspecError for what is no reference data."""
        if name not in self._proven:  # what the name itself proves is not put over
            try:
                self._known[name] = Context(_reference(value), name)
            except CalendarError:  # the stream refuses it as well
                return False
            if hashlib.sha256(value).hexdigest() == name:
                self._proven.add(name)
        self._newest = name
        self._in_force = None
        return True
