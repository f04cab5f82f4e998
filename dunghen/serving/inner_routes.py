"""Inner routes of the API process, for other commands of the same user.

In embedded mode this process owns ClickHouse's engine and the sink, so ``verify``, ``status`` and
``replay`` ask it. Every request carries the token that the supervisor made and that stands, for
this user only, in the state folder. Queries are read-only. Bodies are MessagePack: times and large
integers survive.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

from broker.ends import Ends
from broker.silence import PartitionId
from sinks.errors import StoreError
from sinks.store import Store

T = TypeVar("T")


class SinkPositions(Protocol):
    """What the sink tells about itself."""

    def status(self) -> Any:
        """By topic: rows written, lag in records, last error."""
        ...

    def caught_up(self) -> bool:
        """Whether everything committed by now is in ClickHouse."""
        ...

    def committed_ends(self) -> Ends | None:
        """By topic and partition, the offset behind the last committed record; None while Kafka
        is away."""
        ...

    def reached(self, ends: Ends) -> bool:
        """Whether everything before ``ends`` is in ClickHouse."""
        ...


def inner_routes(
    token: str, store: Store, sink: SinkPositions, ingest: Callable[[], Mapping[str, float]] = dict
) -> APIRouter:
    """Routes under /internal; they do not stand in the OpenAPI document. ``ingest``: what was
    posted and waits, empty if nothing is taken. Of the queues, those that /metrics shows are
    told."""

    def allowed(request: Request) -> None:
        given = request.headers.get("authorization", "")
        if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise HTTPException(403, "This route is for commands of the same user only.")

    router = APIRouter(prefix="/internal", include_in_schema=False, dependencies=[Depends(allowed)])
    _add_questions(router, store, ingest)
    _add_sink(router, sink)
    return router


def _add_questions(
    router: APIRouter, store: Store, ingest: Callable[[], Mapping[str, float]]
) -> None:
    @router.post("/query")
    async def query(request: Request) -> Response:
        body = await _asked(request, dict[str, Any])
        settings = {**body["settings"], "readonly": 2}
        return await _answer(lambda: store.query(body["sql"], body["parameters"], settings))

    @router.post("/ingest")
    async def ingest_figures() -> Response:
        return await _answer(lambda: dict(ingest()))

    @router.post("/queues")
    async def queues(request: Request) -> Response:
        # On the loop, as what the queues belong to.
        found = [tuple(queue) for queue in request.app.state.live.queues()]
        return await _answer(lambda: found)


def _add_sink(router: APIRouter, sink: SinkPositions) -> None:
    @router.post("/sink")
    async def sink_status() -> Response:
        return await _answer(lambda: msgspec.to_builtins(sink.status(), enc_hook=str))

    @router.post("/caught-up")
    async def caught_up() -> Response:
        return await _answer(sink.caught_up)

    @router.post("/committed-ends")
    async def committed_ends() -> Response:
        def places() -> list[tuple[str, int, int]] | None:
            ends = sink.committed_ends()
            return None if ends is None else [(*place, end) for place, end in ends.items()]

        return await _answer(places)

    @router.post("/reached")
    async def reached(request: Request) -> Response:
        body = await _asked(request, list[tuple[str, int, int]])
        ends = {PartitionId(topic, partition): end for topic, partition, end in body}
        return await _answer(lambda: sink.reached(ends))


async def _answer(work: Callable[[], Any]) -> Response:
    try:
        found = await run_in_threadpool(work)
    except StoreError as error:
        raise HTTPException(422, str(error)) from error
    return Response(msgspec.msgpack.encode(found, enc_hook=str), media_type="application/msgpack")


async def _asked(request: Request, kind: type[T]) -> T:
    try:
        return msgspec.msgpack.decode(await request.body(), type=kind)
    except msgspec.MsgspecError as error:
        raise HTTPException(422, f"The body is not what this route takes: {error}.") from error
