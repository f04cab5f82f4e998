"""Publishes a file of records, and says how far Kafka has them.

``python -m tests.faults.sender FILE STATE PARTITIONS FROM RATE KEY``: FILE has one record a line:
key and value in base64, and whether it is good. Most batches go out by the product's publisher,
the good records of some through the API. After each batch prints the number of records that are
acknowledged.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import httpx

from broker.errors import BrokerError
from broker.kafka import Kafka
from infra.kafka.login import client_login
from sources.publisher import Publisher
from tests.faults.load import Item

_BATCH = 50  # records at least
_BATCHES_A_SECOND = 15
_POSTED = 4  # every so many batches, if all of it is good
_AGAIN_SECONDS = 0.3  # as a sender does who got no answer, or a 503


def write(path: Path, items: Iterable[Item]) -> None:
    """The file that ``main`` reads."""
    with path.open("wb") as file:
        for item in items:
            good = b"0" if item.refused or item.inner else b"1"
            fields = (base64.b64encode(item.key), base64.b64encode(item.value), good)
            file.write(b" ".join(fields) + b"\n")


def _read(line: bytes) -> tuple[bytes, bytes, bool]:
    key, value, good = line.split(b" ")
    return base64.b64decode(key), base64.b64decode(value), good == b"1"


def _endpoint(state: str, name: str) -> str:
    """Raises OSError or KeyError while the stack is being started."""
    found: str = json.loads((Path(state) / "run" / "endpoints.json").read_bytes())[name]
    return found


def _post(http: httpx.Client, state: str, key: str, values: list[bytes]) -> None:
    """Until the API says that it has taken them all."""
    if not values:
        return
    body = b'{"events":[' + b",".join(values) + b"]}"
    while True:
        try:
            answer = http.post(
                _endpoint(state, "api") + "/api/v1/events",
                content=body,
                headers={"X-API-Key": key, "Content-Type": "application/json"},
            )
        except (httpx.HTTPError, OSError, ValueError):
            answer = None
        if answer is not None and answer.status_code in (200, 202):
            if answer.json()["accepted"] != len(values):
                raise SystemExit(f"the API refused good events: {answer.text[:500]}")
            return
        if answer is not None and answer.status_code not in (429, 502, 503):
            raise SystemExit(f"the API answered {answer.status_code}: {answer.text[:500]}")
        time.sleep(_AGAIN_SECONDS)


class Sender:
    """Publishes ``lines`` from ``first`` on, at ``rate`` records a second."""

    def __init__(self, lines: list[bytes], first: int, rate: float) -> None:
        self._lines = lines
        self._at = first
        self._rate = rate
        self._size = max(_BATCH, round(rate / _BATCHES_A_SECOND))
        self._began = time.monotonic()
        self._first = first
        self._batches = 0

    def run(self, state: str, partitions: int, key: str) -> None:
        """Until all are acknowledged, wherever Kafka is meanwhile."""
        options = {**client_login(Path(state)), "message.max.bytes": 8 * 1024 * 1024}
        with httpx.Client(timeout=30, trust_env=False) as http:
            while self._at < len(self._lines):
                try:
                    kafka = _endpoint(state, "kafka")
                    with Publisher(Kafka(kafka, options), partitions) as publisher:
                        while self._at < len(self._lines):
                            self._batch(publisher, http, state, key)
                except (OSError, KeyError, ValueError, BrokerError) as error:
                    print(error, file=sys.stderr, flush=True)
                    time.sleep(_AGAIN_SECONDS)

    def _batch(self, publisher: Publisher, http: httpx.Client, state: str, key: str) -> None:
        batch = [_read(line) for line in self._lines[self._at : self._at + self._size]]
        if self._batches % _POSTED == 0:
            # Those that are good; the others come to Kafka in another way.
            _post(http, state, key, [value for _, value, good in batch if good])
            batch = [item for item in batch if not item[2]]
        for name, value, _ in batch:
            # Without a key where the record has none: not all senders know of keys.
            publisher.publish_raw(name or None, value)  # type: ignore[arg-type]
        publisher.flush()
        self._batches += 1
        self._at = min(self._at + self._size, len(self._lines))
        print(self._at, flush=True)
        # The pace of a load, not a wait for anything.
        due = self._began + (self._at - self._first) / self._rate
        time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    """Publish in the file's order."""
    path, state, partitions, first, rate, key = sys.argv[1:]
    lines = Path(path).read_bytes().splitlines()
    Sender(lines, int(first), float(rate)).run(state, int(partitions), key)


if __name__ == "__main__":
    main()
