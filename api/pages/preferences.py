"""How a reader wants pages to look, kept by the browser for the pages that follow."""

from __future__ import annotations

from typing import get_args
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.access.origins import local_goal
from api.asked import A_YEAR_SECONDS, THEME_COOKIE, Theme
from api.sign_in_flow import UsesSignIn

router = APIRouter(tags=["pages"])


@router.post("/preferences", include_in_schema=False)
async def keep(request: Request, flow: UsesSignIn) -> Response:
    """Keep a theme, and go back to the page that asked. Anything unknown changes nothing."""
    try:
        form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    except ValueError:  # more fields than any form of ours
        form = {}
    theme, back = (form.get(name, [""])[0] for name in ("theme", "back"))
    answer = RedirectResponse(local_goal(back), 303)
    if theme in get_args(Theme):
        flow.set_cookie(answer, THEME_COOKIE, theme, A_YEAR_SECONDS)
    return answer
