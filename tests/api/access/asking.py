"""One question of a program on this or another machine."""

from __future__ import annotations

import httpx

from tests.api.access.callers import HERE, Guarded


async def asked(
    guard: Guarded, client: str = "127.0.0.1", method: str = "GET", path: str = "/api/v1/units",
    **headers: str,
) -> httpx.Response:  # fmt: skip
    transport = httpx.ASGITransport(guard.app, client=(client, 5_000))
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as http:
        return await http.request(
            method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
