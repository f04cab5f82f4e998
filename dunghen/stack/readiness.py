"""Whether a process does its work already, seen from outside."""

from __future__ import annotations

import asyncio
from pathlib import Path

from streams.status import read_status

_LOOK = 1.0  # s between looks for what may be away for minutes
_POLL = 0.1  # s; neither a file nor HTTP offers an event for what is awaited here


async def worker_runs(run_dir: Path, instance: str, since: int) -> None:
    """Return once a worker started after ``since`` (ms) has its partitions and folds.

    Its status file stands in ``run_dir``.
    """
    while True:
        status = read_status(run_dir, instance)
        if status is not None and status.started_at >= since and status.phase == "running":
            return
        await asyncio.sleep(_POLL)


async def api_answers(host: str, port: int) -> None:
    """Return once the API says that it is alive."""
    while True:
        if await _alive(host, port):
            return
        await asyncio.sleep(_POLL)


async def kafka_listens(bootstrap: str) -> None:
    """Return once one of these addresses takes a connection."""
    while True:
        if await _listens(bootstrap):
            return
        await asyncio.sleep(_LOOK)


async def _listens(bootstrap: str) -> bool:
    for address in bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            async with asyncio.timeout(_LOOK):
                _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        except (OSError, TimeoutError):
            continue
        except ValueError:
            return True  # whoever starts says what is wrong with it
        writer.close()
        return True
    return False


async def _alive(host: str, port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    try:
        request = f"GET /health/live HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n"
        writer.write(request.encode())
        status = await asyncio.wait_for(reader.readline(), 5)
        return b" 200 " in status
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
