"""Look and act as a person of the simulated city ("xem như")."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from api.access.people import read_person
from api.acting_flow import begin, leave, may_act
from api.sign_in_flow import UsesSignIn
from api.viewer import AnyViewer

router = APIRouter(tags=["access"])
PATH = "/act-as"
NOT_HERE = "Only at the machine of a simulation can one act as a person of its city."


@router.post(PATH, include_in_schema=False)
async def act_as(request: Request, viewer: AnyViewer, flow: UsesSignIn) -> Response:
    """``person`` of the form: as api.access.people writes it; "" leaves."""
    if not may_act(flow, request):
        raise HTTPException(403, NOT_HERE)
    form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=4)
    value = form.get("person", [""])[0]
    if not value:
        return leave(flow, request)
    person = read_person(value, viewer.live.view.reference)
    return RedirectResponse(PATH, 303) if person is None else begin(flow, request, person)
