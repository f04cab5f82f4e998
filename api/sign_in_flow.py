"""What the routes of signing in share: the session's cookies, and where to go next."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from api.access.audit import AuditLog
from api.access.authentication import Authenticator
from api.access.landing import landing
from api.access.origins import origin_of
from api.access.principal import Principal


class SignInFlow:
    """At ``app.state.sign_in_flow``."""

    def __init__(self, authenticator: Authenticator, audit: AuditLog) -> None:
        self.authenticator = authenticator
        self.audit = audit
        self.sign_in = authenticator.sign_in

    def home(self, request: Request) -> str:
        """Our own origin, as the provider knows it."""
        return origin_of(self.authenticator.config.public_url or str(request.base_url))

    def set_cookie(self, answer: Response, name: str, value: str, seconds: int) -> None:
        """Have the browser keep ``value`` for so long."""
        answer.set_cookie(
            self.authenticator.cookie(name), value, max_age=seconds, path="/",
            secure=self.authenticator.secure, httponly=True, samesite="lax",
        )  # fmt: skip

    def delete_cookie(self, answer: Response, name: str) -> None:
        """Have the browser forget it."""
        answer.delete_cookie(
            self.authenticator.cookie(name), path="/", secure=self.authenticator.secure,
            httponly=True, samesite="lax",
        )  # fmt: skip

    def open_session(self, who: Principal, goal: str) -> Response:
        """A new session, whatever the browser brought; to ``goal`` if its roles open that, else to
        the own home."""
        hours = self.authenticator.config.session_hours
        _, text = self.authenticator.cookies.open(who, hours)
        answer = RedirectResponse(landing(goal, who.roles), 303)
        self.set_cookie(answer, "dunghen", text, int(hours * 3600))
        self.delete_cookie(answer, "dunghen-attempt")
        return answer


async def _flow(request: Request) -> SignInFlow:
    flow: SignInFlow = request.app.state.sign_in_flow
    return flow


UsesSignIn = Annotated[SignInFlow, Depends(_flow)]
