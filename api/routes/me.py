"""Who the server takes the caller for."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.access.principal import Means, Role
from api.sign_in_flow import UsesSignIn
from api.viewer import AnyViewer

router = APIRouter(tags=["access"])


class Me(BaseModel):
    """Who the server takes the caller for. Send ``form_token`` as X-CSRF-Token with changes, if
    no Origin is sent; it is empty without a session."""

    subject: str = Field(examples=["7d0c2f4e"])
    roles: list[Role] = Field(examples=[["supervisor"]])
    means: Means = Field(examples=["session"])
    units: list[str] = Field(description="units seen, those below included", examples=[["H29.1"]])
    officer: str = Field(description="id of the officer one is", examples=["cb-0412"])
    form_token: str = Field(examples=[""])


@router.get("/api/v1/me", summary="Tell who is asking")
async def me(viewer: AnyViewer, flow: UsesSignIn) -> Me:
    """Who the server takes the caller for, by which means, and what that opens."""
    who = viewer.principal
    token = flow.authenticator.cookies.form_token(who.handle) if who.means == "session" else ""
    return Me(
        subject=who.subject,
        roles=sorted(who.roles),
        means=who.means,
        units=list(who.units),
        officer=who.officer,
        form_token=token,
    )
