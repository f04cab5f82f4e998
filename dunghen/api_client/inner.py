"""The inner routes of the API's process (dunghen.serving.inner_routes), as commands ask them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dossiers.errors import UserError

QUERY_SECONDS = 300.0  # of one query
# A connection that waits is closed well before the server would (after 5 s): what is sent at that
# very moment is lost, and nobody knows whether it was taken.
KEPT_SECONDS = 1.0


class RemoteClickHouse:
    """Through the API process that owns the embedded engine."""

    def __init__(self, api: str, token: str) -> None:
        # It takes 0.1 s, a fifth of what `dunghen status --help` takes as a whole.
        import httpx  # noqa: PLC0415

        self._error = httpx.HTTPError
        self._http = httpx.Client(
            base_url=api,
            headers={"authorization": f"Bearer {token}"},
            timeout=QUERY_SECONDS,
            limits=httpx.Limits(keepalive_expiry=KEPT_SECONDS),
            trust_env=False,  # it is this machine: no proxy stands between
        )

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Result of one SELECT, as of ``dunghen.clickhouse.ClickHouse``; raises UserError."""
        body = {"sql": sql, "parameters": dict(parameters or {}), "settings": dict(settings or {})}
        found: list[dict[str, Any]] = self.call("query", body)
        return found

    def call(self, name: str, body: object) -> Any:
        """One inner route; raises UserError if the API does not answer or refuses."""
        try:
            answer = self._http.post(f"/internal/{name}", content=msgspec.msgpack.encode(body))
        except self._error as error:
            raise UserError(
                f"The API of the running stack does not answer ({type(error).__name__}).",
                "Look at `dunghen status` and at its log, logs/api.log in the state folder.",
            ) from error
        if answer.status_code != 200:
            raise UserError(f"The API of the running stack refuses: {answer.text[:500]}")
        return msgspec.msgpack.decode(answer.content)

    def close(self) -> None:
        """Close its connections."""
        self._http.close()
