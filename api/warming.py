"""What the first reader after a start would wait for: templates compiled, routes made, and the
usual questions asked of ClickHouse once."""

from __future__ import annotations

import asyncio
import logging

from fastapi import FastAPI

from api.access.principal import ANYBODY
from api.access.reach import EVERYTHING
from api.core import Live
from api.insight.filters import Filter
from api.pages.rendering import compile_templates
from api.pages.units.unit_page import unit_page
from api.viewer import Viewer

log = logging.getLogger(__name__)
_NOWHERE = {"type": "http", "method": "GET", "path": "/\x00", "root_path": "", "headers": []}


async def warm(app: FastAPI) -> None:
    """Once; nobody waits for it, and nothing of it is kept. Failures are the readers' to see."""
    live: Live = app.state.live
    try:
        await asyncio.to_thread(compile_templates)
        for route in app.routes:  # FastAPI makes what a route needs when it is first compared
            route.matches(_NOWHERE)
            await asyncio.sleep(0)
        await live.ready.wait()
        await _usual_page(live)
    except Exception:
        log.warning("the first pages after this start take longer", exc_info=True)


async def _usual_page(live: Live) -> None:
    units = live.view.reference.units
    if units:
        viewer = Viewer(live, ANYBODY, EVERYTHING)
        await unit_page(viewer, units[-1].id, "vi", Filter(), officers_by="-overdue")
