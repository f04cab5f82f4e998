"""Decisions on dead letters, for the API: ``api.ports.DeadLetterDesk``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from api.ports import DeadLetterError, StoreAway
from broker.errors import BrokerAway
from broker.kafka import Kafka
from dossiers.admission.bounds import DEFAULT_BOUND, Bound
from dossiers.errors import UserError
from dossiers.text.kept_ids import KeptIds
from dunghen.clickhouse import ClickHouse
from dunghen.dead_letters.replay import replay_these
from dunghen.dead_letters.sending import Replayed
from dunghen.dead_letters.topic import ListedLetter, drop_letter, open_letter, read_letters
from dunghen.terminal.masking import scrub
from sinks.errors import StoreError


class Desk:
    """One decision at a time, so that none is made twice from here."""

    def __init__(
        self,
        kafka: Kafka,
        store: ClickHouse,
        bound: Bound = DEFAULT_BOUND,
        ids: KeptIds | None = None,
    ) -> None:
        self._ids = ids or KeptIds(None)
        self._bound = bound
        self._kafka = kafka
        self._store = store
        self._lock = threading.Lock()

    def replay(self, number: int, owner: str = "", *, take_back: bool = False) -> tuple[str, int]:
        """See ``api.ports.DeadLetterDesk``."""
        with self._lock, _as_problems():
            letters = self._letters(number)
            done = replay_these(
                self._kafka,
                letters,
                {number},
                self._store,
                self._ids.sought(owner),
                self._bound,
                take_back=take_back,
            )
        return _sent(done[0])

    def drop(self, number: int, why: str) -> str:
        """See ``api.ports.DeadLetterDesk``."""
        with self._lock, _as_problems():
            self._letters(number)
            return drop_letter(self._kafka, number, why, "api").letter.key

    def _letters(self, number: int) -> list[ListedLetter]:
        """All, with an open one of this number among them."""
        letters = read_letters(self._kafka, closed=True)
        if number not in {entry.number for entry in letters}:
            raise DeadLetterError(404, f"There is no dead letter {number}.")
        try:
            open_letter(letters, number)
        except UserError as error:
            raise DeadLetterError(409, scrub(str(error))) from error
        return letters


def _sent(done: Replayed) -> tuple[str, int]:
    if done.too_large:
        raise DeadLetterError(409, f"The dossier's {done.facts} facts do not fit into one record.")
    if done.refused:
        raise DeadLetterError(409, f"It would be refused again: {done.refused}.")
    return done.dossier_id, done.facts


@contextmanager
def _as_problems() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise StoreAway(scrub(str(error))) from error
    except UserError as error:
        status = 503 if isinstance(error, BrokerAway) else 409
        raise DeadLetterError(status, scrub(str(error))) from error
