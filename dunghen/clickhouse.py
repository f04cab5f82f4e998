"""ClickHouse for commands, wherever it is.

A server is asked directly. The embedded engine belongs to one process, the API's: while the stack
runs it is asked through that process (``dunghen.serving.inner_routes``), else opened here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from dunghen.api_client.inner import RemoteClickHouse
from dunghen.settings.installation import Installation

if TYPE_CHECKING:
    from sinks.store import Store


class ClickHouse(Protocol):
    """The part of ``sinks.store.Store`` that both ways offer; times are aware datetimes."""

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Result of one SELECT; bind values as ``{name:Type}``."""
        ...

    def close(self) -> None:
        """Free what it holds."""
        ...


def by_dossier(
    store: ClickHouse, sql: str, parameters: Mapping[str, Any], page: int
) -> Iterator[dict[str, Any]]:
    """The rows of ``sql`` by dossier id, at most ``page`` of them in memory at a time. ``sql`` has
    one row a dossier, orders them by ``dossier_id``, and binds ``{after:String}``, the last id of
    the page before, and ``{page:UInt32}``."""
    after = ""
    while True:
        rows = store.query(sql, {**parameters, "after": after, "page": page})
        yield from rows
        if len(rows) < page:
            return
        after = rows[-1]["dossier_id"]


def connect(installation: Installation) -> ClickHouse:
    """The ClickHouse of an installation. Raises UserError if there is none to reach."""
    if installation.settings.clickhouse.url:
        return open_store(installation)
    running = installation.folder.endpoints()
    if running is not None and running.api:
        return RemoteClickHouse(running.api, running.token)
    return open_store(installation)


def open_store(installation: Installation) -> Store:
    """ClickHouse as the settings say: a server, or the embedded engine in the state folder."""
    # Drivers and pyarrow take 0.3 s: who asks the API of a running stack need not wait for them.
    from sinks.store import Store  # noqa: PLC0415

    settings = installation.settings.clickhouse
    if settings.url:
        return Store.server(
            settings.url,
            settings.user,
            settings.password.get_secret_value(),
            settings.database,
            settings.cluster,
        )
    return Store.embedded(str(installation.folder.clickhouse), keep_mb=settings.keep_mb)
