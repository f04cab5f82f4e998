"""Which dead letters earlier replays of a log have sent, so that none is sent twice."""

from __future__ import annotations

from broker.reading import read_all
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.topics import DEAD_LETTERS, EVENTS
from dunghen.dead_letters.topic import read_dead_letters
from dunghen.settings.installation import Installation
from sources.importer.log import ImportedLog
from sources.publisher import dead_letter_key, row_letter_key
from streams.partition.dead_letters import payload_of


def refusals(installation: Installation) -> set[tuple[str, str, str]]:
    """What the stream, not an import, has refused so far, as (reason, key, payload): so a record
    that was sent and refused again counts once. Raises UserError."""
    letters = (entry.letter for entry in read_dead_letters(installation, closed=True))
    return {(it.reason, it.key, it.payload) for it in letters if it.topic == EVENTS}


class EarlierLetters:
    """Dead letters in Kafka when a replay of ``log`` begins, however they were decided. Raises
    UserError if Kafka does not answer."""

    def __init__(self, installation: Installation, log: ImportedLog) -> None:
        self._log = log
        messages = read_all(installation.kafka, DEAD_LETTERS)
        self._keys = {message.key() for message in messages}
        self.refusals = {payload for _, _, payload in refusals(installation)}

    def key_of_new(self, letter: DeadLetter) -> bytes | None:
        """The key of a dead letter about a row, or None if it was told."""
        key = row_letter_key(letter, self._log.name, self._log.fingerprint)
        # The second: as earlier versions wrote them.
        return key if self._keys.isdisjoint((key, dead_letter_key(letter))) else None

    def refused(self, value: bytes) -> bool:
        """Whether the stream refused this encoded event."""
        return payload_of(value) in self.refusals
