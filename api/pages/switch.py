"""The unit switcher of the frame, for browsers without scripts too: a form that leads on."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse

router = APIRouter(tags=["pages"])


@router.get("/unit", include_in_schema=False)
async def switch(id_: Annotated[str, Query(alias="id", max_length=200)] = "") -> RedirectResponse:
    """On to the page of a unit; whether it may be seen is that page's to say."""
    return RedirectResponse(f"/units/{quote(id_, safe='')}" if id_ else "/", 303)
