"""Whose hours: what the sink works out of a late dossier's facts, by the reference data of the
timeline."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from broker.clients import AnyKafka
from broker.errors import BrokerError
from broker.follower import Follower
from dossiers.reference.in_force import Activation, InForce, in_force_of
from dossiers.reference.timeline_references import TimelineReferences
from dossiers.reports.case import case_in_force
from dossiers.reports.held_shares import NOTHING_HELD, HeldShares, shares_of
from dossiers.wire.keys import TIMELINE_KEY
from dossiers.wire.reading import read_facts
from dossiers.wire.topics import REFERENCE

log = logging.getLogger(__name__)
_ANSWER_S = 10.0  # for the broker, and for reference data that a partition names
_LOOK_S = 1.0  # between two looks at what is new
_SETTINGS: Mapping[str, Any] = {
    "group.id": "dunghen-sink-reference",  # the client wants one; it joins none
    "queued.max.messages.kbytes": 4_096,
}


class KnownReferences(Protocol):
    """Says which reference data counts when."""

    def in_force(self, activations: tuple[Activation, ...]) -> InForce:
        """By these activations, or, if they are none or not known in time, by the timeline's."""

    def knows(self, activations: tuple[Activation, ...]) -> bool:
        """Whether the reference data of all of them has been read."""

    def close(self) -> None:
        """Let go of what it reads."""


class ReferenceReader:
    """The reference data of a timeline, as topic ``reference`` has it. Used by one thread; opened
    when it is first asked. Raises KafkaException or BrokerError if the broker does not answer."""

    def __init__(self, kafka: AnyKafka, timeline: str) -> None:
        self._kafka = kafka
        self._references = TimelineReferences(timeline)
        self._follower: Follower | None = None
        self._looked_at = 0.0  # monotonic s
        self._awaited: set[tuple[Activation, ...]] = set()  # in vain, so far

    def in_force(self, activations: tuple[Activation, ...]) -> InForce:
        """What counts when: by a partition's own ``activations``, or, if it has said none yet, by
        the timeline's."""
        awaited = activations in self._awaited
        self._look(_LOOK_S if awaited or self.knows(activations) else 0.0)
        until = time.monotonic() + (0 if awaited else _ANSWER_S)
        while not self.knows(activations) and time.monotonic() < until:
            self._take(0.2)
        if not self.knows(activations):
            if len(self._awaited) < 100:
                self._awaited.add(activations)
            return self._references.in_force
        if not activations:
            return self._references.in_force
        return in_force_of(activations, self._references.compiled)

    def close(self) -> None:
        """Let go of the client."""
        if self._follower is not None:
            self._follower.close()
            self._follower = None

    def knows(self, activations: tuple[Activation, ...]) -> bool:
        """Whether the reference data of all of them has been read."""
        return all(self._references.has(hash_) for _, hash_ in activations)

    def _look(self, every: float) -> None:
        """Read what is new if the last look is ``every`` seconds ago."""
        if self._follower is None:
            self._open()
        elif time.monotonic() - self._looked_at >= every:
            self._take(0)
            self._follower.check_silence()

    def _open(self) -> None:
        follower = Follower(self._kafka, (REFERENCE,), _SETTINGS)
        follower.open(_ANSWER_S)
        self._follower = follower
        until = time.monotonic() + _ANSWER_S
        while not follower.caught_up:
            if time.monotonic() > until:
                self.close()
                raise BrokerError("topic reference was not read to its end in time")
            self._take(0.2)

    def _take(self, seconds: float) -> None:
        if self._follower is None:
            return
        for message in self._follower.take(500, seconds).records:
            key, value = message.key() or b"", message.value()
            if value is None:
                continue
            try:
                if key == TIMELINE_KEY:
                    self._references.set_timeline(value)
                else:
                    self._references.add(key.decode(), value)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                log.warning("a record of %s is skipped", REFERENCE)
        self._looked_at = time.monotonic()


class LateJudge:
    """Says what the holdings of a late dossier used and are charged with. Used by one thread."""

    def __init__(self, references: KnownReferences) -> None:
        self._reader = references
        self._activations: dict[int, tuple[Activation, ...]] = {}
        self._known: dict[tuple[Activation, ...], InForce] = {}
        self.unjudged = 0  # dossiers whose facts could not be judged

    def said(self, partition: int, activations: tuple[Activation, ...]) -> None:
        """Which reference data counts when in a partition, from here on."""
        self._activations[partition] = activations

    def shares(self, partition: int, facts: msgspec.Raw, as_of: int) -> HeldShares:
        """Of a dossier with these facts as of ``as_of`` (ms); nothing if they cannot be judged.
        Raises KafkaException or BrokerError while the reference data cannot be read."""
        in_force = self._in_force(partition)
        now = as_of + 1  # so that whoever has it since this very instant holds it
        try:
            return shares_of(case_in_force(read_facts(facts), now, in_force))
        except Exception as error:
            self.unjudged += 1
            log.warning("a late dossier is not judged: %s", type(error).__name__)
            return NOTHING_HELD

    def close(self) -> None:
        """Let go of the client."""
        self._reader.close()

    def _in_force(self, partition: int) -> InForce:
        activations = self._activations.get(partition, ())
        found = self._known.get(activations) if activations else None
        if found is None:
            found = self._reader.in_force(activations)
            # What stands in for reference data that is not there yet must not outlast its coming.
            if activations and len(self._known) < 100 and self._reader.knows(activations):
                self._known[activations] = found
        return found
