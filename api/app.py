"""The application: routes, the live view and the feed, put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from api import assets, openapi, problems
from api.config import ApiConfig
from api.feed.route import feed_route
from api.pages import dossier, overdue
from api.ports import Ingest, IngestError, Query
from api.routes import routers as own_routers
from api.routes.ingest import not_taken
from api.services import Services

FEED = "/api/v1/feed"


def create_app(
    config: ApiConfig,
    query: Query,
    routers: Sequence[APIRouter] = (),
    ingest: Ingest | None = None,
) -> FastAPI:
    """The API of one time line. ``routers``: further routes of the same process. ``ingest``: takes
    what others post; None where nobody may, because the time line is not live."""
    services = Services(config, query, ingest)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        services.hub.publish()
        services.reader.start(asyncio.get_running_loop())
        tasks = [
            asyncio.create_task(work)
            for work in (services.hub.run(), services.hub.beat(), services.keeper.run())
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            # The reader may be waiting for this very loop, so the loop must not wait for it.
            await asyncio.to_thread(services.reader.stop)

    app = FastAPI(
        title="Đúng Hẹn",
        summary="Live punctuality of public service dossiers",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    problems.install(app)
    app.add_exception_handler(IngestError, not_taken)  # type: ignore[arg-type]
    for router in (*own_routers, overdue.router, dossier.router, *routers):
        app.include_router(router)
    app.router.routes.append(feed_route(FEED, services.hub, config.max_clients))
    assets.install(app, config.dashboards)
    openapi.install(app)
    return app
