"""The application: routes, the live view and the feed, put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI

from api import assets, openapi, problems
from api.access.audit import AuditLog, AuditTrail
from api.access.authentication import Authenticator
from api.access.gate import Gate
from api.access.rules import unruled
from api.config import ApiConfig
from api.core import Live
from api.desk.asking import ActionError
from api.feed.admission import FeedAdmission
from api.feed.page_admission import PageAdmission
from api.feed.route import feed_route
from api.metrics import registry_of
from api.pages import act_as, entrance, faults, overdue, preferences, search, switch
from api.pages.alerts import pages as alerts
from api.pages.alerts import quality_page
from api.pages.data import files as data_files
from api.pages.data import letter_routes, replay_routes, step_routes
from api.pages.data import lists as data_lists
from api.pages.data import page as data_page
from api.pages.design import page as design
from api.pages.desk import forms as desk_forms
from api.pages.desk import one_tap_page
from api.pages.dossiers import dossier_page, letter_files, list_files, list_page, officer_page
from api.pages.home import route as home
from api.pages.late_list import route as late_list
from api.pages.me import route as own_plan
from api.pages.not_ready import not_ready
from api.pages.refused import refused_page
from api.pages.units import compare_page, files, index_page, unit_page
from api.pages.walls import route as walls
from api.ports import DeadLetterDesk, DeadLetterError, Ingest, IngestError, Query
from api.public import downloads, refusing
from api.public import pages as public_pages
from api.public import rest as public_rest
from api.public.published import PublicCatalogue
from api.public.service import PublicLists
from api.publications.errors import LateListError
from api.roster.desk import RosterError
from api.routes import me
from api.routes import routers as own_routers
from api.routes.alert_actions import not_acted
from api.routes.ingest import not_taken
from api.routes.publications import list_not_changed
from api.routes.roster import plan_not_changed
from api.routes.walls import not_changed
from api.search.people import PeopleSearch
from api.search.service import Search
from api.sign_in_flow import SignInFlow
from api.viewer import NotReady
from api.walls.desk import WallError

FEED = "/api/v1/feed"
FIGURES = "/api/v1/figures"
PAGES = (
    design,
    desk_forms,
    one_tap_page,
    home,
    search,
    act_as,
    preferences,
    switch,
    files,
    index_page,
    compare_page,
    unit_page,
    overdue,
    list_page,
    list_files,
    officer_page,
    letter_files,
    dossier_page,
    quality_page,
    alerts,
    data_page,
    data_lists,
    data_files,
    letter_routes,
    replay_routes,
    step_routes,
    walls,
    late_list,
    own_plan,
    downloads,
    public_rest,
    public_pages,
)  # each has a router; one line a page


def create_app(
    config: ApiConfig,
    query: Query,
    routers: Sequence[APIRouter] = (),
    ingest: Ingest | None = None,
    trail: AuditTrail | None = None,
    desk: DeadLetterDesk | None = None,
) -> FastAPI:
    """The API of one timeline. ``routers``: further routes of the same process. ``ingest``: takes
    what others post; None where nobody may, because the timeline is not live. ``trail``: keeps who
    looked and who changed. ``desk``: decides on dead letters; None if they are only shown.

    Raises ValueError for a route that has no rule in api.access.rules."""
    live = Live(config, query, ingest, desk)
    simulation = config.timeline if config.mode == "simulation" else ""
    authenticator = Authenticator(config.access, simulation=simulation)
    audit = AuditLog(config.timeline, trail)
    admission = FeedAdmission(
        authenticator, live.channels, live.displays, config.max_clients, audit
    )
    app = FastAPI(
        title="Đúng Hẹn",
        summary="Live punctuality of public service dossiers",
        version="1",
        lifespan=_lifespan_of(live, admission),
        docs_url=None,
        redoc_url=None,
    )
    app.state.live = live
    app.state.registry = registry_of(live)
    app.state.admission = admission
    app.state.sign_in_flow = SignInFlow(authenticator, audit)
    app.state.search, app.state.people = Search(), PeopleSearch()
    published = PublicCatalogue(lambda: live.publications.state)
    app.state.public_lists = PublicLists(published, live.shelf)
    _handle_errors(app)
    for router in (me.router, entrance.router, *own_routers, *(page.router for page in PAGES)):
        app.include_router(router)
    for router in routers:
        app.include_router(router)
    app.router.routes.append(feed_route(FEED, admission, config.access.public_url))
    pages = PageAdmission(
        live.figures, admission.connections, config.max_clients, config.access.feeds_per_key
    )
    app.router.routes.append(feed_route(FIGURES, pages, config.access.public_url))
    # Added first, so that it stands next to the routes, behind what every answer gets.
    app.add_middleware(
        Gate,
        authenticator=authenticator,
        audit=audit,
        known=live.knows,
        sought=config.sought,
        explain=refused_page,
    )
    assets.install(app, config.dashboards, https=authenticator.secure)
    openapi.install(app)
    if missing := unruled(app.routes):
        raise ValueError(f"api.access.rules says nothing of {', '.join(missing)}")
    return app


def _handle_errors(app: FastAPI) -> None:
    problems.install(app)
    faults.install(app)
    refusing.install(app)
    app.add_exception_handler(IngestError, not_taken)  # type: ignore[arg-type]
    app.add_exception_handler(DeadLetterError, problems.undecided)  # type: ignore[arg-type]
    app.add_exception_handler(ActionError, not_acted)  # type: ignore[arg-type]
    app.add_exception_handler(WallError, not_changed)  # type: ignore[arg-type]
    app.add_exception_handler(LateListError, list_not_changed)  # type: ignore[arg-type]
    app.add_exception_handler(RosterError, plan_not_changed)  # type: ignore[arg-type]
    app.add_exception_handler(NotReady, not_ready)  # type: ignore[arg-type]


def _lifespan_of(
    live: Live, admission: FeedAdmission
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What runs while the application does: the reader's thread, the feed and its connections."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        live.hub.publish()
        live.reader.start(asyncio.get_running_loop())
        works = (
            live.hub.run(),
            live.hub.beat(),
            live.keeper.run(),
            live.marks.run(),
            live.quality.run(),
            live.publishing.automatic.run(),
            admission.connections.run(),
            admission.turns(),
        )
        tasks = [asyncio.create_task(work) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await live.close()
            # The reader may be waiting for this very loop, so the loop must not wait for it.
            await asyncio.to_thread(live.reader.stop)

    return lifespan
