"""Publishes a file of records with the product's publisher, and says how far Kafka has them.

``python -m tests.faults.sender FILE BOOTSTRAP PARTITIONS FROM RATE``: FILE has one record a line,
key and value in base64. After each batch prints the number of records that are acknowledged.
"""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from sources.publisher import Publisher
from tests.faults.load import Item

_BATCH = 50


def write(path: Path, items: Iterable[Item]) -> None:
    """The file that ``main`` reads."""
    with path.open("wb") as file:
        for item in items:
            file.write(base64.b64encode(item.key) + b" " + base64.b64encode(item.value) + b"\n")


def main() -> None:
    """Publish in the file's order."""
    path, bootstrap, partitions, first, rate = sys.argv[1:]
    lines = Path(path).read_bytes().splitlines()
    at = int(first)
    began, done = time.monotonic(), 0
    with Publisher(
        bootstrap, int(partitions), options={"message.max.bytes": 8 * 1024 * 1024}
    ) as publisher:
        while at < len(lines):
            for line in lines[at : at + _BATCH]:
                key, _, value = line.partition(b" ")
                # Without a key where the record has none: not all senders know of keys.
                publisher.publish_raw(base64.b64decode(key) or None, base64.b64decode(value))  # type: ignore[arg-type]
            publisher.flush()
            done += _BATCH
            at = min(at + _BATCH, len(lines))
            print(at, flush=True)
            # The pace of a load, not a wait for anything.
            time.sleep(max(0.0, began + done / float(rate) - time.monotonic()))


if __name__ == "__main__":
    main()
