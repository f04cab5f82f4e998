"""ClickHouse folders that many modules read: a process fills each of them once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sinks.migrate import migrate
from sinks.store import Store
from tests.api.city import City


def fill(store: Store, city: City) -> None:
    """All tables, and what the city's topics hold."""
    store.ensure_database()
    migrate(store)
    city.insert(store)


class Engines:
    """``of`` opens a folder for one module after the other: a process has one engine at a time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._filled: set[str] = set()

    @contextmanager
    def of(self, name: str, make: Callable[[], City]) -> Iterator[tuple[City, Store]]:
        """The city that ``make`` makes, always the same, and a store that holds it; to be read
        only. The city itself is the caller's."""
        city = make()
        with Store.embedded(str(self._root / name)) as store:
            if name not in self._filled:
                fill(store, city)
                self._filled.add(name)
            yield city, store
