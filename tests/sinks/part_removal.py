"""``python -m tests.sinks.part_removal FOLDER``: drop a table of many parts, print the threads
before and after. A process of its own: it counts all threads there are."""

from __future__ import annotations

import sys

import psutil

from sinks.migrate import migrate
from sinks.store import Store

PARTS = 120


def main(folder: str) -> None:
    store = Store.embedded(folder, "test")
    migrate(store)
    store.command("SYSTEM STOP MERGES")
    for number in range(PARTS):
        store.command(f"INSERT INTO dossier_events (event_id) VALUES ('{number}')")  # noqa: S608
    before = psutil.Process().num_threads()
    store.command("DROP TABLE dossier_events SYNC")
    print(before, psutil.Process().num_threads())
    store.close()


if __name__ == "__main__":
    main(sys.argv[1])
